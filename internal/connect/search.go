package connect

import (
	"maps"
	"slices"
	"strings"
	"time"

	"rollcall"
	"rollcall/connectapi"
)

// What all searches have in common.

// allOf holds when all do, also when there are none.
type allOf[T any] []func(T) bool

func (all allOf[T]) match(v T) bool {
	for _, holds := range all {
		if !holds(v) {
			return false
		}
	}
	return true
}

// anyOf holds when one does.
type anyOf[T any] []func(T) bool

func (some anyOf[T]) match(v T) bool {
	return slices.ContainsFunc(some, func(holds func(T) bool) bool { return holds(v) })
}

// fields are the texts that a search can look at.
type fields[T any] map[string]func(T) string // :: FieldName in lower case -> text, empty when it isn't known

// condition makes a StringCondition a function. A text that isn't known fulfils
// none.
func (fs fields[T]) condition(f *faults, path string, c *connectapi.StringCondition) func(T) bool {
	text, ok := fs[strings.ToLower(c.FieldName)]
	if !ok {
		f.add("%s.FieldName is %s: want one of %s, in upper or lower case.", path, quoted(c.FieldName), strings.Join(slices.Sorted(maps.Keys(fs)), ", "))
		return nil
	}
	want, compare := rollcall.FoldCase(c.Value), func(s, want string) bool { return s == want }
	switch c.ComparisonType {
	case connectapi.StartsWith:
		compare = strings.HasPrefix
	case connectapi.Contains:
		compare = strings.Contains
	case connectapi.Exact:
	}
	return func(v T) bool {
		s := text(v)
		return s != "" && compare(rollcall.FoldCase(s), want)
	}
}

// numberCondition makes a NumberCondition on the one number of that name a
// function.
func numberCondition(f *faults, path, field string, c *connectapi.NumberCondition) func(float64) bool {
	if !strings.EqualFold(c.FieldName, field) {
		f.add("%s.FieldName is %s: want %s.", path, quoted(c.FieldName), field)
	}
	low, high := c.MinValue, c.MaxValue
	needed := func(n **int32, name string) float64 {
		if *n == nil {
			f.add("%s.%s is missing: %s needs it.", path, name, c.ComparisonType)
			return 0
		}
		return float64(**n)
	}
	var least, most float64
	switch c.ComparisonType {
	case "GREATER_OR_EQUAL", "GREATER", "EQUAL", "NOT_EQUAL":
		least = needed(&low, "MinValue")
	case "LESSER_OR_EQUAL", "LESSER":
		most = needed(&high, "MaxValue")
	case "RANGE":
		least, most = needed(&low, "MinValue"), needed(&high, "MaxValue")
	case "":
		f.add("%s.ComparisonType is missing: a number is compared in one way.", path)
	}
	return func(n float64) bool {
		switch c.ComparisonType {
		case "GREATER_OR_EQUAL":
			return n >= least
		case "GREATER":
			return n > least
		case "LESSER_OR_EQUAL":
			return n <= most
		case "LESSER":
			return n < most
		case "EQUAL":
			return n == least
		case "NOT_EQUAL":
			return n != least
		}
		return n >= least && n <= most
	}
}

// criteria makes a node of a search's criteria a condition, and tells what can't
// be right with it. parts are the nodes below, own what else the node says.
func criteria[T, C any](f *faults, path string, c *C, parts func(*C) (or, and []C), own func(f *faults, path string, c *C) allOf[T]) allOf[T] {
	if c == nil {
		return nil
	}
	var all allOf[T]
	or, and := parts(c)
	if or != nil {
		var some anyOf[T]
		for i := range or {
			some = append(some, criteria(f, index(path+".OrConditions", i), &or[i], parts, own).match)
		}
		all = append(all, some.match)
	}
	for i := range and {
		all = append(all, criteria(f, index(path+".AndConditions", i), &and[i], parts, own).match)
	}
	return append(all, own(f, path, c)...)
}

func judgeTagFilter(f *faults, filter *connectapi.TagFilter) {
	if filter != nil {
		f.add("SearchFilter.TagFilter can't be answered: agent events tell no tags.")
	}
}

func judgeAttributeFilter(f *faults, filter *connectapi.AttributeFilter) {
	if filter != nil {
		f.add("SearchFilter.AttributeFilter can't be answered: agent events tell no tags.")
	}
}

// regionOf is the LastModifiedRegion of what was modified then: the instance's,
// unless nobody knows when.
func (q *question) regionOf(modified time.Time) string {
	if modified.IsZero() {
		return ""
	}
	return q.ARN.Region
}
