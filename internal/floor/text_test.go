package floor_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall"
	"rollcall/internal/floor"
)

// A text writes the same answer whether it remembers a form or not, and takes
// none for the form that was meant if the values are not as many as its holes.
func TestText_RecallsOnlyWhatIsTheSame(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []string // values of two agents
	}{
		{"as many", []string{"1", "2"}, []string{"3", "4"}},
		{"none", nil, nil},
		{"fewer", []string{"1", "2"}, []string{"3"}},
		{"more", []string{"1"}, []string{"2", "3"}},
		{"an empty one", []string{"1", ""}, []string{"2", "3"}},
		{"as many as there are holes", []string{"1", "2", "3", "4"}, []string{"5", "6", "7", "8"}},
		{"more than a form has holes", []string{"1", "2", "3", "4", "5"}, []string{"6", "7", "8", "9", "0"}},
		{"more than an answer has holes", slices.Repeat([]string{"1"}, 30), slices.Repeat([]string{"2"}, 30)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text floor.Text
			for i, values := range [][]string{c.before, c.after, c.before} {
				id := rollcall.AgentID("ann")
				text.Begin(id)
				text.Form = append(text.Form, "begin"...)
				list := make([][]byte, len(values))
				for k, v := range values {
					list[k] = []byte(v)
				}
				want := strings.Join(slices.Concat([]string{"begin"}, values), "/") + "@ann end"
				if !text.Recall("basis", list...) {
					for _, v := range list {
						text.Form = append(text.Form, '/')
						text.Value(v)
					}
					text.Form = append(text.Form, '@')
					text.ID()
					text.Remember("basis")
				}
				text.Form = append(text.Form, " end"...)
				answer := text.Answer()
				if got := string(answer.Append(nil)); got != want || answer.Len() != len(want) {
					t.Errorf("agent %d: %d bytes %q, want %q", i, answer.Len(), got, want)
				}
			}
		})
	}
}
