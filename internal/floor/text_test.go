package floor_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall/internal/floor"
)

// A text writes what it is told to, with more holes than a form has, and more
// forms than an answer has.
func TestText_WritesWhateverItsForms(t *testing.T) {
	for _, values := range [][]string{nil, {"1"}, {"1", ""}, slices.Repeat([]string{"1"}, 4), slices.Repeat([]string{"2"}, 30)} {
		var text floor.Text
		for range 2 {
			text.Begin("ann")
			text.Form = append(text.Form, "begin"...)
			for _, v := range values {
				text.Form = append(text.Form, '/')
				text.Value([]byte(v))
			}
			text.Form = append(text.Form, '@')
			text.ID()
			text.Form = append(text.Form, " end"...)
			answer, want := text.Answer(), strings.Join(slices.Concat([]string{"begin"}, values), "/")+"@ann end"
			if got := string(answer.Append(nil)); got != want || answer.Len() != len(want) {
				t.Errorf("%d bytes %q, want %q", answer.Len(), got, want)
			}
		}
	}
}
