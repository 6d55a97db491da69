package access

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"rollcall/internal/durable"
)

// New are a key or token's name, "" for none, its policy in JSON, and when it
// was made.
type New struct {
	Name      string
	Policy    []byte
	CreatedAt time.Time
}

// NewKey draws an access key in the shape that AWS tools expect: an id
// of 20 upper-case letters and digits, a secret of 40 characters.
func NewKey() Key {
	return Key{ID: newID("AKRC"), Secret: base64.StdEncoding.EncodeToString(random(30))}
}

func newID(prefix string) string { return prefix + base32.StdEncoding.EncodeToString(random(10)) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}

// CreateKey makes an access key and puts it into the keys file at path, which
// is made when absent. The secret is in the answer and in the file only.
func CreateKey(path string, n New) (Key, error) {
	key := NewKey()
	return key, create(path, KindKey, n, member{name: "id", value: text(key.ID)}, member{name: "secret", value: text(key.Secret)})
}

// Token is a bearer token. Secret is what its holder sends; it can't be had
// again, since only its hash is kept.
type Token struct{ ID, Secret string }

// CreateToken makes a bearer token and puts its hash into the keys file at
// path, which is made when absent.
func CreateToken(path string, n New) (Token, error) {
	token := Token{ID: newID("TKRC"), Secret: "rct_" + base64.RawURLEncoding.EncodeToString(random(32))}
	sum := sha256.Sum256([]byte(token.Secret))
	return token, create(path, KindToken, n, member{name: "id", value: text(token.ID)}, member{name: "sha256", value: text(hex.EncodeToString(sum[:]))})
}

func text(s string) *value { return &value{kind: kindText, text: s} }

func create(path string, kind Kind, n New, identity ...member) error {
	policy, err := ParsePolicy(n.Policy)
	if err != nil {
		return err
	}
	entry := &value{kind: kindObject, members: identity}
	if n.Name != "" {
		if !isEntryName(n.Name) {
			return fmt.Errorf("name %q: want 1 to %d letters, digits or any of _+=,.@-", short(n.Name), maxNameBytes)
		}
		entry.members = append(entry.members, member{name: "name", value: text(n.Name)})
	}
	entry.members = append(entry.members,
		member{name: "createdAt", value: text(n.CreatedAt.UTC().Format(time.RFC3339))},
		member{name: "policy", value: policy.source})
	return edit(path, func(root *yaml.Node) error {
		list := listNode(root, string(kind)+"s")
		list.Content = append(list.Content, entry.toYAML())
		return nil
	})
}

// ErrNoEntry says that a keys file has no key or token with the id.
var ErrNoEntry = errors.New("no key or token with this id")

// Revoke takes the key or token with the id out of the keys file at path. A
// running server stops believing it when it next looks at the file.
func Revoke(path, id string) error {
	return edit(path, func(root *yaml.Node) error {
		for _, name := range []string{"keys", "tokens"} {
			list := listNode(root, name)
			i := slices.IndexFunc(list.Content, func(entry *yaml.Node) bool {
				at := memberNode(entry, "id")
				return at != nil && at.Value == id
			})
			if i >= 0 {
				list.Content = slices.Delete(list.Content, i, i+1)
				return nil
			}
		}
		return fmt.Errorf("%q: %w", short(id), ErrNoEntry)
	})
}

// List gives the keys and tokens of the keys file at path, in its order; none
// if there is no file.
func List(path string) ([]*Entry, error) {
	data, err := readKeysFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ring, err := ParseKeyring(data)
	if err != nil {
		return nil, fmt.Errorf("keys file %s: %w", path, err)
	}
	return ring.entries, nil
}

const fileComment = "Access keys and bearer tokens of a rollcall server. `rollcall key` and\n" +
	"`rollcall token` change this file; so may you. The server reads it again\nwhen it changes."

// edit changes the file at path. It works on the YAML as it stands, so that
// the operator's order and comments stay. Nothing is written unless the file
// can be used before and after.
func edit(path string, change func(root *yaml.Node) error) (err error) {
	unlock, err := lock(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	data, err := readKeysFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := ParseKeyring(data); err != nil {
		return fmt.Errorf("keys file %s: %w", path, err)
	}
	root, err := parseYAML(data)
	if err != nil {
		return err
	}
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, HeadComment: fileComment}
	}
	if err := change(root); err != nil {
		return err
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(root), e.Close()); err != nil {
		return fmt.Errorf("keys file %s: %w", path, err)
	}
	if _, err := ParseKeyring(out.Bytes()); err != nil {
		return fmt.Errorf("keys file %s would become unusable: %w", path, err)
	}
	return save(path, out.Bytes())
}

// lock keeps two commands from changing one file at once, each undoing what
// the other did.
func lock(path string) (unlock func() error, err error) {
	unlock, err = durable.Lock(path + ".lock")
	if errors.Is(err, durable.ErrLocked) {
		return nil, fmt.Errorf("another command is changing %s: wait for its end", path)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the keys file: %w", err)
	}
	return unlock, nil
}

// save puts the file in place whole or not at all, whenever the machine stops. It
// has the owner, group and mode of the one before; the first of its name, made by
// root, belongs to whom its directory does, and its mode is 0600.
func save(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // replace the file, not the link to it
	}
	like, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && os.Geteuid() == 0 {
		like, err = os.Stat(filepath.Dir(path))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("save the keys file: %w", err)
	}
	err = durable.Write(path, func(w io.Writer) error {
		if f, ok := w.(*os.File); ok && like != nil {
			if err := ownAs(f.Name(), like); err != nil {
				return fmt.Errorf("keep the owner that %s has, so that the server can read it: %w; run this as that user or as root", path, err)
			}
		}
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("save the keys file: %w", err)
	}
	return nil
}

// Digest is the SHA-256 of the keys file at path.
func Digest(path string) (sum [sha256.Size]byte, err error) {
	data, err := readKeysFile(path)
	return sha256.Sum256(data), err
}

// listNode gives the list called name, made if it isn't there or empty.
func listNode(root *yaml.Node, name string) *yaml.Node {
	list := memberNode(root, name)
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode}
		root.Content = append(root.Content, textNode(name), list)
	}
	if list.Kind != yaml.SequenceNode { // "keys:" with nothing behind it
		*list = yaml.Node{Kind: yaml.SequenceNode}
	}
	if len(list.Content) == 0 {
		list.Style = 0 // "[]" would go on in one line
	}
	return list
}

func memberNode(object *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == name {
			return object.Content[i+1]
		}
	}
	return nil
}
