package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// report is what a whole run found.
type report struct {
	Seed     uint64    `json:"seed"`
	Isolated bool      `json:"isolated"` // with faults of network and disk
	Good     bool      `json:"good"`
	Results  []*result `json:"results"`
}

// write prints a table with a column for each topology, and below it what is
// wrong in words.
func (r *report) write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, cell func(*result) string) {
		cells := []string{name}
		for _, result := range r.Results {
			cells = append(cells, cell(result))
		}
		fmt.Fprintln(table, strings.Join(cells, "\t")+"\t")
	}
	number := func(name string, count func(*result) int) {
		row(name, func(result *result) string { return strconv.Itoa(count(result)) })
	}
	row("", func(result *result) string { return result.Topology })
	row("time", func(result *result) string { return strconv.Itoa(int(result.Seconds)) + " s" })
	for _, fault := range r.faults() {
		number(fault, func(result *result) int { return result.Faults[fault] })
	}
	number("processes killed, in all", func(result *result) int { return result.Kills })
	number("partitions, in all", func(result *result) int { return result.Partitions })
	number("requests", func(result *result) int { return result.Requests })
	number("events acknowledged", func(result *result) int { return result.Events })
	number("unknown outcomes", func(result *result) int { return result.Unknown })
	number("refused, nothing kept", func(result *result) int { return result.Refused })
	number("repetitions recognised", func(result *result) int { return result.Repeated })
	number("answers checked", func(result *result) int { return result.Answers })
	for _, k := range kinds {
		number(string(k), func(result *result) int { return result.Counts[k] })
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, result := range r.Results {
		for _, fault := range result.LeftOut {
			fmt.Fprintf(out, "%s: skipped: %s\n", result.Topology, fault)
		}
		for _, k := range kinds {
			for _, example := range result.Examples[k] {
				fmt.Fprintf(out, "%s: %s: %s\n", result.Topology, k, example)
			}
		}
	}
	return nil
}

// faults are the names of all that struck.
func (r *report) faults() []string {
	names := make(map[string]bool)
	for _, result := range r.Results {
		for name := range result.Faults {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// save writes the report as JSON.
func (r *report) save(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o600)
}
