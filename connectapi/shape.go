package connectapi

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is what a shape's values are.
type Kind uint8

// The kinds.
const (
	String  Kind = iota
	Integer      // of 32 bits, or 64 where the API says "long"
	Float        // of 32 bits, or 64 where the API says "double"
	Boolean
	Timestamp // a time.Time
	Structure
	List
	Map // keys are strings
)

// Shape is the form of a value. Shapes are shared and must not be changed. That
// of a type that is within itself is cyclic.
type Shape struct {
	Kind    Kind
	Type    reflect.Type // in Go, without a pointer
	Members []Member     // of a structure, in the API's order
	Key     *Shape       // of a map
	Element *Shape       // of a list; the values of a map
	// Min and Max bound a number's value, a string's length in characters, or
	// how many elements a list or a map has. Nil: no bound.
	Min, Max *int64
	// Enum are the values that a string can have, as far as Amazon has
	// published them. Nil: any.
	Enum []string
	// Name is what a sample calls an element of a list: the API's name of its
	// type, if the Go type has none of its own.
	Name string
}

// Place is where a member of an input stands in the request.
type Place uint8

// The places.
const (
	InBody Place = iota
	InPath
	InQuery
)

// Member is a part of a structure.
type Member struct {
	Name     string
	Index    int // of the Go field
	Shape    *Shape
	Required bool
	Place    Place
	Query    string // its name in the query, if that is its place
	Doc      string // what it is, in a sentence; empty when the name says it
	More     string // what else help says
}

// Member finds a member by its name, or gives nil.
func (s *Shape) Member(name string) *Member {
	for i := range s.Members {
		if s.Members[i].Name == name {
			return &s.Members[i]
		}
	}
	return nil
}

// HasBody tells whether any member of an input stands in the request's body.
func (s *Shape) HasBody() bool {
	for i := range s.Members {
		if s.Members[i].Place == InBody {
			return true
		}
	}
	return false
}

var (
	shapesMu sync.Mutex
	shapes   = map[reflect.Type]*Shape{} // of structures
)

// Of is the shape of T, a struct of this package. It is read from the type and
// its tags once.
//
// The tag api has words with commas between them:
//
//	required            it must be there
//	path                it stands in the path, as the label of its name
//	query=NAME          it stands in the query
//	min=N, max=N        its bounds
//	each.min=N, …       those of a list's elements or a map's values; each.each. and so on
//	key.min=N, …        those of a map's keys
//	each.name=NAME      Name of a list's element
func Of[T any]() *Shape {
	shapesMu.Lock()
	defer shapesMu.Unlock()
	return shapeOf(reflect.TypeFor[T]())
}

var kinds = map[reflect.Kind]Kind{
	reflect.String: String, reflect.Bool: Boolean,
	reflect.Int: Integer, reflect.Int32: Integer, reflect.Int64: Integer,
	reflect.Float32: Float, reflect.Float64: Float,
}

// shapeOf gives a structure's one shape, and a new one of any other type, which
// its member's bounds may go into.
func shapeOf(t reflect.Type) *Shape {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := &Shape{Type: t}
	switch t.Kind() { //nolint:exhaustive // kinds has the others
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			s.Kind = Timestamp
			return s
		}
		return structureOf(t)
	case reflect.Slice:
		s.Kind, s.Element = List, shapeOf(t.Elem())
		return s
	case reflect.Map:
		s.Kind, s.Key, s.Element = Map, shapeOf(t.Key()), shapeOf(t.Elem())
		return s
	}
	kind, ok := kinds[t.Kind()]
	if !ok {
		panic(fmt.Sprintf("connectapi: %s can't be part of an operation", t))
	}
	s.Kind = kind
	if e, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok {
		s.Enum = e.Values()
	}
	return s
}

func structureOf(t reflect.Type) *Shape {
	if s := shapes[t]; s != nil {
		return s // perhaps not whole yet: it is within itself
	}
	s := &Shape{Kind: Structure, Type: t}
	shapes[t] = s
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		m := Member{Name: name, Index: i, Shape: shapeOf(f.Type), Doc: f.Tag.Get("doc"), More: f.Tag.Get("more")}
		if words := f.Tag.Get("api"); words != "" {
			for word := range strings.SplitSeq(words, ",") {
				m.read(word)
			}
		}
		s.Members = append(s.Members, m)
	}
	return s
}

// read takes in a word of the tag api.
func (m *Member) read(word string) {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "required":
		m.Required = true
	case "path":
		m.Place = InPath
	case "query":
		m.Place, m.Query = InQuery, value
	case "each.name":
		m.Shape.Element.Name = value
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || !m.Shape.bound(name, n) {
			panic(fmt.Sprintf("connectapi: %s has the word %q in its tag", m.Name, word))
		}
	}
}

// bound sets a bound of the shape or of one below it.
func (s *Shape) bound(name string, n int64) bool {
	if s.Kind == Structure {
		return false // all structures of a type share one shape
	}
	if rest, ok := strings.CutPrefix(name, "each."); ok {
		return s.Element != nil && s.Element.bound(rest, n)
	}
	if rest, ok := strings.CutPrefix(name, "key."); ok {
		return s.Key != nil && s.Key.bound(rest, n)
	}
	switch name {
	case "min":
		s.Min = &n
	case "max":
		s.Max = &n
	default:
		return false
	}
	return true
}
