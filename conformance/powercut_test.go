package conformance

import (
	"bufio"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A power cut after a first start, on a file system that keeps no name but those
// in directories that were synced, as POSIX allows: the data directory, and all
// that the server made above it and in it, are still there, and with them what
// was acknowledged. (That bytes are synced is proved in internal/journal/disklog.)
func TestPowerCut_AfterAFirstStartLosesNothing(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace")
	// -D: the server is our child, and strace ends with it.
	strace := []string{"strace", "-D", "-f", "-y", "-s", "4096", "-o", trace, "-e", "trace=mkdir,mkdirat,open,openat,rename,renameat,renameat2,fsync"}
	if out, err := exec.CommandContext(t.Context(), strace[0], append(strace[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("no strace here that may trace (apt-get install strace): %v %s", err, out)
	}
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dataDir := filepath.Join(top, "srv", "calls", "rollcall")
	server := serveAs(t, strace, dataDir)
	var acknowledged ledger
	acknowledged.postMany(t, server, 1, func() { server.Kill() })

	lost := cutNames(t, top, trace)
	t.Logf("a power cut takes %q", lost)
	if _, err := os.Stat(filepath.Join(dataDir, "token-secret")); err != nil {
		t.Errorf("after a power cut: %v", err)
	}
	again := serve(t, dataDir)
	acknowledged.mustHold(t, again)
}

// call is a call that changes or syncs names, with its paths and its result, in
// a line of strace.
var call = regexp.MustCompile(`^\d+ +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)\) += (-?\d+)`)

// cutNames removes below top every name that a power cut may take by what a trace
// says, and tells which.
func cutNames(t *testing.T, top, trace string) (lost []string) {
	t.Helper()
	durable := tracedNames(t, trace)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == top || durable[path] {
			return err
		}
		lost = append(lost, strings.TrimPrefix(path, top+"/"))
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lost
}

// tracedNames lists the paths whose directory was synced after they came.
func tracedNames(t *testing.T, trace string) map[string]bool {
	t.Helper()
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	begun := make(map[string]string) // calls that strace shows in two lines, by thread
	came, durable := make(map[string]bool), make(map[string]bool)
	for scan := bufio.NewScanner(f); scan.Scan(); {
		line := scan.Text()
		thread, _, _ := strings.Cut(line, " ")
		if start, unfinished := strings.CutSuffix(line, " <unfinished ...>"); unfinished {
			begun[thread] = start
			continue
		}
		if _, rest, resumed := strings.Cut(line, " resumed>"); resumed {
			line = begun[thread] + rest
		}
		m := call.FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(m[3], "-") {
			continue
		}
		paths := quoted.FindAllStringSubmatch(m[2], -1)
		switch {
		case m[1] == "fsync":
			_, dir, _ := strings.Cut(strings.TrimSuffix(m[2], ">"), "<")
			for path := range came {
				if filepath.Dir(path) == dir {
					durable[path] = true
				}
			}
		case strings.HasPrefix(m[1], "rename"):
			from, to := paths[0][1], paths[1][1]
			for path := range came { // what lies in a directory goes with it
				if rest, in := strings.CutPrefix(path, from); in && (rest == "" || rest[0] == '/') {
					came[to+rest], durable[to+rest] = true, rest != "" && durable[path]
					delete(came, path)
					delete(durable, path)
				}
			}
		case strings.HasPrefix(m[1], "mkdir") || strings.Contains(m[2], "O_CREAT"):
			came[paths[0][1]] = true
		}
	}
	return durable
}

var quoted = regexp.MustCompile(`"([^"]*)"`)
