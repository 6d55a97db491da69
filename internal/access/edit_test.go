package access_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/access"
	"rollcall/internal/durable"
)

func TestCreateKey_MakesAKeyThatAToolTakesAndAServerBelieves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	key, err := access.CreateKey(path, access.New{Name: "wallboard", Policy: policyRead, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^AKRC[A-Z2-7]{16}$`).MatchString(key.ID) || !regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`).MatchString(key.Secret) {
		t.Errorf("key is %+v", key)
	}
	k := openKeys(t, access.KeysOptions{Path: path})
	if secret, ok := k.Lookup(key.ID); !ok || secret != key.Secret {
		t.Errorf("secret is %q, %t", secret, ok)
	}
	e := k.Entries()[0]
	if e.Name != "wallboard" || !e.CreatedAt.Equal(noon) || e.Policy.String() != "Allow connect:GetCurrentUserData, rollcall:ReadAgents on *" {
		t.Errorf("entry is %+v, %s", e, e.Policy)
	}
	wantMode(t, path)
}

func wantMode(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %04o, want 0600", info.Mode().Perm())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "[^k]*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(path + ".lock"); err == nil {
		t.Error("the lock is left behind")
	}
}

func TestCreateToken_KeepsOnlyItsHash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	token, err := access.CreateToken(path, access.New{Policy: policyRead, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^TKRC[A-Z2-7]{16}$`).MatchString(token.ID) || !regexp.MustCompile(`^rct_[A-Za-z0-9_-]{43}$`).MatchString(token.Secret) {
		t.Errorf("token is %+v", token)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(content), token.Secret) {
		t.Error("the token stands in the file")
	}
	gate := access.NewGuard(access.GuardOptions{Keys: openKeys(t, access.KeysOptions{Path: path}), Now: nowIsNoon}).WithTokens()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/instances", nil)
	r.Header.Set("Authorization", "Bearer "+token.Secret)
	pass, err := gate.Admit(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if pass.KeyID() != token.ID {
		t.Errorf("key id is %s, want %s", pass.KeyID(), token.ID)
	}
}

func TestEdit_KeepsWhatTheOperatorWrote(t *testing.T) {
	path := writeFile(t, wholeFile)
	key, err := access.CreateKey(path, access.New{Policy: policyPutEvents, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Revoke(path, "AKRCWALLBOARD"); err != nil {
		t.Fatal(err)
	}
	if err := access.Revoke(path, "TKRCTEXT"); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, openKeys(t, access.KeysOptions{Path: path}), "AKRCJSON", key.ID)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), "# our keys") {
		t.Errorf("the comment is gone:\n%s", content)
	}
	wantMode(t, path)
	if err := access.Revoke(path, "AKRCWALLBOARD"); !errors.Is(err, access.ErrNoEntry) {
		t.Errorf("error is %v", err)
	}
}

func TestCreateKey_WritesAFileThatExplainsItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	key, err := access.CreateKey(path, access.New{Policy: policyPutEvents, CreatedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "# Access keys and bearer tokens of a rollcall server. `rollcall key` and\n" +
		"# `rollcall token` change this file; so may you. The server reads it again\n# when it changes.\n" + `keys:
  - id: ` + key.ID + `
    secret: ` + key.Secret + `
    createdAt: "2026-03-31T12:00:00Z"
    policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action:
            - rollcall:PutEvents
          Resource:
            - '*'
`
	if diff := cmp.Diff(want, string(content)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestCreateKey_RefusesWithoutTouchingTheFile(t *testing.T) {
	for _, tc := range []struct {
		name, before, want string
		spec               access.New
	}{
		{"a policy that isn't supported", keyYAML("AKRCONE"), `policy: "Rules" is not supported`, access.New{Policy: []byte(`{"Rules": 1}`)}},
		{"an odd name", keyYAML("AKRCONE"), `name "a b": want 1 to 64`, access.New{Name: "a b", Policy: []byte(access.PolicyAll)}},
		{"a file that is broken already", "keys: [", "not valid YAML", access.New{Policy: []byte(access.PolicyAll)}},
	} {
		path := writeFile(t, tc.before)
		if _, err := access.CreateKey(path, tc.spec); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error is %v", tc.name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != tc.before {
			t.Errorf("%s: the file is now\n%s", tc.name, after)
		}
		wantMode(t, path)
	}
}

func TestCreateKey_OneCommandAtATime(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	unlock, err := durable.Lock(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	_, err = access.CreateKey(path, access.New{Policy: []byte(access.PolicyAll)})
	if err == nil || !strings.Contains(err.Error(), "another command is changing "+path) {
		t.Errorf("error is %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	// What a command leaves that was killed keeps nobody out.
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := access.CreateKey(path, access.New{Policy: []byte(access.PolicyAll)}); err != nil {
		t.Errorf("beside the lock of a command that is gone: %v", err)
	}
}

func TestEdit_ReplacesTheFileAndNotTheLinkToIt(t *testing.T) {
	target := writeFile(t, keyYAML("AKRCONE"))
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(target, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if _, err := access.CreateKey(link, access.New{Policy: []byte(access.PolicyAll)}); err != nil {
		t.Fatal(err)
	}
	if entries, err := access.List(target); err != nil || len(entries) != 2 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}

func TestList_OfNoFileIsEmpty(t *testing.T) {
	entries, err := access.List(filepath.Join(t.TempDir(), "keys.yaml"))
	if err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
