package rollcall_test

import (
	"testing"

	"rollcall"
)

func TestAgent_NameIsNeverBlank(t *testing.T) {
	for _, c := range []struct{ first, last, username, want string }{
		{"Ann", "Arbor", "ann", "Ann Arbor"},
		{"", "Arbor", "ann", "Arbor"},
		{" Ann\t", "\u00a0", "ann", "Ann"},
		{"  ", "\n", "ann", "ann"},
		{"", "", " ", "a-1"},
		{"", "", "", "a-1"},
	} {
		a := rollcall.Agent{ID: "a-1", Configuration: rollcall.Configuration{FirstName: c.first, LastName: c.last, Username: c.username}}
		if got := a.Name(); got != c.want {
			t.Errorf("%q, %q, %q: %q, want %q", c.first, c.last, c.username, got, c.want)
		}
	}
}
