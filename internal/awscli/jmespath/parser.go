package jmespath

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"rollcall/internal/awscli/value"
)

// maxDepth bounds the depth of the tree, and so the recursion of parser and
// evaluation.
const maxDepth = 1000

// binding says how strongly a token binds what is left of it; 0 if not at all.
var binding = map[kind]int{ // :: kind -> power
	pipe: 1,
	or:   2,
	and:  3,
	eq:   5, gt: 5, lt: 5, gte: 5, lte: 5, ne: 5,
	flatten:  9,
	star:     20,
	filter:   21,
	dot:      40,
	not:      45,
	lbrace:   50,
	lbracket: 55,
	lparen:   60,
}

// Tokens that bind less end a projection.
const projectionStop = 10

// parser is a Pratt parser: prefix reads what begins an expression, infix what
// may follow one, as long as it binds strongly enough.
type parser struct {
	expr   string
	tokens []token
	at     int
	depth  int
}

func parse(expr string, tokens []token) (node, error) {
	p := &parser{expr: expr, tokens: tokens}
	root, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != eof {
		return nil, p.fail(t, "Unexpected token: "+value.Str(t.value))
	}
	return root, nil
}

func (p *parser) peek() token {
	return p.tokens[p.at]
}

// take returns the next token and steps over it. The last one, eof, stays.
func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != eof {
		p.at++
	}
	return t
}

func (p *parser) fail(t token, message string) error {
	return parseError(p.expr, t.start, t, message)
}

// match steps over a token of kind k.
func (p *parser) match(k kind) error {
	if p.peek().kind != k {
		return p.unexpected(k)
	}
	p.take()
	return nil
}

func (p *parser) unexpected(want string) error {
	t := p.peek()
	if t.kind == eof {
		return incomplete(p.expr, t.start)
	}
	return p.fail(t, fmt.Sprintf("Expecting: %s, got: %s", want, t.kind))
}

// expression reads as much as binds more strongly than power.
func (p *parser) expression(power int) (node, error) {
	depth := p.depth
	defer func() { p.depth = depth }()
	left, err := p.prefix()
	for err == nil && power < binding[p.peek().kind] {
		left, err = p.infix(left)
	}
	return left, err
}

// deeper counts a level, which ends with the expression it is in.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return &SyntaxError{"maximum recursion depth exceeded"}
	}
	return nil
}

func (p *parser) prefix() (node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	t := p.take()
	switch t.kind {
	case literal:
		return literalNode{t.value}, nil
	case unquotedIdentifier:
		return fieldNode{value.Str(t.value)}, nil
	case quotedIdentifier:
		if next := p.peek(); next.kind == lparen {
			return nil, parseError(p.expr, 0, next, "Quoted identifier not allowed for function names.")
		}
		return fieldNode{value.Str(t.value)}, nil
	case current:
		return currentNode{}, nil
	case star:
		return p.starPrefix()
	case filter:
		return p.filter(currentNode{})
	case flatten:
		return p.projection(flattenNode{currentNode{}}, flatten)
	case lbracket:
		return p.bracketPrefix()
	case lbrace:
		return p.hash()
	case lparen:
		inner, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		return inner, p.match(rparen)
	case not:
		operand, err := p.expression(binding[not])
		return notNode{operand}, err
	case expref:
		operand, err := p.expression(0)
		return exprefNode{operand}, err
	case eof:
		return nil, incomplete(p.expr, t.start)
	default:
		return nil, p.fail(t, "invalid token")
	}
}

func (p *parser) infix(left node) (node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	t := p.take()
	switch t.kind {
	case dot:
		return p.dotInfix(left)
	case pipe:
		right, err := p.expression(binding[pipe])
		return chainNode{steps: []node{left, right}}, err
	case or:
		right, err := p.expression(binding[or])
		return orNode{left, right}, err
	case and:
		right, err := p.expression(binding[and])
		return andNode{left, right}, err
	case eq, ne:
		right, err := p.expression(binding[t.kind])
		return equalNode{left, right, t.kind == eq}, err
	case lt, lte, gt, gte:
		right, err := p.expression(binding[t.kind])
		return orderNode{left, right, value.Str(t.value)}, err
	case flatten:
		return p.projection(flattenNode{left}, flatten)
	case filter:
		return p.filter(left)
	case lbracket:
		return p.bracketInfix(left)
	case lparen:
		return p.call(left)
	default:
		return nil, p.fail(t, "invalid token")
	}
}

func (p *parser) starPrefix() (node, error) {
	if p.peek().kind == rbracket {
		return valuesNode{currentNode{}, currentNode{}}, nil
	}
	right, err := p.projected(binding[star])
	return valuesNode{currentNode{}, right}, err
}

func (p *parser) dotInfix(left node) (node, error) {
	if p.peek().kind == star {
		p.take()
		right, err := p.projected(binding[dot])
		return valuesNode{left, right}, err
	}
	right, err := p.afterDot(binding[dot])
	return chainNode{steps: []node{left, right}}, err
}

// afterDot reads what may follow a dot.
func (p *parser) afterDot(power int) (node, error) {
	switch t := p.peek(); t.kind {
	case quotedIdentifier, unquotedIdentifier, star:
		return p.expression(power)
	case lbracket:
		p.take()
		return p.list()
	case lbrace:
		p.take()
		return p.hash()
	default:
		return nil, p.fail(t, "Expecting: ['quoted_identifier', 'unquoted_identifier', "+
			"'lbracket', 'lbrace'], got: "+t.kind)
	}
}

// projection reads what applies to each element of list.
func (p *parser) projection(list node, k kind) (node, error) {
	right, err := p.projected(binding[k])
	return projectionNode{list, right}, err
}

// projected reads the right-hand side of a projection, which may be empty.
func (p *parser) projected(power int) (node, error) {
	switch t := p.peek(); {
	case binding[t.kind] < projectionStop:
		return currentNode{}, nil
	case t.is(lbracket, filter):
		return p.expression(power)
	case t.kind == dot:
		p.take()
		return p.afterDot(power)
	default:
		return nil, p.fail(t, "syntax error")
	}
}

func (p *parser) filter(left node) (node, error) {
	condition, err := p.expression(0)
	if err == nil {
		err = p.match(rbracket)
	}
	if err != nil {
		return nil, err
	}
	if p.peek().kind == flatten {
		return filterNode{left, condition, currentNode{}}, nil
	}
	right, err := p.projected(binding[filter])
	return filterNode{left, condition, right}, err
}

func (p *parser) bracketPrefix() (node, error) {
	switch {
	case p.peek().is(number, colon):
		return p.subscript(currentNode{})
	case p.peek().kind == star && p.tokens[p.at+1].kind == rbracket:
		p.at += 2
		return p.projection(currentNode{}, star)
	default:
		return p.list()
	}
}

func (p *parser) bracketInfix(left node) (node, error) {
	if p.peek().is(number, colon) {
		return p.subscript(left)
	}
	if err := p.match(star); err != nil {
		return nil, err
	}
	if err := p.match(rbracket); err != nil {
		return nil, err
	}
	return p.projection(left, star)
}

// subscript reads an index or a slice. A slice is a projection, except after
// an index: a[0][1:2] is a list like any other.
func (p *parser) subscript(left node) (node, error) {
	step, err := p.indexOrSlice()
	if err != nil {
		return nil, err
	}
	chain, indexed := left.(chainNode)
	if indexed && chain.indexed {
		return chainNode{append(slices.Clip(chain.steps), step), true}, nil
	}
	chain = chainNode{[]node{left, step}, true}
	if _, ok := step.(sliceNode); ok {
		return p.projection(chain, star)
	}
	return chain, nil
}

func (p *parser) indexOrSlice() (node, error) {
	if p.peek().kind == colon || p.tokens[p.at+1].kind == colon {
		return p.slice()
	}
	n := clamp(p.take().value)
	return indexNode{n}, p.match(rbracket)
}

func (p *parser) slice() (node, error) {
	var parts [3]*int
	for i := 0; p.peek().kind != rbracket; {
		switch t := p.peek(); {
		case t.kind == colon && i < 2:
			i++
		case t.kind == number:
			n := clamp(t.value)
			parts[i] = &n
		default:
			return nil, p.fail(t, "syntax error")
		}
		p.take()
	}
	return sliceNode{parts[0], parts[1], parts[2]}, p.match(rbracket)
}

// clamp returns a number token's value, or the nearest int.
func clamp(v any) int {
	n, ok := v.(*big.Int)
	switch {
	case !ok:
		return 0
	case n.IsInt64():
		return int(n.Int64())
	case n.Sign() < 0:
		return math.MinInt
	default:
		return math.MaxInt
	}
}

func (p *parser) list() (node, error) {
	var items []node
	for {
		item, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if p.peek().kind == rbracket {
			p.take()
			return listNode{items}, nil
		}
		if err := p.match(comma); err != nil {
			return nil, err
		}
	}
}

func (p *parser) hash() (node, error) {
	var members []member
	for {
		name := p.peek()
		if !name.is(quotedIdentifier, unquotedIdentifier) {
			return nil, p.unexpected("['quoted_identifier', 'unquoted_identifier']")
		}
		p.take()
		if err := p.match(colon); err != nil {
			return nil, err
		}
		v, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		members = append(members, member{value.Str(name.value), v})
		switch p.peek().kind {
		case comma:
			p.take()
		case rbrace:
			p.take()
			return hashNode{members}, nil
		}
	}
}

// call reads a function's arguments.
func (p *parser) call(left node) (node, error) {
	name, ok := left.(fieldNode)
	if !ok {
		t := p.tokens[p.at-2]
		return nil, p.fail(t, fmt.Sprintf("Invalid function name '%s'", value.Str(t.value)))
	}
	var args []node
	for p.peek().kind != rparen {
		arg, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		if p.peek().kind == comma {
			p.take()
		}
		args = append(args, arg)
	}
	p.take()
	return callNode{name.name, args}, nil
}
