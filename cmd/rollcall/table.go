package main

import (
	"bytes"
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

// String gives a line for each row.
func (t *table) String() string {
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
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
// and the last one stays free. A size of 0 is not known and cuts nothing.
func clip(page []byte, width, height int) []byte {
	lines := bytes.SplitAfter(page, []byte("\n"))
	if height > 1 && len(lines) >= height {
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
