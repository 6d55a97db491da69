// Package jmespath evaluates JMESPath expressions, the language of the AWS
// CLI's --query, over the ordered values of package value: an object's members
// stay in order through every operation.
//
// The language is the one of https://jmespath.org/specification.html as the
// reference implementation in Python (jmespath 1.0.1) has it, since that is
// what the AWS CLI runs. Beyond the specification it
//
//   - orders strings as well as numbers with <, <=, > and >=,
//   - takes `foo` for `"foo"` when a literal is no JSON,
//   - reverses strings, and
//   - forgives a missing comma between arguments or hash members.
//
// The texts of errors are that implementation's too, because scripts show and
// match them.
//
// An expression goes lexer → parser → a tree of nodes, each of which
// evaluates itself. The depth of the tree is bounded. Time and memory of an
// evaluation are not: a short expression can double its input at each step.
package jmespath

import (
	"fmt"
	"strings"

	"rollcall/internal/awscli/value"
)

// Expression is a compiled expression. It may be used by several goroutines.
type Expression struct {
	root node
}

// Compile reads an expression. Its errors are of type *[SyntaxError].
func Compile(expr string) (*Expression, error) {
	if expr == "" {
		return nil, &SyntaxError{"Invalid JMESPath expression: cannot be empty."}
	}
	tokens, err := lex(expr)
	if err != nil {
		return nil, err
	}
	root, err := parse(expr, tokens)
	if err != nil {
		return nil, err
	}
	return &Expression{root}, nil
}

// Search returns what the expression selects from v; nil, which is null, if
// nothing. The result may share parts with v, and with itself. Errors are of
// type *[RuntimeError]: an unknown function, a wrong number of arguments or
// one of a wrong type.
func (e *Expression) Search(v any) (any, error) {
	return e.root.eval(v)
}

// SyntaxError says that, and where, an expression is malformed.
type SyntaxError struct {
	text string
}

// Error returns the message, of several lines: the last points with a caret
// into the expression above it.
func (e *SyntaxError) Error() string {
	return e.text
}

// lexError is about a character, at offset at.
func lexError(expr string, at int, message string) error {
	return &SyntaxError{fmt.Sprintf("Bad jmespath expression: %s:\n%s\n%s^",
		message, expr, strings.Repeat(" ", at))}
}

// parseError is about a token, said to be at offset at.
func parseError(expr string, at int, t token, message string) error {
	return &SyntaxError{fmt.Sprintf("%s: Parse error at column %d, token \"%s\" (%s), for expression:\n\"%s\"\n%s^",
		message, at, value.Str(t.value), strings.ToUpper(t.kind), expr, strings.Repeat(" ", at+1))}
}

// incomplete says that more was expected.
func incomplete(expr string, length int) error {
	return &SyntaxError{fmt.Sprintf("Invalid jmespath expression: Incomplete expression:\n\"%s\"\n%s^",
		expr, strings.Repeat(" ", length+1))}
}

// RuntimeError says why an expression cannot be applied to a value.
type RuntimeError struct {
	text string
}

// Error returns the message, of one line.
func (e *RuntimeError) Error() string {
	return e.text
}

func failf(format string, args ...any) error {
	return &RuntimeError{fmt.Sprintf(format, args...)}
}
