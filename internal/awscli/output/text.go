package output

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/internal/awscli/value"
)

// Text prints lines of fields separated by tabs, for cut and awk. Of an object
// the scalar members make one line, sorted by name; then each other member
// follows, its lines marked with its name in capitals. Objects of a list have
// the same fields: those of all of them.
//
// A list that mixes objects with anything else cannot be printed; what came
// before it is returned with the error.
func Text(v any) ([]byte, error) {
	t := &textWriter{}
	err := t.value(v, nil, nil)
	return t.out, err
}

type textWriter struct {
	out []byte
}

func (t *textWriter) line(fields []string) {
	t.out = append(t.out, strings.ToValidUTF8(strings.Join(fields, "\t"), "\uFFFD")...)
	t.out = append(t.out, '\n')
}

// value prints v. name holds the name of the member it belongs to, in capitals,
// and is empty at the top; it is the first field of each line. columns are the
// fields of the list of objects v is in, if it is in one.
func (t *textWriter) value(v any, name, columns []string) error {
	switch v := v.(type) {
	case *value.Map:
		return t.object(v, name, columns)
	case *value.List:
		return t.list(v.Items, name)
	default:
		t.line([]string{value.Str(v)})
		return nil
	}
}

func (t *textWriter) list(items []any, name []string) error {
	isMap := func(v any) bool { _, ok := v.(*value.Map); return ok }
	if slices.ContainsFunc(items, isMap) {
		return t.objects(items, name)
	}
	var scalars []string
	for _, item := range items {
		if isScalar(item) {
			scalars = append(scalars, value.Str(item))
		}
	}
	switch {
	case name != nil:
		for _, s := range scalars {
			t.line([]string{name[0], s})
		}
	case len(scalars) > 0:
		t.line(scalars)
	}
	for _, item := range items {
		if inner, ok := item.(*value.List); ok {
			if err := t.list(inner.Items, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *textWriter) objects(items []any, name []string) error {
	seen := map[string]bool{} // :: name of a scalar member
	for _, item := range items {
		m, ok := item.(*value.Map)
		if !ok {
			return fmt.Errorf("'%s' object has no attribute 'items'", value.TypeName(item))
		}
		for key, v := range m.All() {
			if isScalar(v) {
				seen[key] = true
			}
		}
	}
	columns := append([]string{}, slices.Sorted(maps.Keys(seen))...)
	for _, item := range items {
		if err := t.value(item, name, columns); err != nil {
			return err
		}
	}
	return nil
}

// object prints a line of the columns' fields, or if columns is nil of all
// scalar members, and then the other members.
func (t *textWriter) object(m *value.Map, name, columns []string) error {
	keys := m.Keys()
	slices.Sort(keys)
	if columns == nil {
		columns = slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
			v, _ := m.Get(key)
			return !isScalar(v)
		})
	}
	if len(columns) > 0 {
		t.line(textFields(m, name, columns))
	}
	for _, key := range keys {
		if _, printed := slices.BinarySearch(columns, key); printed {
			continue
		}
		v, _ := m.Get(key)
		if err := t.value(v, []string{strings.ToUpper(key)}, nil); err != nil {
			return err
		}
	}
	return nil
}

func textFields(m *value.Map, name, columns []string) []string {
	fields := slices.Clone(name)
	for _, key := range columns {
		if v, ok := m.Get(key); ok {
			fields = append(fields, value.Str(v))
		} else {
			fields = append(fields, "")
		}
	}
	return fields
}
