package access_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/access"
)

const allowAllYAML = "\n    policy: {Version: '2012-10-17', Statement: {Effect: Allow, Action: '*', Resource: '*'}}\n"

func keyYAML(id string) string {
	return "keys:\n  - id: " + id + "\n    secret: the-secret-of-" + id + allowAllYAML
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replace puts a new file in the old one's place, as most editors do.
func replace(t *testing.T, path, content string) {
	t.Helper()
	rewrite(t, path+".new", content)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func openKeys(t *testing.T, o access.KeysOptions) *access.Keys {
	t.Helper()
	k := access.NewKeys(o)
	if _, err := k.Reload(); err != nil {
		t.Fatal(err)
	}
	return k
}

func wantKeys(t *testing.T, k *access.Keys, want ...string) {
	t.Helper()
	var got []string
	for _, e := range k.Entries() {
		got = append(got, e.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys in force (-want +got):\n%s", diff)
	}
}

func TestKeys_TheServersOwnComeFirst(t *testing.T) {
	k := openKeys(t, access.KeysOptions{
		Own: []access.Key{{ID: "AKRCONE", Secret: "own secret"}}, Path: writeFile(t, keyYAML("AKRCONE")),
	})
	if secret, ok := k.Lookup("AKRCONE"); secret != "own secret" || !ok {
		t.Errorf("secret is %q, %t", secret, ok)
	}
	if _, ok := k.Lookup("AKRCTWO"); ok {
		t.Error("a key that isn't there was found")
	}
}

func TestKeys_ReloadFollowsTheFile(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	k := openKeys(t, access.KeysOptions{Path: path})
	wantKeys(t, k, "AKRCONE")
	if changed, err := k.Reload(); changed || err != nil {
		t.Errorf("unchanged file: %t, %v", changed, err)
	}
	for _, write := range []func(*testing.T, string, string){rewrite, replace} {
		for _, id := range []string{"AKRCTWO", "AKRCTEN", "AKRCONE"} { // of one length, within one tick of the file system
			write(t, path, keyYAML(id))
			if changed, err := k.Reload(); !changed || err != nil {
				t.Errorf("changed file: %t, %v", changed, err)
			}
			wantKeys(t, k, id)
		}
	}
}

func TestKeys_NoticesAChangeThatAStatDoesNotShow(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	k := openKeys(t, access.KeysOptions{Path: path})
	rewrite(t, path, keyYAML("AKRCTWO"))
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if changed, err := k.Reload(); !changed || err != nil {
		t.Errorf("%t, %v", changed, err)
	}
	wantKeys(t, k, "AKRCTWO")
}

func TestKeys_ABrokenFileChangesNothing(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	k := openKeys(t, access.KeysOptions{Path: path, Optional: true})
	for _, tc := range []struct {
		name, want string
		spoil      func()
	}{
		{"broken YAML", "not valid YAML", func() { rewrite(t, path, "keys: [") }},
		{"a policy that isn't understood", `"Actoin" is not supported`, func() { rewrite(t, path, strings.Replace(keyYAML("AKRCTWO"), "Action", "Actoin", 1)) }},
		{"no file", "no such file", func() { _ = os.Remove(path) }},
		{"a directory", "not a regular file", func() { _ = os.Mkdir(path, 0o700) }},
	} {
		tc.spoil()
		if changed, err := k.Reload(); changed || err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %t, %v", tc.name, changed, err)
		}
		wantKeys(t, k, "AKRCONE")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	rewrite(t, path, keyYAML("AKRCTWO"))
	if _, err := k.Reload(); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, k, "AKRCTWO")
}

func TestKeys_AFileThatOthersReadIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	path := writeFile(t, keyYAML("AKRCONE"))
	for _, mode := range []os.FileMode{0o644, 0o604, 0o602, 0o601, 0o646} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := access.NewKeys(access.KeysOptions{Path: path}).Reload()
		if err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) || !strings.Contains(err.Error(), mode.String()[1:2]) {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o440, 0o660} { // the last two as kubelet makes them
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		wantKeys(t, openKeys(t, access.KeysOptions{Path: path}), "AKRCONE")
	}
}

func TestKeys_OnlyAnOptionalFileMayBeAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if _, err := access.NewKeys(access.KeysOptions{Path: path}).Reload(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	k := openKeys(t, access.KeysOptions{Path: path, Optional: true})
	wantKeys(t, k)
	rewrite(t, path, keyYAML("AKRCONE"))
	if changed, err := k.Reload(); !changed || err != nil {
		t.Errorf("%t, %v", changed, err)
	}
	wantKeys(t, k, "AKRCONE")
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.b.Reset()
	return l.b.String()
}

func TestKeys_FollowReportsEachFaultOnce(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	synctest.Test(t, func(t *testing.T) {
		var log lines
		k := openKeys(t, access.KeysOptions{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = k.Follow(ctx, 2*time.Second) }()
		look := func() string {
			time.Sleep(2 * time.Second) // of the bubble's clock
			synctest.Wait()
			return log.take()
		}
		if got := look(); got != "" {
			t.Errorf("nothing happened, and logged is %s", got)
		}
		rewrite(t, path, "keys: [")
		if got := look(); !strings.Contains(got, "the keys file can't be used") || !strings.Contains(got, "not valid YAML") {
			t.Errorf("broken file: logged is %q", got)
		}
		if got := look() + look(); got != "" {
			t.Errorf("still broken: logged is %q", got)
		}
		wantKeys(t, k, "AKRCONE")
		rewrite(t, path, keyYAML("AKRCTWO"))
		if got := look(); !strings.Contains(got, "keys file read") || !strings.Contains(got, "entries=1") {
			t.Errorf("mended file: logged is %q", got)
		}
		wantKeys(t, k, "AKRCTWO")
		rewrite(t, path, "keys: [")
		if got := look(); !strings.Contains(got, "not valid YAML") {
			t.Errorf("broken again: logged is %q", got)
		}
	})
}

func TestKeys_AFaultIsToldUntilItIsMended(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	synctest.Test(t, func(t *testing.T) {
		var log lines
		k := openKeys(t, access.KeysOptions{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = k.Follow(ctx, 2*time.Second) }()
		rewrite(t, path, "keys: [")
		time.Sleep(10 * time.Minute) // of the bubble's clock
		synctest.Wait()
		if n := strings.Count(log.take(), "the keys file can't be used"); n < 9 || n > 11 {
			t.Errorf("told %d times in 10 minutes, want once a minute", n)
		}
		if err := k.Fault(); err == nil || !strings.Contains(err.Error(), "not valid YAML") {
			t.Errorf("fault is %v", err)
		}
		wantKeys(t, k, "AKRCONE")
		rewrite(t, path, keyYAML("AKRCONE")) // as it was
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := log.take(); k.Fault() != nil || !strings.Contains(got, "keys file read") {
			t.Errorf("mended: %v, logged is %q", k.Fault(), got)
		}
	})
}

func TestKeys_StrictEndsWithAFileThatStaysBroken(t *testing.T) {
	path := writeFile(t, keyYAML("AKRCONE"))
	synctest.Test(t, func(t *testing.T) {
		k := openKeys(t, access.KeysOptions{Path: path, Strict: true})
		ended := make(chan error, 1)
		go func() { ended <- k.Follow(t.Context(), 2*time.Second) }()
		rewrite(t, path, "")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		rewrite(t, path, "keys: [") // half of what an editor writes
		time.Sleep(2 * time.Second)
		synctest.Wait()
		rewrite(t, path, keyYAML("AKRCTWO"))
		time.Sleep(20 * time.Second)
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("ended by one look: %v", err)
		default:
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "--keys-strict") {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestKeys_WhatComesAndGoesIsAudited(t *testing.T) {
	var log lines
	path := writeFile(t, keyYAML("AKRCONE"))
	k := openKeys(t, access.KeysOptions{Path: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if got := log.take(); strings.Contains(got, "audit") {
		t.Errorf("at the start: %s", got)
	}
	for content, want := range map[string][]string{
		keyYAML("AKRCTWO"): {`msg=audit action="key revoked" key_id=AKRCONE`, `msg=audit action="key created" key_id=AKRCTWO`},
		"":                 {`msg=audit action="key revoked" key_id=AKRCONE`},
		strings.Replace(keyYAML("AKRCONE"), "Allow", "Deny", 1): {`msg=audit action="key changed" key_id=AKRCONE`},
	} {
		rewrite(t, path, keyYAML("AKRCONE"))
		if _, err := k.Reload(); err != nil {
			t.Fatal(err)
		}
		log.take()
		rewrite(t, path, content)
		if _, err := k.Reload(); err != nil {
			t.Fatal(err)
		}
		got := log.take()
		if strings.Count(got, "audit") != len(want) {
			t.Errorf("logged: %s", got)
		}
		for _, line := range want {
			if !strings.Contains(got, line) {
				t.Errorf("lacks %s: %s", line, got)
			}
		}
	}
}
