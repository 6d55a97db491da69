package value

import (
	"iter"
	"slices"
)

// smallMap is the number of members up to which a scan beats an index.
const smallMap = 12

// Map is an object whose members keep the order in which they were first set.
// The zero Map is empty and ready to use.
type Map struct {
	// Ordered makes the map print as an OrderedDict in error messages, as
	// objects do that came from a JSON option value.
	Ordered bool

	keys  []string
	vals  []any
	index map[string]int // :: key -> position; nil while the map is small
}

// NewMap returns an empty map.
func NewMap() *Map {
	return &Map{}
}

// Len returns the number of members.
func (m *Map) Len() int {
	return len(m.keys)
}

// Get returns the member called key, and whether there is one.
func (m *Map) Get(key string) (any, bool) {
	if i, ok := m.find(key); ok {
		return m.vals[i], true
	}
	return nil, false
}

// Set gives the member called key the value v: in place if there is one, else
// as the last member.
func (m *Map) Set(key string, v any) {
	if i, ok := m.find(key); ok {
		m.vals[i] = v
		return
	}
	m.keys = append(m.keys, key)
	m.vals = append(m.vals, v)
	switch {
	case m.index != nil:
		m.index[key] = len(m.keys) - 1
	case len(m.keys) > smallMap:
		m.reindex()
	}
}

// Delete removes the member called key, if there is one.
func (m *Map) Delete(key string) {
	i, ok := m.find(key)
	if !ok {
		return
	}
	m.keys = slices.Delete(m.keys, i, i+1)
	m.vals = slices.Delete(m.vals, i, i+1)
	m.index = nil
	if len(m.keys) > smallMap {
		m.reindex()
	}
}

// Keys returns the members' names in order, in a slice of the caller's own.
func (m *Map) Keys() []string {
	return slices.Clone(m.keys)
}

// All iterates over the members in order. The map must not be changed
// meanwhile, except that members may be replaced.
func (m *Map) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i, key := range m.keys {
			if !yield(key, m.vals[i]) {
				return
			}
		}
	}
}

func (m *Map) find(key string) (int, bool) {
	if m.index != nil {
		i, ok := m.index[key]
		return i, ok
	}
	i := slices.Index(m.keys, key)
	return i, i >= 0
}

func (m *Map) reindex() {
	m.index = make(map[string]int, len(m.keys)+1)
	for i, key := range m.keys {
		m.index[key] = i
	}
}
