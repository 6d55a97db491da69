package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// kind is what a value is.
type kind uint8

const (
	kindOther  kind = iota // a number, a boolean, a null
	kindText               // a string; in YAML also what looks like a date
	kindList               // a JSON array, a YAML sequence
	kindObject             // a JSON object, a YAML mapping
)

// value is a part of a policy or keys file, read from JSON or YAML without any
// interpretation. It keeps what a decoder into structs loses: the order of
// members, where they stand, and that none is there twice.
type value struct {
	kind    kind
	text    string
	list    []*value
	members []member
	line    int // from 1
}

type member struct {
	name  string
	line  int
	value *value
}

// maxDepth bounds the nesting of a file. A policy in a keys file needs 8.
const maxDepth = 16

// get gives the member called name, or nil.
func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// add adds a member to an object, unless there is one of that name.
func (v *value) add(m member) error {
	if v.get(m.name) != nil {
		return fmt.Errorf("line %d: %q is there twice", m.line, short(m.name))
	}
	v.members = append(v.members, m)
	return nil
}

// refuse is an error about v, which stands at path.
func (v *value) refuse(path, format string, args ...any) error {
	return fmt.Errorf("line %d: %s: "+format, append([]any{v.line, path}, args...)...)
}

// String says what v is, for a message.
func (v *value) String() string {
	switch v.kind {
	case kindText:
		return fmt.Sprintf("%q", short(v.text))
	case kindList:
		return "a list"
	case kindObject:
		return "an object"
	case kindOther:
	}
	return short(v.text)
}

// onlyMembers refuses members that are not in names.
func (v *value) onlyMembers(path string, names ...string) error {
	if v.kind != kindObject {
		return v.refuse(path, "want an object, got %s", v)
	}
next:
	for _, m := range v.members {
		for _, name := range names {
			if m.name == name {
				continue next
			}
		}
		return fmt.Errorf("line %d: %s: %q is not supported", m.line, path, short(m.name))
	}
	return nil
}

// texts gives a string, or each of a list of strings.
func (v *value) texts(path string) ([]*value, error) {
	switch n := len(v.list); {
	case v.kind == kindText:
		return []*value{v}, nil
	case v.kind != kindList:
		return nil, v.refuse(path, "want a string or a list of strings, got %s", v)
	case n == 0 || n > maxListed:
		return nil, v.refuse(path, "the list has %d values, want 1 to %d", n, maxListed)
	}
	for i, item := range v.list {
		if item.kind != kindText {
			return nil, item.refuse(fmt.Sprintf("%s[%d]", path, i), "want a string, got %s", item)
		}
	}
	return v.list, nil
}

const shortRunes = 64

// short cuts a value for a message.
func short(s string) string {
	n := 0
	for i := range s {
		if n == shortRunes {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// decodeJSON reads exactly one JSON text.
func decodeJSON(data []byte) (*value, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not valid UTF-8")
	}
	d := &jsonDecoder{Decoder: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: something follows the end of the JSON", d.here())
	}
	return v, nil
}

// jsonDecoder reads values token by token, counting lines.
type jsonDecoder struct {
	*json.Decoder
	data    []byte
	line    int // at counted
	counted int // bytes
}

// here is the line at which the last token ended.
func (d *jsonDecoder) here() int {
	offset := min(int(d.InputOffset()), len(d.data))
	d.line += bytes.Count(d.data[d.counted:offset], []byte("\n"))
	d.counted = offset
	return d.line
}

func (d *jsonDecoder) token() (json.Token, error) {
	t, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("line %d: %w", d.here(), err)
	}
	return t, nil
}

func (d *jsonDecoder) value(depth int) (*value, error) {
	t, err := d.token()
	if err != nil {
		return nil, err
	}
	v := &value{line: d.here()}
	switch t {
	case json.Delim('{'):
		v.kind = kindObject
		return v, d.members(v, depth)
	case json.Delim('['):
		v.kind = kindList
		return v, d.items(v, depth)
	}
	if text, ok := t.(string); ok {
		v.kind, v.text = kindText, text
		return v, nil
	}
	v.text = fmt.Sprint(t)
	return v, nil
}

func (d *jsonDecoder) members(v *value, depth int) error {
	if depth == maxDepth {
		return fmt.Errorf("line %d: nested more than %d deep", v.line, maxDepth)
	}
	for d.More() {
		t, err := d.token()
		if err != nil {
			return err
		}
		m := member{line: d.here()}
		m.name, _ = t.(string) // the decoder takes nothing else here
		if m.value, err = d.value(depth + 1); err != nil {
			return err
		}
		if err := v.add(m); err != nil {
			return err
		}
	}
	_, err := d.token() // "}"
	return err
}

func (d *jsonDecoder) items(v *value, depth int) error {
	if depth == maxDepth {
		return fmt.Errorf("line %d: nested more than %d deep", v.line, maxDepth)
	}
	for d.More() {
		item, err := d.value(depth + 1)
		if err != nil {
			return err
		}
		v.list = append(v.list, item)
	}
	_, err := d.token() // "]"
	return err
}

// fromYAML takes over a YAML node. Anchors, aliases and merge keys are
// refused: what a policy says must stand where it is read.
func fromYAML(n *yaml.Node, depth int) (*value, error) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return nil, fmt.Errorf("line %d: anchors and aliases are not supported", n.Line)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: nested more than %d deep", n.Line, maxDepth)
	}
	v := &value{line: n.Line, text: n.Value}
	switch n.Kind {
	case yaml.MappingNode:
		v.kind = kindObject
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := v.addYAML(n.Content[i], n.Content[i+1], depth); err != nil {
				return nil, err
			}
		}
	case yaml.SequenceNode:
		v.kind = kindList
		for _, item := range n.Content {
			child, err := fromYAML(item, depth+1)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, child)
		}
	case yaml.ScalarNode, yaml.DocumentNode, yaml.AliasNode: // the last two are not met here
		if tag := n.ShortTag(); tag == "!!str" || tag == "!!timestamp" {
			v.kind = kindText
		}
	}
	return v, nil
}

func (v *value) addYAML(name, n *yaml.Node, depth int) error {
	if name.Kind != yaml.ScalarNode || name.ShortTag() != "!!str" || name.Anchor != "" {
		return fmt.Errorf("line %d: want a plain name, got %q", name.Line, short(name.Value))
	}
	child, err := fromYAML(n, depth+1)
	if err != nil {
		return err
	}
	return v.add(member{name.Value, name.Line, child})
}

// toYAML writes v as YAML.
func (v *value) toYAML() *yaml.Node {
	switch v.kind {
	case kindObject:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range v.members {
			n.Content = append(n.Content, textNode(m.name), m.value.toYAML())
		}
		return n
	case kindList:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.list {
			n.Content = append(n.Content, item.toYAML())
		}
		return n
	case kindText:
		return textNode(v.text)
	case kindOther:
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: v.text}
}

func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }
