package shell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/awscli/shell"
)

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		command string
		want    []string
	}{
		{"", nil},
		{"less", []string{"less"}},
		{" less  -R\t-X ", []string{"less", "-R", "-X"}},
		{`sh -c "echo $HOME; cat"`, []string{"sh", "-c", "echo $HOME; cat"}},
		{`a'b c'd`, []string{"ab cd"}},
		{`'' ""`, []string{"", ""}},
		{`a\ b \\ \"`, []string{"a b", `\`, `"`}},
		{`"a\"b\c\\"`, []string{`a"b\c\`}},
		{`'a\'`, []string{`a\`}},
	} {
		got, err := shell.Split(tc.command)
		if err != nil {
			t.Errorf("%s: %v", tc.command, err)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.command, d)
		}
	}
	for _, command := range []string{`"a`, `'a`, `a\`} {
		if _, err := shell.Split(command); !errors.Is(err, shell.ErrUnclosed) {
			t.Errorf("%s: error %v", command, err)
		}
	}
}

func TestExpandPath(t *testing.T) {
	env := map[string]string{"HOME": "/home/ada/", "A": "x", "EMPTY": ""}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	for path, want := range map[string]string{
		"a/b":          "a/b",
		"~":            "/home/ada",
		"~/b":          "/home/ada/b",
		"~bo/b":        "~bo/b",
		"a/~":          "a/~",
		"$A/${A}.y$A_": "x/x.y$A_",
		"$EMPTY-$NONE": "-$NONE",
		"${NONE}$":     "${NONE}$",
	} {
		if got := shell.ExpandPath(path, lookup); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
