package wallboard

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxPageBytes is what the page may weigh, compressed, all of its files together.
const maxPageBytes = 40 << 10

func TestBuilt_IsSmall(t *testing.T) {
	sum := 0
	for at, f := range loadFiles() {
		if !strings.HasSuffix(at, ".txt") { // the licences, which no page asks for
			sum += len(f.zipped)
		}
	}
	if sum == 0 || sum > maxPageBytes {
		t.Errorf("the page has %d bytes compressed, at most %d are allowed", sum, maxPageBytes)
	}
}

func TestBuilt_AsksNobodyElse(t *testing.T) {
	for at, f := range loadFiles() {
		if strings.HasSuffix(at, ".txt") {
			continue
		}
		for _, foreign := range [][]byte{[]byte("https://"), []byte("//cdn"), []byte("http:/")} {
			text := bytes.ReplaceAll(f.plain, []byte("http://www.w3.org/"), nil) // names of XML's vocabularies
			if bytes.Contains(text, foreign) {
				t.Errorf("%s names %s", at, foreign)
			}
		}
	}
	if page := loadFiles()[Path].plain; bytes.Contains(page, []byte("<style")) || bytes.Count(page, []byte("<script")) != 1 {
		t.Error("the page has a style or a script within, which its Content-Security-Policy forbids")
	}
}

// What is committed is what the source gives.
func TestBuilt_IsWhatTheSourceGives(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: Node.js is not installed (Debian: apt-get install nodejs npm), so nobody knows whether built/ is what web/ gives")
	}
	if _, err := os.Stat("web/node_modules/esbuild"); err != nil {
		t.Skip("SKIPPED: run npm ci in internal/wallboard/web (make internal/wallboard/web/node_modules) to hold built/ against web/")
	}
	dir := filepath.Join(t.TempDir(), "built")
	if out, err := exec.CommandContext(t.Context(), "node", "web/build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	want, got := contents(t, "built"), contents(t, dir)
	for name := range want {
		if want[name] != got[name] {
			t.Errorf("built/%s is not what web/ gives; run make wallboard and commit what it makes", name)
		}
	}
	if len(want) != len(got) {
		t.Errorf("built/ has %d files, web/ gives %d; run make wallboard", len(want), len(got))
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}
