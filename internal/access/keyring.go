package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Limits of a keys file.
const (
	MaxKeysFileBytes = 8 << 20
	MaxEntries       = 10_000 // keys and tokens together
	minSecretBytes   = 16
	maxSecretBytes   = 256
	maxNameBytes     = 64
)

// Kind is what an entry of a keys file is.
type Kind string

// The kinds.
const (
	KindKey   Kind = "key"
	KindToken Kind = "token"
)

// Entry is an access key or a bearer token, without what is secret of it.
type Entry struct {
	Kind      Kind
	ID        string
	Name      string    // given by the operator; the id if none was
	CreatedAt time.Time // zero if the file doesn't say
	Policy    *Policy   // nil for a key that may do everything

	secret string            // of a key
	hash   [sha256.Size]byte // of a token
}

// sameSecret tells whether whoever was believed by one entry would be by the
// other.
func (e *Entry) sameSecret(other *Entry) bool {
	return e.Kind == other.Kind && e.secret == other.secret && e.hash == other.hash
}

// Keyring is what a keys file says. It is read-only.
type Keyring struct {
	sum     [sha256.Size]byte            // of the file
	entries []*Entry                     // in the order of the file
	ids     map[string]*Entry            // :: id of a key or token -> entry
	keys    map[string]*Entry            // :: access key id -> key
	tokens  map[[sha256.Size]byte]*Entry // :: hash -> token
}

// ParseKeyring reads the content of a keys file:
//
//	keys:
//	  - id: AKRCEXAMPLE2EXAMPLE3
//	    secret: …
//	    name: wallboard
//	    createdAt: 2026-11-22T13:14:15Z
//	    policy: {Version: "2012-10-17", Statement: […]}
//	tokens:
//	  - id: TKRCEXAMPLE2EXAMPLE3
//	    sha256: …
//	    policy: …
//
// Everything in it must be understood; name and createdAt may be left out. The
// error names the line, and never repeats a secret.
func ParseKeyring(data []byte) (*Keyring, error) {
	node, err := parseYAML(data)
	if err != nil {
		return nil, err
	}
	k := newKeyring()
	if node == nil {
		return k, nil
	}
	v, err := fromYAML(node, 0)
	if err != nil {
		return nil, err
	}
	if err := v.onlyMembers("the file", "keys", "tokens"); err != nil {
		return nil, err
	}
	if err := k.readList(v.get("keys"), "keys", KindKey); err != nil {
		return nil, err
	}
	if err := k.readList(v.get("tokens"), "tokens", KindToken); err != nil {
		return nil, err
	}
	return k, nil
}

// parseYAML gives the root of the one document in data, or nil if it is empty.
func parseYAML(data []byte) (*yaml.Node, error) {
	if len(data) > MaxKeysFileBytes {
		return nil, fmt.Errorf("the file has %d bytes where %d are allowed", len(data), MaxKeysFileBytes)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	err := d.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil //nolint:nilnil // an empty file is no error and has no root
	}
	if err != nil {
		return nil, fmt.Errorf("not valid YAML: %w", err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has more than one YAML document")
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil, nil //nolint:nilnil // the same for one with comments only
	}
	return root, nil
}

func (k *Keyring) readList(v *value, path string, kind Kind) error {
	if v == nil || v.kind == kindOther && v.text == "" { // "keys:" with nothing behind it
		return nil
	}
	if v.kind != kindList {
		return v.refuse(path, "want a list, got %s", v)
	}
	for i, item := range v.list {
		at := fmt.Sprintf("%s[%d]", path, i)
		e, err := newEntry(item, at, kind)
		if err != nil {
			return err
		}
		if k.ids[e.ID] != nil || kind == KindToken && k.tokens[e.hash] != nil {
			return item.refuse(at, "%s %q is there twice", kind, e.ID)
		}
		if len(k.entries) == MaxEntries {
			return item.refuse(at, "more than %d keys and tokens", MaxEntries)
		}
		k.add(e)
	}
	return nil
}

func newKeyring() *Keyring {
	return &Keyring{ids: make(map[string]*Entry), keys: make(map[string]*Entry), tokens: make(map[[sha256.Size]byte]*Entry)}
}

func (k *Keyring) add(e *Entry) {
	k.entries = append(k.entries, e)
	k.ids[e.ID] = e
	if e.Kind == KindToken {
		k.tokens[e.hash] = e
	} else {
		k.keys[e.ID] = e
	}
}

func newEntry(v *value, path string, kind Kind) (*Entry, error) {
	credential := "secret"
	if kind == KindToken {
		credential = "sha256"
	}
	if err := v.onlyMembers(path, "id", credential, "name", "createdAt", "policy"); err != nil {
		return nil, err
	}
	for _, m := range v.members {
		if m.name != "policy" && m.value.kind != kindText {
			return nil, m.value.refuse(path+"."+m.name, "want a string; put it in quotes")
		}
	}
	e := &Entry{Kind: kind}
	for _, read := range []func(*value, string) error{e.readID, e.readCredential, e.readName, e.readCreatedAt, e.readPolicy} {
		if err := read(v, path); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *Entry) readID(v *value, path string) error {
	id := v.get("id")
	if id == nil {
		return v.refuse(path+".id", "missing")
	}
	if !isEntryID(id.text) {
		return id.refuse(path+".id", "want %s, got %s", wantEntryID, id)
	}
	e.ID = id.text
	return nil
}

func (e *Entry) readCredential(v *value, path string) error {
	if e.Kind == KindToken {
		hash := v.get("sha256")
		if hash == nil {
			return v.refuse(path+".sha256", "missing")
		}
		n, err := hex.Decode(e.hash[:], []byte(hash.text[:min(len(hash.text), 2*len(e.hash))]))
		if err != nil || n != len(e.hash) || len(hash.text) != 2*n {
			return hash.refuse(path+".sha256", "want %d hexadecimal digits", 2*len(e.hash))
		}
		return nil
	}
	secret := v.get("secret")
	if secret == nil {
		return v.refuse(path+".secret", "missing")
	}
	if !isSecret(secret.text) {
		return secret.refuse(path+".secret", "want %s", wantSecret)
	}
	e.secret = secret.text
	return nil
}

func (e *Entry) readName(v *value, path string) error {
	e.Name = e.ID
	name := v.get("name")
	if name == nil {
		return nil
	}
	if !isEntryName(name.text) {
		return name.refuse(path+".name", "want 1 to %d letters, digits or any of _+=,.@-, got %s", maxNameBytes, name)
	}
	e.Name = name.text
	return nil
}

func (e *Entry) readCreatedAt(v *value, path string) (err error) {
	created := v.get("createdAt")
	if created == nil {
		return nil
	}
	if e.CreatedAt, err = time.Parse(time.RFC3339, created.text); err != nil {
		return created.refuse(path+".createdAt", "want an instant such as 2026-11-22T13:14:15Z, got %s", created)
	}
	return nil
}

// readPolicy takes the policy as YAML or JSON in place, or as a string of JSON.
func (e *Entry) readPolicy(v *value, path string) (err error) {
	policy := v.get("policy")
	path += ".policy"
	switch {
	case policy == nil:
		return v.refuse(path, "missing; without a policy nothing is permitted")
	case policy.kind == kindText:
		if e.Policy, err = ParsePolicy([]byte(policy.text)); err != nil {
			return policy.refuse(path, "%w", err)
		}
		return nil
	}
	e.Policy, err = newPolicy(policy, path)
	return err
}

// What ids and secrets are, for messages.
var (
	wantEntryID = "3 to 128 letters, digits, _ or -"
	wantSecret  = fmt.Sprintf("%d to %d printable ASCII characters without spaces", minSecretBytes, maxSecretBytes)
)

func isSecret(s string) bool {
	return len(s) >= minSecretBytes && len(s) <= maxSecretBytes && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func isEntryID(s string) bool {
	return len(s) >= 3 && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool { return !isAlphanumeric(r) && r != '_' && r != '-' })
}

// isEntryName holds for what IAM takes as a user's name, since it stands in
// the ARN that a denial names.
func isEntryName(s string) bool {
	return s != "" && len(s) <= maxNameBytes &&
		!strings.ContainsFunc(s, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("_+=,.@-", r) })
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
