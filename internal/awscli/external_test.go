package awscli_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// externalCases names directories of cases, in the form of PATH: one JSON
// document a file, in the form of externalCase. They are run beside the project's own.
const externalCases = "ROLLCALL_CLI_CASES"

// externalCase is a case that was captured from the AWS CLI itself.
type externalCase struct {
	ID        string             `json:"id"`
	Group     string             `json:"group"`
	Args      []string           `json:"args"`
	Env       map[string]*string `json:"env"` // null leaves a variable unset
	CwdFiles  map[string]content `json:"cwd_files"`
	HomeFiles map[string]content `json:"home_files"`
	Stub      []reply            `json:"stub"`
	TLS       bool               `json:"tls"`
	Mode      string             `json:"mode"`
	TTYSize   []int              `json:"tty_size_rows_cols"`
	Tags      []string           `json:"tags"`
	Expected  struct {
		Stdout   string     `json:"stdout"`
		Stderr   string     `json:"stderr"`
		ExitCode int        `json:"exit_code"`
		Requests *[]request `json:"requests"`
	} `json:"expected"`
}

// content is text, or bytes as {"b64": "…"}.
type content []byte

func (c *content) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*c = content(text)
		return nil
	}
	var coded struct {
		B64 string `json:"b64"`
	}
	if err := json.Unmarshal(raw, &coded); err != nil {
		return err
	}
	decoded, err := base64.StdEncoding.DecodeString(coded.B64)
	*c = decoded
	return err
}

// TestRun_ExternalCases fails for each case without tags that differs. Tagged
// ones, whose texts are an interpreter's or a library's, are compared and counted.
func TestRun_ExternalCases(t *testing.T) {
	var files []string
	for _, dir := range filepath.SplitList(os.Getenv(externalCases)) {
		found, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no cases in %s: %v", dir, err)
		}
		files = append(files, found...)
	}
	if files == nil {
		t.Skipf("%s names no directory of cases", externalCases)
	}
	var tally tally
	t.Run("cases", func(t *testing.T) {
		for _, file := range files {
			c, checkRequests := readExternal(t, file)
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				got := c.run(t)
				if !checkRequests {
					got.Requests = nil
				}
				c.Want.Stdout = inWordsOf(c.Want.Stdout, got.Stdout)
				diff := cmp.Diff(c.Want, got)
				tally.add(c, diff == "")
				switch {
				case diff == "":
				case len(c.Tags) == 0:
					t.Errorf("(-want +got):\n%s", diff)
				default:
					t.Logf("tagged %v (-want +got):\n%s", c.Tags, diff)
				}
			})
		}
	})
	t.Log(tally.String())
}

// inWordsOf is what is wanted, with a text of got's own wherever "…" stands for
// one, as far as the rest is the same.
func inWordsOf(want, got string) string {
	parts := strings.Split(want, "…")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	if len(parts) > 1 && regexp.MustCompile("^"+strings.Join(parts, `[^\n]+\.`)+"$").MatchString(got) {
		return got
	}
	return want
}

func readExternal(t *testing.T, file string) (c *testCase, checkRequests bool) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var e externalCase
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	c = &testCase{
		Name: e.ID, Group: e.Group, Args: e.Args, Env: map[string]string{}, CwdFiles: map[string][]byte{}, HomeFiles: map[string][]byte{},
		Stub: e.Stub, TLS: e.TLS, Mode: e.Mode, Tags: e.Tags,
		Want: outcome{Stdout: e.Expected.Stdout, Stderr: e.Expected.Stderr, Exit: e.Expected.ExitCode},
	}
	for name, v := range e.Env {
		if v != nil {
			c.Env[name] = *v
		}
	}
	for path, v := range e.CwdFiles {
		c.CwdFiles[path] = v
	}
	for path, v := range e.HomeFiles {
		c.HomeFiles[path] = v
	}
	if len(e.TTYSize) == 2 {
		c.Columns = e.TTYSize[1]
	}
	if e.Expected.Requests != nil && len(*e.Expected.Requests) > 0 {
		c.Want.Requests = *e.Expected.Requests
	}
	return c, e.Expected.Requests != nil
}

// tally counts cases by group.
type tally struct {
	mu     sync.Mutex // guards counts
	counts map[string]*count
}

type count struct{ equal, all, taggedEqual, tagged int }

func (t *tally) add(c *testCase, equal bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]*count{}
	}
	for _, group := range []string{c.Group, "~ all"} {
		n := t.counts[group]
		if n == nil {
			n = new(count)
			t.counts[group] = n
		}
		one := map[bool]int{true: 1}[equal]
		if len(c.Tags) == 0 {
			n.all++
			n.equal += one
		} else {
			n.tagged++
			n.taggedEqual += one
		}
	}
}

func (t *tally) String() string {
	var b strings.Builder
	b.WriteString("equal, untagged and tagged\n")
	for _, group := range slices.Sorted(maps.Keys(t.counts)) {
		n := t.counts[group]
		fmt.Fprintf(&b, "%-16s %3d/%3d  %2d/%2d\n", group, n.equal, n.all, n.taggedEqual, n.tagged)
	}
	return b.String()
}
