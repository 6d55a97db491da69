package output

import "strings"

// Escape sequences of the colors.
const (
	reset      = "\x1b[0m"
	brightBlue = "\x1b[1m\x1b[34m"
	dimYellow  = "\x1b[2m\x1b[33m"
)

func renderTable(sections []*section, o TableOptions) []byte {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	if widest(sections) > o.Width {
		for i, s := range sections {
			sections[i] = s.turned()
		}
	}
	w := &tableWriter{TableOptions: o}
	total := widest(sections)
	w.write(strings.Repeat("-", total) + "\n")
	for _, s := range sections {
		w.section(s, total-2*s.indent)
	}
	return []byte(strings.ToValidUTF8(w.out.String(), "\uFFFD"))
}

func widest(sections []*section) int {
	n := 0
	for _, s := range sections {
		n = max(n, s.totalWidth())
	}
	return n
}

// tableWriter writes boxes; out holds what it has written.
type tableWriter struct {
	TableOptions

	out strings.Builder
}

func (w *tableWriter) write(text string) {
	w.out.WriteString(text)
	if w.Resets {
		w.out.WriteString(reset)
	}
}

func (w *tableWriter) colored(text, color string) string {
	if !w.Color {
		return text
	}
	return color + text + reset
}

// line writes text between a box's bars.
func (w *tableWriter) line(s *section, text string) {
	bars := strings.Repeat(w.colored("|", dimYellow), s.indent)
	w.write(bars)
	w.write(text)
	w.write(bars)
	w.write("\n")
}

// section writes a box whose inside, with the outermost bars, is inner wide.
func (w *tableWriter) section(s *section, inner int) {
	if s.title != "" {
		w.line(s, centered(s.title, inner, "|"))
		if len(s.header) == 0 && len(s.rows) == 0 {
			w.line(s, "+"+dashes(inner-2)+"+")
		}
	}
	columns := scaled(s.widths, inner)
	if len(columns) == 0 {
		return
	}
	if len(s.header) > 0 {
		w.line(s, rule(columns))
		var text strings.Builder
		for i, name := range s.header {
			text.WriteString(centered(name, columns[i], edge(i)))
		}
		w.line(s, text.String())
	}
	if len(s.rows) == 0 {
		return
	}
	w.line(s, rule(columns))
	for _, row := range s.rows {
		var text strings.Builder
		for i, cell := range row {
			text.WriteString(w.left(cell, columns[i], edge(i)))
		}
		w.line(s, text.String())
	}
	w.line(s, rule(columns))
}

// edge returns the bar to the left of a row's i-th cell: the others share
// theirs with the cell before.
func edge(i int) string {
	if i == 0 {
		return "|"
	}
	return ""
}

func rule(columns []int) string {
	var text strings.Builder
	text.WriteByte('+')
	for i, width := range columns {
		if i == 0 {
			width--
		}
		text.WriteString(dashes(width-1) + "+")
	}
	return text.String()
}

// centered puts text in the middle of a cell of that width, bars included.
func centered(text string, width int, left string) string {
	length := displayWidth(text)
	before := width/2 - length/2 - 1
	after := width - len(left) - before - length - 1
	return left + blanks(before) + text + blanks(after) + "|"
}

// left puts text behind two blanks, if it fits so.
func (w *tableWriter) left(text string, width int, left string) string {
	length := displayWidth(text)
	before := 2
	if width < length+before+len(left)+1 {
		before = 0
	}
	after := width - len(left) - before - length - 1
	return left + blanks(before) + w.colored(text, brightBlue) + blanks(after) + "|"
}

// blanks and dashes are empty for n below zero.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

func dashes(n int) string { return strings.Repeat("-", max(n, 0)) }
