package awscli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"rollcall/internal/awscli/value"
)

// parseYAML reads one YAML document. Plain scalars mean what YAML 1.2 says: yes
// and no are text, 0o17 is a number. Several documents, a key that stands twice
// and tags beyond the core schema are errors. An empty input is null.
func parseYAML(doc []byte) (any, error) {
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	var root yaml.Node
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("parse YAML: %w", err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("parse YAML: more than one document")
	}
	p := yamlParser{known: map[*yaml.Node]any{}}
	return p.value(&root, 0)
}

// yamlParser turns nodes into values.
type yamlParser struct {
	// known has the values of nodes with an anchor, so that an alias is the
	// same value, and a document's size bounds the work. A node that is
	// being read is there with errInside.
	known map[*yaml.Node]any
}

var errInside = errors.New("parse YAML: an alias stands inside what it names")

func (p *yamlParser) value(n *yaml.Node, depth int) (any, error) {
	if depth > value.MaxDepth {
		return nil, errors.New("parse YAML: nested too deep")
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if v, ok := p.known[n]; ok {
		if v == any(errInside) {
			return nil, errInside
		}
		return v, nil
	}
	if n.Anchor != "" {
		p.known[n] = errInside
	}
	v, err := p.read(n, depth)
	if n.Anchor != "" {
		p.known[n] = v
	}
	return v, err
}

func (p *yamlParser) read(n *yaml.Node, depth int) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return p.value(n.Content[0], depth)
	case yaml.SequenceNode:
		return p.sequence(n, depth)
	case yaml.MappingNode:
		return p.mapping(n, depth)
	case yaml.ScalarNode:
		return resolveScalar(n)
	case yaml.AliasNode:
	}
	return nil, fmt.Errorf("parse YAML: line %d: unknown node", n.Line)
}

func (p *yamlParser) sequence(n *yaml.Node, depth int) (any, error) {
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!seq" {
		return nil, unknownTag(n)
	}
	l := value.NewList()
	for _, c := range n.Content {
		v, err := p.value(c, depth+1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, v)
	}
	return l, nil
}

func (p *yamlParser) mapping(n *yaml.Node, depth int) (any, error) {
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!map" {
		return nil, unknownTag(n)
	}
	m, own := value.NewMap(), map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			if err := p.merge(m, n.Content[i+1], depth); err != nil {
				return nil, err
			}
		}
	}
	for i := 0; i < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			continue
		}
		key, err := p.value(n.Content[i], depth+1)
		if err != nil {
			return nil, err
		}
		v, err := p.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		name := value.Str(key)
		if own[name] {
			return nil, fmt.Errorf("parse YAML: line %d: key %q stands twice", n.Content[i].Line, name)
		}
		own[name] = true
		m.Set(name, v)
	}
	return m, nil
}

func isMerge(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "<<"
}

// merge adds the members of the map, or the list of maps, that stands at <<. Of
// several maps the first counts.
func (p *yamlParser) merge(m *value.Map, n *yaml.Node, depth int) error {
	v, err := p.value(n, depth+1)
	if err != nil {
		return err
	}
	sources := []any{v}
	if l, ok := v.(*value.List); ok {
		sources = l.Items
	}
	for _, source := range sources {
		s, ok := source.(*value.Map)
		if !ok {
			return fmt.Errorf("parse YAML: line %d: << takes maps only", n.Line)
		}
		for key, v := range s.All() {
			if _, given := m.Get(key); !given {
				m.Set(key, v)
			}
		}
	}
	return nil
}

func unknownTag(n *yaml.Node) error {
	return fmt.Errorf("parse YAML: line %d: tag %s", n.Line, n.Tag)
}
