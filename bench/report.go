package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// figure is a line of the table.
type figure struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`
	Ours   float64   `json:"ours"`   // median
	Beside float64   `json:"beside"` // median
	What   string    `json:"what"`   // what is beside
	Ratio  float64   `json:"ratio"`  // median of the pairs' ratios
	Ratios []float64 `json:"ratios"`
	Goal   string    `json:"goal"` // empty: none
	Met    bool      `json:"met"`
	Note   string    `json:"note,omitempty"`
}

// report is all that a run found.
type report struct {
	Machine machine   `json:"machine"`
	At      time.Time `json:"at"`
	Took    string    `json:"took"`
	Agents  int       `json:"agents"`
	Pairs   int       `json:"pairs"`
	Window  string    `json:"window"`
	Figures []figure  `json:"figures"`
	Missing []string  `json:"missing"` // what was skipped or failed, and why
	notes   []string  // to be added to the next figure
}

// machine is where it ran.
type machine struct {
	Name, CPU, System, Go string
	Cores                 int
}

func newReport(o options) *report {
	name, _ := os.Hostname()
	return &report{
		Machine: machine{Name: name, CPU: cpuModel(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Cores: runtime.NumCPU()},
		At:      time.Now().UTC().Truncate(time.Second), Agents: o.agents, Pairs: o.pairs, Window: o.window.String(),
	}
}

func cpuModel() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	defer func() { _ = file.Close() }()
	for scan := bufio.NewScanner(file); scan.Scan(); {
		if name, model, ok := strings.Cut(scan.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "unknown CPU"
}

// note goes to the next figure.
func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (r *report) skip(step string, why error) {
	r.Missing = append(r.Missing, step+" skipped: "+why.Error())
}

func (r *report) fail(step string, why error) {
	r.Missing = append(r.Missing, step+" FAILED: "+why.Error())
}

// goal judges pairs.
type goal struct {
	text string
	met  func(pairs) bool
}

func ratioAtLeast(limit float64) goal {
	return goal{fmt.Sprintf("≥ %gx", limit), func(p pairs) bool { return p.ratio() >= limit }}
}

func ratioAtMost(limit float64) goal {
	return goal{fmt.Sprintf("≤ %gx", limit), func(p pairs) bool { return p.ratio() <= limit }}
}

func oursAtMost(limit float64, unit string) goal {
	return goal{fmt.Sprintf("≤ %g %s", limit, unit), func(p pairs) bool { return p.ours() <= limit }}
}

func oursAtMostBesidePlus(more float64, unit string) goal {
	return goal{fmt.Sprintf("≤ that + %g %s", more, unit), func(p pairs) bool {
		return median(p.each(func(p pair) float64 { return p.Ours - p.Beside })) <= more
	}}
}

// noGoal is for figures that explain others.
var noGoal = goal{met: func(pairs) bool { return true }}

// add adds a line.
func (r *report) add(name, unit, what string, p pairs, g goal) {
	f := figure{
		Name: name, Unit: unit, What: what, Ours: p.ours(), Beside: p.beside(), Ratio: p.ratio(),
		Ratios: p.each(func(p pair) float64 { return p.Ours / p.Beside }), Goal: g.text, Met: g.met(p), Note: strings.Join(r.notes, "; "),
	}
	r.notes = nil
	r.Figures = append(r.Figures, f)
}

// write puts the report into files of the directory, and the table on out.
func (r *report) write(dir string, out io.Writer) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	var table strings.Builder
	r.writeMarkdown(&table)
	base := filepath.Join(dir, r.At.Format("2006-01-02T150405Z"))
	for path, content := range map[string]string{base + ".json": string(text) + "\n", base + ".md": table.String()} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil { //nolint:gosec // results are for everybody
			return err
		}
	}
	_, err = fmt.Fprintf(out, "\n%s\nWritten to %s.md and .json\n", table.String(), base)
	return err
}

func (r *report) writeMarkdown(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "%s: %s, %d cores, %s, %s; %s, took %s. Medians of %d alternating pairs of %s; the large floor has %d agents.\n\n",
		m.Name, m.CPU, m.Cores, m.System, m.Go, r.At.Format(time.DateOnly), r.Took, r.Pairs, r.Window, r.Agents)
	fmt.Fprintln(w, "| figure | rollcall | beside | | ratio | goal | |")
	fmt.Fprintln(w, "|---|---:|---:|---|---:|---|---|")
	for i := range r.Figures {
		f := &r.Figures[i]
		verdict := ""
		switch {
		case f.Goal != "" && f.Met:
			verdict = "met"
		case f.Goal != "":
			verdict = "**missed**"
		}
		name := f.Name
		if f.Note != "" {
			name += " (" + f.Note + ")"
		}
		fmt.Fprintf(w, "| %s | %s %s | %s %s | %s | %s | %s | %s |\n",
			name, digits(f.Ours), f.Unit, digits(f.Beside), f.Unit, f.What, digits(f.Ratio), f.Goal, verdict)
	}
	for _, why := range r.Missing {
		fmt.Fprintf(w, "\n%s\n", why)
	}
}

// digits writes three significant digits, and no exponent.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}
