// Package shorthand reads the AWS CLI's shorthand syntax for structures and
// lists, such as
//
//	Queues=a,b,ContactFilter={ContactStates=[CONNECTED,MISSED]}
//
// The grammar, where WS is any white space:
//
//	params = keyval *( WS "," WS keyval )
//	keyval = key WS ["@"] WS "=" WS values
//	key    = *( letter | digit | "-" "_" "." "#" "/" ":" )
//	values = list | hash | csv                    ; nothing at the end of the input
//	list   = "[" WS *( evalue WS [","] WS ) "]"   ; a comma between items
//	hash   = "{" WS *( key WS ["@"] WS "=" WS evalue WS [","] WS ) "}"
//	evalue = list | hash | first
//	csv    = first *( WS "," WS second )
//	first  = 'single quoted' | "double quoted" | word, none of , ] } in it
//	second = 'single quoted' | "double quoted" | word, none of , = in it
//
// A csv stops, and steps back to the comma, where a word turns out to be the
// key of the next pair: in a=b,c=d the c is one. An "@" before "=" asks that
// values which name a file be replaced by what is in it.
//
// [Parse] knows no model. A word is a string; one value of a csv is that value
// and several are a list; a hash is a map.
package shorthand

import (
	"fmt"
	"strings"

	"rollcall/internal/awscli/value"
)

// A Loader returns what a value names, for a pair with "@". A value that names
// nothing is returned as it is.
type Loader func(text string) (any, error)

// SyntaxError says where the input leaves the grammar. Its text shows the place.
type SyntaxError struct {
	Input    []rune
	Index    int // in Input
	Expected string
	Received string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("Expected: '%s', received: '%s' for input:\n %s", e.Expected, e.Received, pointAt(e.Input, e.Index))
}

// DuplicateKeyError says that a key stands twice. Its text shows the place.
type DuplicateKeyError struct {
	Input []rune
	Index int // in Input
	Key   string
}

func (e *DuplicateKeyError) Error() string {
	return fmt.Sprintf("Second instance of key %q encountered for input:\n%s\n"+
		`This is often because there is a preceding "," instead of a space.`, e.Key, pointAt(e.Input, e.Index))
}

// pointAt returns input with a caret under the character at index: on a line of
// its own, before the lines that follow.
func pointAt(input []rune, index int) string {
	before, after := string(input[:index]), string(input[index:])
	column := index
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		column = len([]rune(before[i+1:]))
	}
	line, rest := before+after, ""
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		line, rest = before+after[:i], after[i:]
	}
	return line + "\n" + strings.Repeat(" ", column) + "^" + rest
}

// maxDepth is how deep lists and hashes may nest.
const maxDepth = 200

// Parse reads params. load is called for each word and quoted value of a pair
// with "@". Errors are a *[SyntaxError], a *[DuplicateKeyError] or load's.
func Parse(input string, load Loader) (*value.Map, error) {
	p := &parser{input: []rune(input), load: load}
	return p.params()
}

// parser reads input from at on.
type parser struct {
	input []rune
	at    int
	load  Loader
	// loading says that the key read last had an "@".
	loading bool
	depth   int
}

func (p *parser) params() (*value.Map, error) {
	params := value.NewMap()
	end := 0
	for {
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		v, err := p.values()
		if err != nil {
			return nil, err
		}
		if _, twice := params.Get(key); twice {
			return nil, &DuplicateKeyError{p.input, min(end+1, len(p.input)), key}
		}
		params.Set(key, v)
		end = p.at
		if p.at >= len(p.input) {
			return params, nil
		}
		if err := p.expect(',', true); err != nil {
			return nil, err
		}
	}
}
