package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/access"
)

const wholeFile = `
# our keys
keys:
  - id: AKRCWALLBOARD
    secret: 0123456789abcdef
    name: wallboard
    createdAt: 2026-03-31T12:00:00Z
    policy:
      Version: 2012-10-17
      Statement:
        Effect: Allow
        Action: [connect:GetCurrentUserData, "rollcall:ReadAgents"]
        Resource: "*"
  - {"id": "AKRCJSON", "secret": "0123456789abcdef", "policy": {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
tokens:
  - id: TKRCTEXT
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    policy: |
      {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
      }
`

func TestParseKeyring_ReadsEveryForm(t *testing.T) {
	path := writeFile(t, wholeFile)
	entries, err := access.List(path)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		kind         access.Kind
		id, name, is string
		createdAt    time.Time
	}
	var got []row
	for _, e := range entries {
		got = append(got, row{e.Kind, e.ID, e.Name, e.Policy.String(), e.CreatedAt})
	}
	want := []row{
		{"key", "AKRCWALLBOARD", "wallboard", "Allow connect:GetCurrentUserData, rollcall:ReadAgents on *", noon},
		{"key", "AKRCJSON", "AKRCJSON", "Allow * on *", time.Time{}},
		{"token", "TKRCTEXT", "TKRCTEXT", "Deny * on *", time.Time{}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestParseKeyring_TakesAFileWithNothingInIt(t *testing.T) {
	for _, content := range []string{"", "# only a comment\n", "keys:\ntokens:\n", "keys: []\n", "{}"} {
		if _, err := access.ParseKeyring([]byte(content)); err != nil {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestParseKeyring_RefusesWhatIsWrong(t *testing.T) {
	const policy = "\n    policy: {Version: '2012-10-17', Statement: {Effect: Allow, Action: '*', Resource: '*'}}"
	key := func(members string) string { return "keys:\n  - " + members }
	whole := "id: AKRCONE\n    secret: 0123456789abcdef"
	for _, tc := range []struct{ name, content, want string }{
		{"no YAML", "keys: [", "not valid YAML: yaml: line 1: did not find expected node content"},
		{"two documents", "keys: []\n---\nkeys: []", "the file has more than one YAML document"},
		{"a list", "- a", "line 1: the file: want an object, got a list"},
		{"an unknown name", "keys: []\nusers: []", `line 2: the file: "users" is not supported`},
		{"a name twice", "keys: []\nkeys: []", `line 2: "keys" is there twice`},
		{"keys that are no list", "keys: all", `line 1: keys: want a list, got "all"`},
		{"a key that is none", "keys: [1]", "line 1: keys[0]: want an object, got 1"},
		{"an alias", "keys: &a\n  - *a", "line 1: anchors and aliases are not supported"},
		{"a merge", "keys:\n  - <<: {id: a}", `line 2: want a plain name, got "<<"`},
		{"too deep", "keys: " + strings.Repeat("[", 20) + strings.Repeat("]", 20), "line 1: nested more than 16 deep"},
		{"a member of a key that is not known", key(whole + "\n    polcy: x"), `line 4: keys[0]: "polcy" is not supported`},
		{"a key with a token's hash", key("id: AKRCONE\n    sha256: 00"), `line 3: keys[0]: "sha256" is not supported`},
		{"no id", key("secret: 0123456789abcdef"), "line 2: keys[0].id: missing"},
		{"an id that can't stand in a credential", key("id: a/b/c\n    secret: 0123456789abcdef"), `line 2: keys[0].id: want 3 to 128 letters, digits, _ or -, got "a/b/c"`},
		{"no secret", key("id: AKRCONE"), "line 2: keys[0].secret: missing"},
		{"a short secret", key("id: AKRCONE\n    secret: hunter2"), "line 3: keys[0].secret: want 16 to 256 printable ASCII characters without spaces"},
		{"a secret that YAML takes for a number", key("id: AKRCONE\n    secret: 1234567890123456"), "line 3: keys[0].secret: want a string; put it in quotes"},
		{"an odd name", key(whole + "\n    name: the wall"), `line 4: keys[0].name: want 1 to 64 letters, digits or any of _+=,.@-, got "the wall"`},
		{"an odd time", key(whole + "\n    createdAt: today"), `line 4: keys[0].createdAt: want an instant such as 2026-11-22T13:14:15Z, got "today"`},
		{"no policy", key(whole), "line 2: keys[0].policy: missing; without a policy nothing is permitted"},
		{
			"a policy that says too much", key(whole + "\n    policy:\n      Version: '2012-10-17'\n      Statement:\n        - Effect: Allow\n          Principal: '*'"),
			"line 7: keys[0].policy.Statement[0]: Principal and NotPrincipal are not supported: the policy belongs to the key that it stands with",
		},
		{
			"a policy in text that is broken", key(whole + "\n    policy: '{'"),
			"line 4: keys[0].policy: policy: line 1: unexpected EOF",
		},
		{"a key twice", key(whole + policy + "\n  - " + whole + policy), `line 5: keys[1]: key "AKRCONE" is there twice`},
		{
			"a token with the id of a key", key(whole+policy) + "\ntokens:\n  - id: AKRCONE\n    sha256: '" + strings.Repeat("0", 64) + "'" + policy,
			`line 6: tokens[0]: token "AKRCONE" is there twice`,
		},
		{"a token without a hash", "tokens:\n  - id: TKRCONE", "line 2: tokens[0].sha256: missing"},
		{"half a hash", "tokens:\n  - id: TKRCONE\n    sha256: '00'", "line 3: tokens[0].sha256: want 64 hexadecimal digits"},
		{"more than a hash", "tokens:\n  - id: TKRCONE\n    sha256: '" + strings.Repeat("0", 66) + "'", "line 3: tokens[0].sha256: want 64 hexadecimal digits"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := access.ParseKeyring([]byte(tc.content))
			if err == nil {
				t.Fatalf("taken:\n%s", tc.content)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Each class of characters at both of its edges.
func TestParseKeyring_Characters(t *testing.T) {
	const policy = "\n    policy: {Version: '2012-10-17', Statement: {Effect: Allow, Action: '*', Resource: '*'}}"
	parse := func(id, secret, name string) error {
		_, err := access.ParseKeyring([]byte(fmt.Sprintf("keys:\n  - id: %q\n    secret: %q\n    name: %q%s", id, secret, name, policy)))
		return err
	}
	const id, secret, name = "AKRCONE", "0123456789abcdef", "wallboard"
	for _, c := range []struct {
		good, bad string
		put       func(character string) error
	}{
		{"!~/+=\"AZaz09", " \x1f\t\x7fé\u00a0", func(c string) error { return parse(id, secret+c, name) }},
		{"AZaz09_-", "@[`{/:.^ é", func(c string) error { return parse(id+c, secret, name) }},
		{"AZaz09_+=,.@-", "[`{/:;<^ *é", func(c string) error { return parse(id, secret, name+c) }},
		{"AZaz09", "@[`{/:_- é", func(c string) error {
			_, err := access.ParsePolicy([]byte(policyOf(`{'Sid': 'a` + c + `', 'Effect': 'Allow', 'Action': '*', 'Resource': '*'}`)))
			return err
		}},
	} {
		for _, good := range c.good {
			if err := c.put(string(good)); err != nil {
				t.Errorf("%q: %v", good, err)
			}
		}
		for _, bad := range c.bad {
			if c.put(string(bad)) == nil {
				t.Errorf("%q is taken", bad)
			}
		}
	}
	for _, c := range []struct {
		n    int
		good bool
	}{{15, false}, {16, true}, {256, true}, {257, false}} {
		if err := parse(id, strings.Repeat("x", c.n), name); (err == nil) != c.good {
			t.Errorf("a secret of %d: %v", c.n, err)
		}
	}
	for _, c := range []struct {
		n    int
		good bool
	}{{2, false}, {3, true}, {128, true}, {129, false}} {
		if err := parse(strings.Repeat("x", c.n), secret, name); (err == nil) != c.good {
			t.Errorf("an id of %d: %v", c.n, err)
		}
	}
	for _, c := range []struct {
		n    int
		good bool
	}{{0, false}, {1, true}, {64, true}, {65, false}} {
		if err := parse(id, secret, strings.Repeat("x", c.n)); (err == nil) != c.good {
			t.Errorf("a name of %d: %v", c.n, err)
		}
	}
}

func FuzzParseKeyring(f *testing.F) {
	for _, seed := range []string{
		wholeFile, "", "keys: []", "a: &a [*a, *a]", "keys:\n- id: AKRCONE\n  secret: 0123456789abcdef\n  policy: '{}'", "%YAML 1.2\n---\n{}", "keys: !!binary aGk=", "tokens: 0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ring, err := access.ParseKeyring(data)
		if (ring == nil) == (err == nil) {
			t.Fatalf("keyring %v with error %v", ring, err)
		}
		if err != nil && len(err.Error()) > 10_000 {
			t.Fatalf("error of %d bytes", len(err.Error()))
		}
	})
}
