package output

import (
	"fmt"
	"math"

	"golang.org/x/text/width"
)

const (
	defaultWidth = 80 // columns, where there is no terminal

	cellPadding = 4 // two blanks on each side
	borders     = 2 // a bar on each side
)

// section is a box: a title, a header and rows, each of which may be absent.
type section struct {
	title  string
	indent int // how many bars stand on each side
	header []string
	rows   [][]string
	cols   int   // cells in a row; -1 as long as anything goes
	widths []int // of the columns, from the widest cell
}

// setHeader names the columns. Rows that follow have as many cells.
func (s *section) setHeader(header []string) error {
	if s.cols < 0 {
		s.cols = len(header)
	}
	s.header = header
	return s.widen(header)
}

func (s *section) addRow(row []string) error {
	if s.cols < 0 {
		s.cols = len(row)
	}
	if len(row) != s.cols {
		return rowError(s.cols, len(row))
	}
	s.rows = append(s.rows, row)
	return s.widen(row)
}

func rowError(want, got int) error {
	return fmt.Errorf("Row should have %d elements, instead it has %d", want, got) //nolint:staticcheck // the CLI's own text
}

// widen makes the columns wide enough for row.
func (s *section) widen(row []string) error {
	if len(s.widths) == 0 {
		s.widths = make([]int, len(row))
	}
	if len(row) > len(s.widths) {
		return rowError(len(s.widths), len(row))
	}
	for i, text := range row {
		s.widths[i] = max(s.widths[i], displayWidth(text))
	}
	return nil
}

// totalWidth returns how wide the box must be, with its bars.
func (s *section) totalWidth() int {
	columns := 0
	for _, w := range s.widths {
		columns += w + cellPadding
	}
	return max(columns, displayWidth(s.title)) + borders + 2*s.indent
}

// turned returns the box with its one row as a column, beside the header.
func (s *section) turned() *section {
	if len(s.rows) != 1 || len(s.header) == 0 {
		return s
	}
	t := &section{title: s.title, indent: s.indent, widths: make([]int, 2)}
	for i, name := range s.header {
		row := []string{name, s.rows[0][i]}
		t.rows = append(t.rows, row)
		for j, text := range row {
			t.widths[j] = max(t.widths[j], displayWidth(text))
		}
	}
	return t
}

// scaled stretches the columns so that together they are total wide.
func scaled(widths []int, total int) []int {
	if len(widths) == 0 {
		return nil
	}
	sum := 0
	for _, w := range widths {
		sum += w + cellPadding
	}
	factor := float64(total) / float64(sum)
	columns, over := make([]int, len(widths)), -total
	for i, w := range widths {
		columns[i] = int(math.RoundToEven(factor * float64(w+cellPadding)))
		over += columns[i]
	}
	for i := 0; over > 0; i, over = i+1, over-1 {
		columns[i%len(columns)]--
	}
	for i := 0; over < 0; i, over = i+1, over+1 {
		columns[len(columns)-1-i%len(columns)]++
	}
	return columns
}

// displayWidth returns how many columns text takes: two for a wide character,
// and for one that is wide only in East Asian fonts.
func displayWidth(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r < 0x80 {
			continue
		}
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			n++
		case width.Neutral, width.EastAsianNarrow, width.EastAsianHalfwidth:
		}
	}
	return n
}
