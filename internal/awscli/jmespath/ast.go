package jmespath

import "rollcall/internal/awscli/value"

// node is a part of a compiled expression. Its eval applies it to v.
type node interface {
	eval(v any) (any, error)
}

type (
	// currentNode is @, and what is absent around an operator.
	currentNode struct{}

	literalNode struct{ v any }

	fieldNode struct{ name string }

	// chainNode applies each step to the result of the one before: a.b, a|b,
	// a[0]. It is indexed if its last step is an index or a slice.
	chainNode struct {
		steps   []node
		indexed bool
	}

	notNode struct{ operand node }
	andNode struct{ left, right node }
	orNode  struct{ left, right node }

	// equalNode is left == right, or if not equal, left != right.
	equalNode struct {
		left, right node
		equal       bool
	}

	// orderNode is left < right or the like.
	orderNode struct {
		left, right node
		operator    string
	}

	listNode struct{ items []node }
	hashNode struct{ members []member }
	member   struct {
		name string
		v    node
	}

	// callNode is a function applied to arguments.
	callNode struct {
		name string
		args []node
	}

	// exprefNode is &operand, which only a function can use.
	exprefNode struct{ operand node }
)

func (currentNode) eval(v any) (any, error) {
	return v, nil
}

func (n literalNode) eval(any) (any, error) {
	return n.v, nil
}

func (n fieldNode) eval(v any) (any, error) {
	if m, ok := v.(*value.Map); ok {
		member, _ := m.Get(n.name)
		return member, nil
	}
	return nil, nil
}

func (n chainNode) eval(v any) (any, error) {
	for _, step := range n.steps {
		var err error
		if v, err = step.eval(v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (n notNode) eval(v any) (any, error) {
	v, err := n.operand.eval(v)
	if isNumber(v) {
		return false, err // even of zero
	}
	return !value.Truth(v), err
}

func (n andNode) eval(v any) (any, error) {
	left, err := n.left.eval(v)
	if err != nil || isFalse(left) {
		return left, err
	}
	return n.right.eval(v)
}

func (n orNode) eval(v any) (any, error) {
	left, err := n.left.eval(v)
	if err != nil || !isFalse(left) {
		return left, err
	}
	return n.right.eval(v)
}

func (n equalNode) eval(v any) (any, error) {
	left, right, err := evalBoth(n.left, n.right, v)
	if err != nil {
		return nil, err
	}
	return equal(left, right) == n.equal, nil
}

func (n orderNode) eval(v any) (any, error) {
	left, right, err := evalBoth(n.left, n.right, v)
	if err != nil || !isOrdered(left) || !isOrdered(right) {
		return nil, err
	}
	return ordered(left, n.operator, right)
}

func evalBoth(left, right node, v any) (l, r any, err error) {
	if l, err = left.eval(v); err != nil {
		return nil, nil, err
	}
	r, err = right.eval(v)
	return l, r, err
}

func (n listNode) eval(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	list := &value.List{Items: make([]any, len(n.items))}
	for i, item := range n.items {
		var err error
		if list.Items[i], err = item.eval(v); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (n hashNode) eval(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	m := value.NewMap()
	for _, member := range n.members {
		result, err := member.v.eval(v)
		if err != nil {
			return nil, err
		}
		m.Set(member.name, result)
	}
	return m, nil
}

func (n callNode) eval(v any) (any, error) {
	args := make([]any, len(n.args))
	for i, arg := range n.args {
		if ref, ok := arg.(exprefNode); ok {
			args[i] = ref
			continue
		}
		var err error
		if args[i], err = arg.eval(v); err != nil {
			return nil, err
		}
	}
	return call(n.name, args)
}

func (exprefNode) eval(any) (any, error) {
	return nil, failf("&expression is allowed only as an argument of a function")
}

// String returns how error messages show an expression reference.
func (exprefNode) String() string {
	return "&expression"
}
