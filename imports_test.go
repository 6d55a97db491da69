package rollcall_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// storeys is the house from the ground up. A package imports only what stands
// below it, so neighbours on a storey, as all protocols are, never import each
// other. Whatever imports nothing of this module stands on the ground, and is
// not listed.
var storeys = [][]string{
	{
		"connectclient",
		"internal/access",
		"internal/agentevent",
		"internal/awscli/argparse",
		"internal/awscli/jmespath",
		"internal/awscli/output",
		"internal/awscli/shell",
		"internal/awscli/shorthand",
		"internal/body",
		"internal/floor",
		"internal/journal",
		"internal/lobby",
		"internal/pagetoken",
		"internal/source",
		"internal/tally",
	},
	{
		"internal/contactevent",
		"internal/source/connect",
		"internal/source/kinesis",
		"internal/source/lease",
	},
	{
		"internal/replay",
	},
	{
		"internal/awscli/profile",
		"internal/door",
		"internal/hub",
		"internal/instance",
		"internal/journal/disklog",
		"internal/journal/logtest",
		"internal/journal/memlog",
		"internal/journal/natslog",
		"internal/keeper",
	},
	{
		"internal/archive",
		"internal/awscli/setup",
		"internal/connect",   // a protocol
		"internal/ingest",    // a protocol
		"internal/v1",        // a protocol
		"internal/wallboard", // a protocol
	},
	{
		"internal/awscli",
		"internal/ownclient",
		"internal/server",
		"internal/store",
	},
	{
		"internal/emit",
		"rollcalltest",
	},
	{
		"cmd/rollcall",
	},
}

// knowOnly are the packages that know less of this module than their storey
// would let them.
var knowOnly = map[string][]string{
	"connectclient":  {"rollcall/connectapi"},
	"internal/floor": {"rollcall"},
	"internal/lobby": {"rollcall"},
	"internal/tally": {"rollcall"},
}

// keepOut is what a package imports in no case, and why.
var keepOut = map[string]struct{ why, imports string }{
	"":               {"the domain does no I/O and takes no locks", "net net/http os sync"},
	"internal/floor": {"the floor is a pure function of the journal", "net net/http os math/rand math/rand/v2"},
	"internal/lobby": {"the lobby is a pure function of the journal", "net net/http os math/rand math/rand/v2"},
}

// goList gives a list of imports for each package of the module, by its path
// inside it.
func goList(t *testing.T, field string) map[string][]string {
	t.Helper()
	format := "{{.ImportPath}} {{join ." + field + " \" \"}}"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", format, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[inside(words[0])] = words[1:]
	}
	return all
}

// inside is the path of one of our packages in the module.
func inside(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, "rollcall"), "/")
}

func ours(pkg string) bool { return pkg == "rollcall" || strings.HasPrefix(pkg, "rollcall/") }

func TestImports_GoDownTheHouse(t *testing.T) {
	imports := goList(t, "Imports")
	storey := make(map[string]int)
	for i, rooms := range storeys {
		for _, pkg := range rooms {
			storey[pkg] = i + 1
			if _, there := imports[pkg]; !there {
				t.Errorf("%s stands in storeys and is no package", pkg)
			}
		}
	}
	for pkg, imported := range imports {
		only, knowsLess := knowOnly[pkg]
		for _, i := range slices.DeleteFunc(imported, func(i string) bool { return !ours(i) }) {
			if storey[pkg] <= storey[inside(i)] {
				t.Errorf("%s (storey %d) imports %s (storey %d): only what stands below; 0 is the ground, where nothing of ours is imported (storeys)",
					pkg, storey[pkg], i, storey[inside(i)])
			}
			if knowsLess && !slices.Contains(only, i) {
				t.Errorf("%s imports %s; it knows only %v", pkg, i, only)
			}
		}
	}
}

func TestImports_KeepOut(t *testing.T) {
	imports := goList(t, "Imports")
	for pkg, c := range keepOut {
		for _, out := range strings.Fields(c.imports) {
			if slices.Contains(imports[pkg], out) {
				t.Errorf("rollcall/%s imports %s: %s", pkg, out, c.why)
			}
		}
	}
}

// An engine stays behind the contract of the journal.
func TestImports_OneLogAnEngine(t *testing.T) {
	for pkg, imports := range goList(t, "Imports") {
		for _, imported := range imports {
			for prefix, owner := range map[string]string{
				"github.com/cockroachdb/pebble": "internal/journal/disklog",
				"github.com/nats-io/":           "internal/journal/natslog",
			} {
				if strings.HasPrefix(imported, prefix) && pkg != owner {
					t.Errorf("%s imports %s; only %s may", pkg, imported, owner)
				}
			}
		}
	}
}

// The server takes any journal.Log, so that whoever puts one into a Go test
// compiles no storage engine: beside the standard library and this module that
// is at most so many packages.
func TestImports_AServerLinksNoStorageEngine(t *testing.T) {
	const most = 170
	deps := goList(t, "Deps")
	for _, pkg := range []string{"internal/server", "rollcalltest"} {
		others := 0
		for _, dep := range deps[pkg] {
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				others++
			}
			if slices.Contains([]string{"internal/store", "internal/journal/disklog", "internal/journal/natslog"}, inside(dep)) {
				t.Errorf("%s reaches %s", pkg, dep)
			}
		}
		if others == 0 || others > most {
			t.Errorf("%s reaches %d packages of others, want at most %d", pkg, others, most)
		}
	}
}
