package main

import (
	"fmt"
	"slices"
)

// kind is a way in which the promise is broken.
type kind string

// The kinds, in the report's order. The package comment explains them.
const (
	lost         kind = "lost"
	misplaced    kind = "misplaced"
	reversed     kind = "reversed"
	unordered    kind = "unordered"
	excess       kind = "excess"
	stranger     kind = "strangers"
	torn         kind = "torn"
	unrecognised kind = "unrecognised"
	differing    kind = "differing floors"
	stale        kind = "stale"
	understated  kind = "understated"
	crashed      kind = "crashed"
	unresolved   kind = "unresolved"
)

var kinds = []kind{
	lost, misplaced, reversed, unordered, excess, stranger, torn, unrecognised, differing, stale, understated, crashed, unresolved,
}

// mostExamples is how many findings of a kind are told in words.
const mostExamples = 10

// findings count what is wrong, and tell of some.
type findings struct {
	Counts   map[kind]int      `json:"wrong"` // all must be 0
	Examples map[kind][]string `json:"examples,omitempty"`
}

func newFindings() *findings {
	f := &findings{Counts: make(map[kind]int), Examples: make(map[kind][]string)}
	for _, k := range kinds {
		f.Counts[k] = 0
	}
	return f
}

func (f *findings) add(k kind, format string, args ...any) {
	f.Counts[k]++
	if len(f.Examples[k]) < mostExamples {
		f.Examples[k] = append(f.Examples[k], fmt.Sprintf(format, args...))
	}
}

func (f *findings) addAll(k kind, found []string) {
	for _, text := range found {
		f.add(k, "%s", text)
	}
}

// none tells whether all is well.
func (f *findings) none() bool {
	return !slices.ContainsFunc(kinds, func(k kind) bool { return f.Counts[k] > 0 })
}
