package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// disk tells which names a power cut would leave, on a file system that keeps
// no name but those whose directory was synced after they came.
type disk struct {
	root  string
	names map[string]bool // by path below root; durable
}

// watch begins with an empty directory that is durable itself.
func watch(t *testing.T) *disk {
	t.Helper()
	d := &disk{root: t.TempDir(), names: make(map[string]bool)}
	actual := syncDir
	syncDir = func(dir string) error {
		if d.under(dir) {
			d.note(t, dir)
		}
		return actual(dir)
	}
	t.Cleanup(func() { syncDir = actual })
	return d
}

func (d *disk) under(path string) bool { return path == d.root || strings.HasPrefix(path, d.root+"/") }

// note makes what is in a directory what a power cut leaves there.
func (d *disk) note(t *testing.T, dir string) {
	t.Helper()
	for path := range d.names {
		if filepath.Dir(path) == dir {
			delete(d.names, path)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		d.names[filepath.Join(dir, e.Name())] = true
	}
}

// after lists what a power cut leaves: names all of whose parents are left, too.
func (d *disk) after() (left []string) {
	for path := range d.names {
		whole := true
		for dir := filepath.Dir(path); dir != d.root; dir = filepath.Dir(dir) {
			whole = whole && d.names[dir]
		}
		if whole {
			left = append(left, strings.TrimPrefix(path, d.root+"/"))
		}
	}
	slices.Sort(left)
	return left
}

func (d *disk) want(t *testing.T, names ...string) {
	t.Helper()
	if left := d.after(); !slices.Equal(left, names) {
		t.Errorf("a power cut leaves %q, want %q", left, names)
	}
}

func TestMkdirAll_MakesEveryNameDurable(t *testing.T) {
	d := watch(t)
	if err := MkdirAll(filepath.Join(d.root, "a", "b", "c")); err != nil {
		t.Fatal(err)
	}
	d.want(t, "a", "a/b", "a/b/c")
	if info, err := os.Stat(filepath.Join(d.root, "a", "b")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v; want mode 0700", info.Mode(), err)
	}
}

// A process that was killed between mkdir and fsync has left a directory that
// looks as if it were made to the end.
func TestMkdirAll_MakesDurableWhatAnotherHasLeft(t *testing.T) {
	d := watch(t)
	dir := filepath.Join(d.root, "a")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d.want(t)
	if err := MkdirAll(dir); err != nil {
		t.Fatal(err)
	}
	d.want(t, "a")
}

func TestMkdirAll_RefusesAFileInItsWay(t *testing.T) {
	d := watch(t)
	if err := WriteFile(filepath.Join(d.root, "a"), nil); err != nil {
		t.Fatal(err)
	}
	if err := MkdirAll(filepath.Join(d.root, "a", "b")); err == nil {
		t.Error("a directory in a file was made")
	}
}

func TestMkdirAll_TellsOfADiskThatFails(t *testing.T) {
	d := watch(t)
	failed := errors.New("input/output error")
	syncDir = func(string) error { return failed }
	for range 2 { // the directory is there the second time, and not durable
		if err := MkdirAll(filepath.Join(d.root, "a")); !errors.Is(err, failed) {
			t.Errorf("MkdirAll: %v", err)
		}
	}
}

func TestWriteFile_ReplacesWhole(t *testing.T) {
	d := watch(t)
	path := filepath.Join(d.root, "secret")
	for _, content := range []string{"one", "another"} {
		if err := WriteFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		d.want(t, "secret")
		if data, err := os.ReadFile(path); err != nil || string(data) != content {
			t.Errorf("%q, %v", data, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestWrite_LeavesNothingOfWhatFails(t *testing.T) {
	d := watch(t)
	path := filepath.Join(d.root, "export")
	if err := WriteFile(path, []byte("before")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken off")
	if err := Write(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	}); !errors.Is(err, broken) {
		t.Errorf("Write: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "before" {
		t.Errorf("%q, %v", data, err)
	}
	if entries, _ := os.ReadDir(d.root); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestRename_MakesBothDirectoriesDurable(t *testing.T) {
	d := watch(t)
	for _, dir := range []string{"a", "b"} {
		if err := MkdirAll(filepath.Join(d.root, dir)); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(filepath.Join(d.root, "a", "x"), nil); err != nil {
		t.Fatal(err)
	}
	if err := Rename(filepath.Join(d.root, "a", "x"), filepath.Join(d.root, "b", "y")); err != nil {
		t.Fatal(err)
	}
	d.want(t, "a", "b", "b/y")
	if err := Rename(filepath.Join(d.root, "nothing"), filepath.Join(d.root, "z")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
}
