package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// table is text in columns for people. Columns are as wide as terminals show
// them, so that names in any script line up.
type table struct {
	rows   [][]string
	widths []int // of the columns, in cells of a terminal
}

// tableGap is between columns.
const tableGap = "  "

func (t *table) add(cells ...string) {
	for i, cell := range cells {
		cells[i] = harmless(cell)
		if i == len(t.widths) {
			t.widths = append(t.widths, 0)
		}
		t.widths[i] = max(t.widths[i], uniseg.StringWidth(cells[i]))
	}
	t.rows = append(t.rows, cells)
}

// line adds text over all columns.
func (t *table) line(text string) { t.rows = append(t.rows, []string{harmless(text)}) }

// String gives a line for each row.
func (t *table) String() string {
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if len(row) == 1 {
				break
			}
			line.WriteString(strings.Repeat(" ", t.widths[i]-uniseg.StringWidth(cell)) + tableGap)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// harmless replaces what would steer a terminal: names come from whoever may
// put events.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// clip cuts a page to what a terminal of that size shows: no line is wrapped,
// the page's last line is kept, what is cut off is counted in the line before,
// and the terminal's last line stays free. A size of 0 is not known and cuts
// nothing.
func clip(page []byte, width, height int) []byte {
	lines := bytes.SplitAfter(page, []byte("\n"))
	if n := len(lines) - 1; n >= 0 && len(lines[n]) == 0 {
		lines = lines[:n] // behind the end of the last line
	}
	switch cut := height > 1 && len(lines) >= height; {
	case cut && height > 4:
		shown := height - 3
		more := fmt.Appendf(nil, "… %d more lines: filter, sort, or make the window larger\n", len(lines)-1-shown)
		lines = append(lines[:shown:shown], more, lines[len(lines)-1])
	case cut:
		lines = lines[:height-1]
	}
	if width < 1 {
		return bytes.Join(lines, nil)
	}
	var cut []byte
	for _, line := range lines {
		text := bytes.TrimRight(line, "\n")
		cut = append(cut, firstCells(text, width)...)
		cut = append(cut, line[len(text):]...)
	}
	return cut
}

// firstCells is what of a line fits into width cells.
func firstCells(line []byte, width int) []byte {
	rest, state, used := line, -1, 0
	for len(rest) > 0 {
		_, next, w, after := uniseg.FirstGraphemeCluster(rest, state)
		if used += w; used > width {
			return line[:len(line)-len(rest)]
		}
		rest, state = next, after
	}
	return line
}
