package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/awscli/profile"
)

func open(tb testing.TB, config, credentials string) (*profile.Files, error) {
	tb.Helper()
	dir := tb.TempDir()
	paths := []string{filepath.Join(dir, "config"), filepath.Join(dir, "credentials")}
	for i, text := range []string{config, credentials} {
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return profile.Open(paths[0], paths[1])
}

func TestOpen_ProfilesOfBothFiles(t *testing.T) {
	f, err := open(t, `
# a comment
[default]
Region = eu-west-2
output: text
; another
[profile night]
region=us-west-1
[profile "late shift"]
region = ap-south-1
[night]
region = nowhere
[profile]
region = nowhere
[services here]
connect =
  endpoint_url = http://127.0.0.1:1/?a=b
  other = 1

s3 =
  endpoint_url = http://127.0.0.1:2
[plugins]
x = y
`, `
[default]
aws_access_key_id = A
[night]
region = from-credentials
[day]
aws_access_key_id = D
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		want profile.Settings
	}{
		{"default", profile.Settings{"region": "eu-west-2", "output": "text", "aws_access_key_id": "A"}},
		{"night", profile.Settings{"region": "from-credentials"}},
		{"late shift", profile.Settings{"region": "ap-south-1"}},
		{"day", profile.Settings{"aws_access_key_id": "D"}},
		{"plugins", nil},
		{"profile", nil},
	} {
		got, ok := f.Profile(tc.name)
		if d := cmp.Diff(tc.want, got); d != "" || ok != (tc.want != nil) {
			t.Errorf("%s, %v (-want +got):\n%s", tc.name, ok, d)
		}
	}
	want := profile.Settings{"endpoint_url": "http://127.0.0.1:1/?a=b", "other": "1"}
	if d := cmp.Diff(want, f.Services["here"].Nested("connect")); d != "" {
		t.Errorf("nested (-want +got):\n%s", d)
	}
}

func TestOpen_Forms(t *testing.T) {
	for _, tc := range []struct {
		name, config string
		want         profile.Settings
	}{
		{"equals in a value", "[default]\na = b = c", profile.Settings{"a": "b = c"}},
		{"colon first", "[default]\na : b = c", profile.Settings{"a": "b = c"}},
		{"no value", "[default]\na =\nb = c", profile.Settings{"a": "", "b": "c"}},
		{"a hash in a value", "[default]\na = b # c", profile.Settings{"a": "b # c"}},
		{"a value of two lines", "[default]\na = b\n  c\nd = e", profile.Settings{"a": "b\nc", "d": "e"}},
		{"an indented section", "  [default]\n  a = b\n  c = d", profile.Settings{"a": "b", "c": "d"}},
		{"words behind a header", "[default] x\na = b", profile.Settings{"a": "b"}},
		{"settings for all", "[DEFAULT]\na = b\nc = d\n[default]\na = own", profile.Settings{"a": "own", "c": "d"}},
		{"carriage returns", "[default]\r\na = b\r\n", profile.Settings{"a": "b"}},
	} {
		f, err := open(t, tc.config, "")
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		got, _ := f.Profile("default")
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

func TestOpen_WhatIsNotTheFormat(t *testing.T) {
	for name, config := range map[string]string{
		"no section":        "a = b",
		"no setting":        "[default]\nwords",
		"no name":           "[default]\n= b",
		"section twice":     "[default]\n[x]\n[default]",
		"setting twice":     "[default]\na = b\nA = c",
		"unclosed header":   "[default",
		"nested with words": "[default]\na =\n  words",
		"not UTF-8":         "[default]\na = \xff",
		"byte order mark":   "\ufeff[default]\na = b",
	} {
		_, err := open(t, config, "")
		bad, ok := errors.AsType[*profile.ParseError](err)
		if !ok || !strings.HasPrefix(err.Error(), "Unable to parse config file: ") || filepath.Base(bad.Path) != "config" || bad.Unwrap() == nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestOpen_FilesThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	f, err := profile.Open(filepath.Join(dir, "none"), dir)
	if err != nil || len(f.Config) != 0 || len(f.Credentials) != 0 {
		t.Errorf("%+v, %v", f, err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("[default]\na = b\n c\n[profile 'x y']\nd:\n  e=f\n")
	f.Add("[\n]\n=\n[DEFAULT]\n:")
	f.Fuzz(func(t *testing.T, config string) {
		files, err := open(t, config, config)
		if err != nil {
			return
		}
		for name, s := range files.Config {
			for key := range s {
				if key != strings.ToLower(key) {
					t.Errorf("setting %q of %q", key, name)
				}
				_ = s.Nested(key)
			}
		}
	})
}
