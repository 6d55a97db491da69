package connect_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"rollcall/connectapi"
	"rollcall/internal/connect"
)

// Each operation of connectapi is answered here, or DIVERGENCES.md says why not.
func TestOperations_AreHereOrTheReasonIs(t *testing.T) {
	reasons, err := os.ReadFile("DIVERGENCES.md")
	if err != nil {
		t.Fatal(err)
	}
	h := newAsker(t, connect.Options{}).service
	label := regexp.MustCompile(`\{\w+\}`)
	for _, o := range connectapi.All {
		r := call(h, o.Method, label.ReplaceAllString(o.Path, "x"), "{}")
		here := r.header.Get("X-Amzn-Errortype") != "UnknownOperationException"
		if !here && !strings.Contains(string(reasons), "`"+o.Name+"` is not here") {
			t.Errorf("%s: %s, and DIVERGENCES.md has no \"`%s` is not here\" with the reason", o.Name, r.said(), o.Name)
		}
	}
}

// What Amazon Connect has is found by its own method and path, and named.
func TestOperations_ThatAreNotHereAreNamed(t *testing.T) {
	h := newAsker(t, connect.Options{}).service
	label := regexp.MustCompile(`\{\w+\}`)
	for r := range connectapi.Amazon() {
		if connectapi.Find(r.Name) != nil {
			continue
		}
		got := call(h, r.Method, label.ReplaceAllString(r.Path, "x%2Fy"), "")
		if want := "Amazon Connect has " + r.Name + "; rollcall doesn't; `--forward` sends it on."; got.status != http.StatusNotFound || !strings.Contains(string(got.body), want) {
			t.Errorf("%s %s: %s, want %s", r.Method, r.Path, got.said(), want)
		}
		if strings.Contains(string(got.body), "`--forward-writes`") == r.Reads() {
			t.Errorf("%s: %s: is it told that only --forward-writes sends writes on?", r.Name, got.said())
		}
	}
}

// Inputs are read by their shapes, of kinds that the decoder knows.
func TestOperations_InputsAreOfKindsThatAreRead(t *testing.T) {
	seen := map[*connectapi.Shape]bool{}
	var check func(path string, s *connectapi.Shape)
	check = func(path string, s *connectapi.Shape) {
		if seen[s] {
			return
		}
		seen[s] = true
		switch s.Kind {
		case connectapi.String, connectapi.Integer:
		case connectapi.List:
			check(path+"[]", s.Element)
		case connectapi.Structure:
			for _, m := range s.Members {
				check(path+"."+m.Name, m.Shape)
			}
		case connectapi.Float, connectapi.Boolean, connectapi.Timestamp, connectapi.Map:
			t.Errorf("%s is of a kind that no input had so far: teach input.value to read it", path)
		}
	}
	for _, o := range connectapi.All {
		check(o.Name, o.Input())
	}
}

// The documents say what is here, and what becomes of the rest of connectapi.
func TestOperations_TableOfTheDocuments(t *testing.T) {
	h := newAsker(t, connect.Options{}).service
	label := regexp.MustCompile(`\{\w+\}`)
	var names []string
	var table strings.Builder
	table.WriteString("| operation | | what it does |\n|---|---|---|\n")
	for _, o := range connectapi.All {
		state := "sent on"
		switch r := call(h, o.Method, label.ReplaceAllString(o.Path, "x"), "{}"); {
		case r.header.Get("X-Amzn-Errortype") != "UnknownOperationException":
			state = "here"
			names = append(names, o.Name)
		case !o.Reads():
			state = "sent on, with `--forward-writes`"
		}
		table.WriteString("| " + o.Name + " | " + state + " | " + o.Doc + " |\n")
	}
	table.WriteString("| some 350 others | sent on | whatever Amazon Connect does |\n")
	for path, want := range map[string]string{
		"../../docs/operations-of-connect.md": table.String(),
		"../../README.md":                     strings.Join(names, " · ") + "\n",
	} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, begins := strings.Cut(string(content), "<!-- operations: made by go test ./internal/connect -run Table -update -->\n")
		is, tail, ends := strings.Cut(rest, "<!-- /operations -->")
		switch {
		case !begins || !ends:
			t.Errorf("%s has no place for the operations", path)
		case is == want:
		case *update:
			if err := os.WriteFile(path, []byte(head+"<!-- operations: made by go test ./internal/connect -run Table -update -->\n"+want+"<!-- /operations -->"+tail), 0o644); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("%s is older than the operations: go test ./internal/connect -run Table -update", path)
		}
	}
}
