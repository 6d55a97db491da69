//go:build unix

package access_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rollcall/internal/access"
)

// A Secret as kubelet mounts it: links to a file of root and fsGroup, which the
// process is in.
func TestReadSecret_TakesWhatKubeletMakes(t *testing.T) {
	for _, mode := range []os.FileMode{0o440, 0o640, 0o660, 0o600, 0o400} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "..2026"), 0o755); err != nil {
			t.Fatal(err)
		}
		rewrite(t, filepath.Join(dir, "..2026", "keys.yaml"), keyYAML("AKRCONE"))
		if err := os.Chmod(filepath.Join(dir, "..2026", "keys.yaml"), mode); err != nil {
			t.Fatal(err)
		}
		for link, to := range map[string]string{"..data": "..2026", "keys.yaml": "..data/keys.yaml"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
		wantKeys(t, openKeys(t, access.KeysOptions{Path: filepath.Join(dir, "keys.yaml")}), "AKRCONE")
	}
}

func TestReadSecret_RefusesAGroupThatIsNotItsOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to a group that it is not in")
	}
	path := writeFile(t, keyYAML("AKRCONE"))
	const stranger = 54321
	if err := os.Chown(path, 0, stranger); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o440, 0o660, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := access.ReadSecret("keys file", path, 1<<20)
		if err == nil || !strings.Contains(err.Error(), "group 54321, in which this process is not") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestReadSecret_IsBounded(t *testing.T) {
	path := writeFile(t, "0123456789")
	if data, err := access.ReadSecret("secret", path, 10); err != nil || string(data) != "0123456789" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := access.ReadSecret("secret", path, 9); err == nil || !strings.Contains(err.Error(), "more than the 9 bytes allowed") {
		t.Errorf("error is %v", err)
	}
}

// A command that root runs leaves the server what it can read.
func TestEdit_KeepsOwnerGroupAndMode(t *testing.T) {
	owner, group := os.Geteuid(), os.Getegid()
	if owner == 0 {
		owner = 65534
	}
	wantOwner := func(path string, mode os.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		s := info.Sys().(*syscall.Stat_t)
		if int(s.Uid) != owner || int(s.Gid) != group || info.Mode().Perm() != mode {
			t.Errorf("%d:%d %04o, want %d:%d %04o", s.Uid, s.Gid, info.Mode().Perm(), owner, group, mode)
		}
	}
	dir := t.TempDir()
	if err := os.Chown(dir, owner, group); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "keys.yaml")
	key, err := access.CreateKey(path, access.New{Policy: policyRead, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	wantOwner(path, 0o600) // the directory's, where there was no file
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := access.Revoke(path, key.ID); err != nil {
		t.Fatal(err)
	}
	wantOwner(path, 0o640)
}
