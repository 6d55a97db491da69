package output

import (
	"fmt"
	"slices"

	"rollcall/internal/awscli/value"
)

// TableOptions say how a table looks.
type TableOptions struct {
	Title string // the operation's name
	Width int    // columns of the terminal; 0 means there is none, which counts as 80
	Color bool   // cells and bars are colored

	// Resets writes an escape sequence that ends coloring after every piece,
	// as the CLI does with colors unless a pager stands between.
	Resets bool
}

// Table prints v as boxes of rows: one for an object or a list of objects, of
// the scalar members sorted by name, and boxes inside it for the others. A
// table that is wider than the terminal has its single rows turned into
// columns; it is never cut. What is empty, zero, false or null prints nothing.
//
// A list whose elements make no rows of one length cannot be printed.
func Table(v any, o TableOptions) ([]byte, error) {
	var b tableBuilder
	if err := b.add(o.Title, true, v, 0); err != nil || len(b.sections) == 0 {
		return nil, err
	}
	return renderTable(b.sections, o), nil
}

// tableBuilder makes sections out of a value; the last one is added to.
type tableBuilder struct {
	sections []*section
}

func (b *tableBuilder) open(title string, indent int) {
	b.sections = append(b.sections, &section{title: title, indent: indent, cols: -1})
}

func (b *tableBuilder) last() *section {
	return b.sections[len(b.sections)-1]
}

// add adds v, in a section of its own if it is titled.
func (b *tableBuilder) add(title string, titled bool, v any, indent int) error {
	if !value.Truth(v) {
		return nil
	}
	if titled {
		b.open(title, indent)
	}
	switch v := v.(type) {
	case *value.List:
		if _, ok := v.Items[0].(*value.Map); ok {
			return b.objects(title, v.Items, indent)
		}
		return b.rows(v.Items)
	case *value.Map:
		return b.object(v, indent)
	default:
		return nil
	}
}

func (b *tableBuilder) object(m *value.Map, indent int) error {
	scalars, others := tableKeys(m)
	var err error
	switch len(scalars) {
	case 0:
	case 1:
		err = b.last().addRow([]string{scalars[0], cell(m, scalars[0])})
	default:
		if err = b.last().setHeader(scalars); err == nil {
			err = b.last().addRow(cells(m, scalars))
		}
	}
	if err != nil {
		return err
	}
	return b.members(m, others, indent)
}

// members adds those of m that are called names, each under its name.
func (b *tableBuilder) members(m *value.Map, names []string, indent int) error {
	for _, name := range names {
		if v, ok := m.Get(name); ok {
			if err := b.add(name, true, v, indent+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// objects adds a row an object, with columns for all their scalar members.
func (b *tableBuilder) objects(title string, items []any, indent int) error {
	maps, err := allMaps(items)
	if err != nil {
		return err
	}
	header, others := unionKeys(maps)
	for i, item := range maps {
		if i > 0 && len(others) > 0 {
			b.open(title, indent)
		}
		if i == 0 || len(others) > 0 {
			if err := b.last().setHeader(header); err != nil {
				return err
			}
		}
		if err := b.last().addRow(cells(item, header)); err != nil {
			return err
		}
		if err := b.members(item, others, indent); err != nil {
			return err
		}
	}
	return nil
}

// rows adds the elements of a list that does not begin with an object.
func (b *tableBuilder) rows(items []any) error {
	for _, item := range items {
		row, ok := listRow(item)
		var err error
		if ok {
			err = b.last().addRow(row)
		} else {
			err = b.add("", false, item, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listRow returns an element of a list as a row, if it is one: a scalar, a
// list of scalars, or the names of an object's members.
func listRow(item any) ([]string, bool) {
	switch item := item.(type) {
	case *value.Map:
		return item.Keys(), true
	case *value.List:
		row := make([]string, 0, len(item.Items))
		for _, v := range item.Items {
			if !isScalar(v) {
				return nil, false
			}
			row = append(row, value.Str(v))
		}
		return row, true
	default:
		return []string{value.Str(item)}, true
	}
}

// tableKeys returns the names of m's scalar members and of the others, sorted.
func tableKeys(m *value.Map) (scalars, others []string) {
	for key, v := range m.All() {
		if isScalar(v) {
			scalars = append(scalars, key)
		} else {
			others = append(others, key)
		}
	}
	slices.Sort(scalars)
	slices.Sort(others)
	return scalars, others
}

func allMaps(items []any) ([]*value.Map, error) {
	all := make([]*value.Map, len(items))
	for i, item := range items {
		m, ok := item.(*value.Map)
		if !ok {
			return nil, fmt.Errorf("'%s' object is not iterable", value.TypeName(item))
		}
		all[i] = m
	}
	return all, nil
}

// unionKeys does what tableKeys does for all objects of a list.
func unionKeys(all []*value.Map) (scalars, others []string) {
	for _, m := range all {
		s, o := tableKeys(m)
		scalars, others = append(scalars, s...), append(others, o...)
	}
	slices.Sort(scalars)
	slices.Sort(others)
	return slices.Compact(scalars), slices.Compact(others)
}

func cells(m *value.Map, names []string) []string {
	row := make([]string, len(names))
	for i, name := range names {
		row[i] = cell(m, name)
	}
	return row
}

func cell(m *value.Map, name string) string {
	v, ok := m.Get(name)
	if !ok {
		return ""
	}
	return value.Str(v)
}
