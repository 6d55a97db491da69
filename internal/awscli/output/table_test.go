package output_test

import (
	"strings"
	"testing"

	"rollcall/internal/awscli/output"

	"github.com/google/go-cmp/cmp"
)

func table(t *testing.T, doc string, o output.TableOptions) string {
	t.Helper()
	got, err := output.Table(parse(t, doc), o)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// A row is turned when the table does not fit, and only then.
func TestTable_FitsTheTerminal(t *testing.T) {
	const doc = `{"Queue": "sales and support", "State": "CONNECTED"}`
	for width, want := range map[int]string{
		36: `
------------------------------------
|                Now               |
+--------------------+-------------+
|        Queue       |    State    |
+--------------------+-------------+
|  sales and support |  CONNECTED  |
+--------------------+-------------+
`,
		35: `
--------------------------------
|              Now             |
+--------+---------------------+
|  Queue |  sales and support  |
|  State |  CONNECTED          |
+--------+---------------------+
`,
	} {
		got := table(t, doc, output.TableOptions{Title: "Now", Width: width})
		if diff := cmp.Diff(want, "\n"+got); diff != "" {
			t.Errorf("%d columns: %s", width, diff)
		}
	}
}

func TestTable_Colors(t *testing.T) {
	const doc = `{"a": {"b": "x"}}`
	plain := table(t, doc, output.TableOptions{Title: "T"})
	colored := table(t, doc, output.TableOptions{Title: "T", Color: true})
	bar, cell := "\x1b[2m\x1b[33m|\x1b[0m", "\x1b[1m\x1b[34m%\x1b[0m"
	want := strings.Join([]string{
		"--------------",
		"|      T     |",
		"+------------+",
		bar + "|     a    |" + bar,
		bar + "+----+-----+" + bar,
		bar + "|  " + strings.Replace(cell, "%", "b", 1) + " |  " + strings.Replace(cell, "%", "x", 1) + "  |" + bar,
		bar + "+----+-----+" + bar,
		"",
	}, "\n")
	if diff := cmp.Diff(want, colored); diff != "" {
		t.Error(diff)
	}
	for _, escape := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[34m"} {
		colored = strings.ReplaceAll(colored, escape, "")
	}
	if diff := cmp.Diff(plain, colored); diff != "" {
		t.Errorf("colors move cells: %s", diff)
	}
}

// Every piece is followed by a reset: the line itself, and for a line of a box
// the bars left of it, the line, the bars right of it and the line break.
func TestTable_Resets(t *testing.T) {
	got := table(t, `[1]`, output.TableOptions{Title: "T", Resets: true})
	const r = "\x1b[0m"
	want := strings.NewReplacer("<", r, ">", r+r+"\n"+r).Replace(
		"-------\n<<|  T  |><+-----+><|  1  |><+-----+>")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
