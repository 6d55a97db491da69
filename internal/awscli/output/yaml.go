package output

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/internal/awscli/value"
)

const (
	yamlIndent    = 2
	yamlWidth     = 80  // columns after which a blank becomes a line break
	yamlSimpleKey = 128 // bytes of the longest key that is written without "?"
)

// YAML prints v as block YAML 1.2, members sorted by name. A string is plain
// where it would be read back as that string, else in single quotes, or in
// double quotes with escapes. A list or an object that occurs twice is
// anchored (&id001) the first time and referred to (*id001) the second. A
// scalar is printed as JSON, and an empty object not at all.
func YAML(v any) []byte {
	if isEmptyMap(v) {
		return nil
	}
	if isScalar(v) {
		return append(value.Encoding{Raw: true}.Append(nil, v), '\n')
	}
	w := &yamlWriter{blank: true, fresh: true, anchors: map[any]int{}, written: map[any]bool{}}
	w.number(v, map[any]bool{})
	w.node(v, -yamlIndent, false)
	w.newline(0)
	return w.out
}

// yamlWriter follows the emitter of libyaml, whose layout the CLI's YAML has.
type yamlWriter struct {
	out    []byte
	column int
	blank  bool // nothing but blanks since the last break or indicator
	fresh  bool // nothing but indentation and "-", "?" or ":" in this line

	anchors map[any]int  // :: list or map -> its number, if it occurs twice
	written map[any]bool // :: list or map -> whether it has been written
}

// number gives numbers to lists and maps that are reached twice, in the order
// in which that shows.
func (w *yamlWriter) number(v any, seen map[any]bool) {
	if isScalar(v) {
		return
	}
	if seen[v] {
		if w.anchors[v] == 0 {
			w.anchors[v] = len(w.anchors) + 1
		}
		return
	}
	seen[v] = true
	switch v := v.(type) {
	case *value.List:
		for _, item := range v.Items {
			w.number(item, seen)
		}
	case *value.Map:
		for _, key := range sortedKeys(v) {
			member, _ := v.Get(key)
			w.number(member, seen)
		}
	}
}

func sortedKeys(m *value.Map) []string {
	keys := m.Keys()
	slices.Sort(keys)
	return keys
}

// node writes v inside something indented by indent, as the value of a member
// or as an element.
func (w *yamlWriter) node(v any, indent int, isMember bool) {
	if isScalar(v) {
		w.scalar(v, indent)
		return
	}
	if n := w.anchors[v]; n > 0 {
		if w.written[v] {
			w.indicator(fmt.Sprintf("*id%03d", n), true, false)
			return
		}
		w.written[v] = true
		w.indicator(fmt.Sprintf("&id%03d", n), true, false)
	}
	switch v := v.(type) {
	case *value.List:
		w.list(v, indent, isMember)
	case *value.Map:
		w.object(v, indent+yamlIndent)
	}
}

func (w *yamlWriter) list(l *value.List, indent int, isMember bool) {
	if len(l.Items) == 0 {
		w.indicator("[]", true, false)
		return
	}
	if !isMember || w.fresh {
		indent += yamlIndent // else the dashes stand under the member's name
	}
	for _, item := range l.Items {
		w.newline(indent)
		w.indicator("-", true, true)
		w.node(item, indent, false)
	}
}

func (w *yamlWriter) object(m *value.Map, indent int) {
	if m.Len() == 0 {
		w.indicator("{}", true, false)
		return
	}
	for _, key := range sortedKeys(m) {
		w.newline(indent)
		if text := newYAMLText(key); !text.multiline && len(text.s) <= yamlSimpleKey {
			w.text(text, indent, false)
			w.indicator(":", false, false)
		} else {
			w.indicator("?", true, true)
			w.text(text, indent, true)
			w.newline(indent)
			w.indicator(":", true, true)
		}
		v, _ := m.Get(key)
		w.node(v, indent, true)
	}
}

func (w *yamlWriter) scalar(v any, indent int) {
	switch v := v.(type) {
	case string:
		w.text(newYAMLText(v), indent, true)
	case time.Time:
		w.indicator(value.Str(v), true, false)
	case float64:
		w.indicator(yamlFloat(v), true, false)
	default:
		w.indicator(string(value.AppendJSON(nil, v)), true, false)
	}
}

func yamlFloat(f float64) string {
	text := value.Str(f)
	if text == "nan" || strings.HasSuffix(text, "inf") {
		return strings.Replace(strings.Replace(text, "inf", ".inf", 1), "nan", ".nan", 1)
	}
	return text
}

// indicator writes text after a blank if it needs one before it. It leaves a
// fresh line fresh if it keeps it.
func (w *yamlWriter) indicator(text string, needsBlank, keeps bool) {
	if needsBlank && !w.blank {
		w.put(" ")
	}
	w.put(text)
	w.blank = false
	w.fresh = w.fresh && keeps
}

// put writes text that has no line break.
func (w *yamlWriter) put(text string) {
	w.out = append(w.out, text...)
	for range text {
		w.column++
	}
}

// lineBreak writes a break and begins a line.
func (w *yamlWriter) lineBreak(text string) {
	w.out = append(w.out, text...)
	w.column = 0
}

// newline goes to column indent, of a new line unless this one is as good.
func (w *yamlWriter) newline(indent int) {
	if !w.fresh || w.column > indent || w.column == indent && !w.blank {
		w.lineBreak("\n")
	}
	if w.column < indent {
		w.put(strings.Repeat(" ", indent-w.column))
	}
	w.blank, w.fresh = true, true
}
