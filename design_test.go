package rollcall_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// docs/DESIGN.md is what a stranger reads first: each file that it names is
// there, and each package has its place in the drawing of the house.
func TestDesign_IsOfTheHouseThatStands(t *testing.T) {
	text, err := os.ReadFile("docs/DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9_./]+/[a-z0-9_]+\\.[a-z]+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 40 {
		t.Errorf("it names %d files, and tells two walks of ten lines", len(named))
	}
	for _, name := range named {
		_, err := os.Stat(name[1])
		if _, beside := os.Stat(path.Join("internal", name[1])); err != nil && beside != nil {
			t.Errorf("it names %s: %v", name[1], err)
		}
	}
	_, rest, _ := strings.Cut(string(text), "```text\n")
	drawing, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("it has no drawing")
	}
	for pkg := range goList(t, "Imports") {
		room := path.Base(pkg)
		if pkg == "" {
			room = "rollcall"
		}
		if !regexp.MustCompile(`\b` + room + `\b`).MatchString(drawing) {
			t.Errorf("the drawing of the house has no place for %s", pkg)
		}
	}
}
