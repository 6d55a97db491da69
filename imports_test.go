package rollcall_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the direction in which imports go: each package, and which
// other packages of this module it may reach, directly or not. "…" stands for
// any. What is not listed may reach nothing but the domain.
var mayImport = map[string][]string{
	"rollcall":                           {},
	"rollcall/internal/journal":          {"rollcall", "rollcall/internal/slab"},
	"rollcall/internal/journal/memlog":   {"rollcall", "rollcall/internal/slab", "rollcall/internal/journal"},
	"rollcall/internal/journal/disklog":  {"rollcall", "rollcall/internal/slab", "rollcall/internal/journal"},
	"rollcall/internal/journal/natslog":  {"rollcall", "rollcall/internal/slab", "rollcall/internal/journal"},
	"rollcall/internal/journal/logtest":  {"rollcall", "rollcall/internal/slab", "rollcall/internal/journal"},
	"rollcall/internal/floor":            {"rollcall"},
	"rollcall/internal/hub":              {"rollcall", "rollcall/internal/floor"},
	"rollcall/internal/tally":            {"rollcall"},
	"rollcall/internal/keeper":           {"rollcall", "rollcall/internal/slab", "rollcall/internal/journal", "rollcall/internal/floor"},
	"rollcall/internal/store":            {"rollcall", "rollcall/internal/archive", "rollcall/internal/slab", "rollcall/internal/durable", "rollcall/internal/journal", "rollcall/internal/journal/disklog", "rollcall/internal/journal/natslog", "rollcall/internal/agentevent", "rollcall/internal/plain", "rollcall/internal/floor", "rollcall/internal/keeper"},
	"rollcall/internal/plain":            {},
	"rollcall/internal/agentevent":       {"rollcall", "rollcall/internal/plain", "rollcall/internal/slab"},
	"rollcall/internal/archive":          {"rollcall", "rollcall/internal/durable", "rollcall/internal/journal", "rollcall/internal/journal/disklog", "rollcall/internal/agentevent", "rollcall/internal/plain", "rollcall/internal/floor", "rollcall/internal/slab"},
	"rollcall/internal/durable":          {},
	"rollcall/internal/sigv4":            {},
	"rollcall/internal/access":           {"rollcall", "rollcall/internal/durable", "rollcall/connectapi", "rollcall/internal/sigv4"},
	"rollcall/internal/slab":             {},
	"rollcall/internal/memory":           {},
	"rollcall/internal/body":             {"rollcall/internal/slab"},
	"rollcall/internal/cors":             {},
	"rollcall/internal/door":             {"rollcall", "rollcall/internal/durable", "rollcall/connectapi", "rollcall/internal/cors", "rollcall/internal/access", "rollcall/internal/sigv4", "rollcall/internal/body", "rollcall/internal/slab"},
	"rollcall/internal/ingest":           {"rollcall", "rollcall/internal/durable", "rollcall/connectapi", "rollcall/internal/access", "rollcall/internal/sigv4", "rollcall/internal/journal", "rollcall/internal/agentevent", "rollcall/internal/plain", "rollcall/internal/body", "rollcall/internal/cors", "rollcall/internal/door", "rollcall/internal/slab"},
	"rollcall/internal/instance":         {"rollcall", "rollcall/internal/durable", "rollcall/connectapi", "rollcall/internal/access", "rollcall/internal/sigv4", "rollcall/internal/floor"},
	"rollcall/internal/connect":          {"rollcall", "rollcall/internal/durable", "rollcall/internal/pagetoken", "rollcall/connectapi", "rollcall/internal/access", "rollcall/internal/sigv4", "rollcall/internal/body", "rollcall/internal/cors", "rollcall/internal/floor", "rollcall/internal/instance", "rollcall/internal/plain", "rollcall/internal/slab", "rollcall/internal/door"},
	"rollcall/internal/pagetoken":        {"rollcall"},
	"rollcall/internal/listen":           {},
	"rollcall/internal/v1":               {"rollcall", "rollcall/internal/hub", "rollcall/internal/tally", "rollcall/internal/durable", "rollcall/internal/pagetoken", "rollcall/connectapi", "rollcall/internal/access", "rollcall/internal/sigv4", "rollcall/internal/cors", "rollcall/internal/floor", "rollcall/internal/instance", "rollcall/internal/door", "rollcall/internal/body", "rollcall/internal/slab"},
	"rollcall/internal/simulate":         {},
	"rollcall/internal/ownclient":        {"rollcall/internal/awscli/setup", "rollcall/internal/awscli/profile", "rollcall/internal/awscli/shell", "rollcall/internal/awscli/value"},
	"rollcall/internal/emit":             {"rollcall/internal/ownclient", "rollcall/internal/awscli/…"},
	"rollcall/internal/loadtest":         {"rollcall/internal/ownclient", "rollcall/internal/awscli/…", "rollcall/internal/simulate"},
	"rollcall/connectclient":             {"rollcall/connectapi"},
	"rollcall/connectapi":                {},
	"rollcall/internal/awscli/value":     {},
	"rollcall/internal/awscli/jmespath":  {"rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/output":    {"rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/shorthand": {"rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/argparse":  {"rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/profile":   {"rollcall/internal/awscli/shell", "rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/shell":     {"rollcall/internal/awscli/value"},
	"rollcall/internal/awscli/codec":     {},
	"rollcall/internal/awscli/setup":     {"rollcall/internal/awscli/profile", "rollcall/internal/awscli/shell", "rollcall/internal/awscli/value"},
	"rollcall/internal/awscli":           {"rollcall/connectapi", "rollcall/connectclient", "rollcall/internal/awscli/…"},
	"rollcall/internal/server":           {"…"},
	"rollcall/rollcalltest":              {"…"},
	"rollcall/cmd/rollcall":              {"…"},
}

// mayNotImport is what a package keeps out of the standard library and of
// others' modules, and why.
var mayNotImport = []struct{ pkg, imported, why string }{
	{"rollcall", "net/http", "the domain does no I/O"},
	{"rollcall", "os", "the domain does no I/O"},
	{"rollcall", "net", "the domain does no I/O"},
	{"rollcall", "sync", "the domain takes no locks"},
	{"rollcall/internal/floor", "net/http", "the floor does no I/O"},
	{"rollcall/internal/floor", "os", "the floor does no I/O"},
	{"rollcall/internal/floor", "math/rand", "the floor is a pure function of the journal"},
	{"rollcall/internal/floor", "math/rand/v2", "the floor is a pure function of the journal"},
}

// packages gives, for each package of the module, a list of imports.
func packages(t *testing.T, field string) map[string][]string {
	t.Helper()
	format := "{{.ImportPath}} {{join ." + field + " \" \"}}"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", format, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[words[0]] = words[1:]
	}
	return all
}

func TestImports_GoOneWay(t *testing.T) {
	for pkg, deps := range packages(t, "Deps") {
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s has no place in the house yet: add it to mayImport with what it may reach", pkg)
			continue
		}
		for _, dep := range deps {
			if dep != "rollcall" && !strings.HasPrefix(dep, "rollcall/") {
				continue
			}
			if !slices.ContainsFunc(allowed, func(a string) bool {
				if prefix, open := strings.CutSuffix(a, "…"); open {
					return strings.HasPrefix(dep, prefix)
				}
				return a == dep
			}) {
				t.Errorf("%s reaches %s; it may reach only %v", pkg, dep, allowed)
			}
		}
	}
}

func TestImports_KeepOut(t *testing.T) {
	imports := packages(t, "Imports")
	for _, c := range mayNotImport {
		if slices.Contains(imports[c.pkg], c.imported) {
			t.Errorf("%s imports %s: %s", c.pkg, c.imported, c.why)
		}
	}
}

// An engine stays behind the contract of the journal.
func TestImports_OneLogAnEngine(t *testing.T) {
	for pkg, imports := range packages(t, "Imports") {
		for _, imported := range imports {
			for prefix, owner := range map[string]string{
				"github.com/cockroachdb/pebble": "rollcall/internal/journal/disklog",
				"github.com/nats-io/":           "rollcall/internal/journal/natslog",
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
	deps := packages(t, "Deps")
	for _, pkg := range []string{"rollcall/internal/server", "rollcall/rollcalltest"} {
		others := 0
		for _, dep := range deps[pkg] {
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				others++
			}
			if slices.Contains([]string{"rollcall/internal/store", "rollcall/internal/journal/disklog", "rollcall/internal/journal/natslog"}, dep) {
				t.Errorf("%s reaches %s", pkg, dep)
			}
		}
		if others == 0 || others > most {
			t.Errorf("%s reaches %d packages of others, want at most %d", pkg, others, most)
		}
	}
}
