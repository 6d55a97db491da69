package jmespath

import (
	"math"
	"math/big"
	"strings"

	"rollcall/internal/awscli/value"
)

func isNumber(v any) bool {
	switch v.(type) {
	case *big.Int, float64:
		return true
	default:
		return false
	}
}

// isOrdered tells whether v can stand on a side of < and the like.
func isOrdered(v any) bool {
	_, isString := v.(string)
	return isString || isNumber(v)
}

// isFalse tells whether a condition fails: unlike in Python, zero does not.
func isFalse(v any) bool {
	return !isNumber(v) && !value.Truth(v)
}

// equal is the operator ==: a boolean never equals a number. (Inside lists and
// objects it may; see same.)
func equal(a, b any) bool {
	_, aIsBool := a.(bool)
	_, bIsBool := b.(bool)
	if aIsBool && isNumber(b) || bIsBool && isNumber(a) {
		return false
	}
	return same(a, b)
}

// same is Python's equality, for which true is 1 and false is 0.
func same(a, b any) bool {
	a, b = boolAsInt(a), boolAsInt(b)
	switch a := a.(type) {
	case *value.List:
		b, ok := b.(*value.List)
		return ok && sameList(a, b)
	case *value.Map:
		b, ok := b.(*value.Map)
		return ok && sameMap(a, b)
	case *big.Int, float64:
		return isNumber(b) && !isNaN(a) && !isNaN(b) && compareNumbers(a, b) == 0
	default:
		return a == b
	}
}

func boolAsInt(v any) any {
	switch v {
	case true:
		return value.Int(1)
	case false:
		return value.Int(0)
	default:
		return v
	}
}

func sameList(a, b *value.List) bool {
	if len(a.Items) != len(b.Items) {
		return false
	}
	for i, item := range a.Items {
		if !same(item, b.Items[i]) {
			return false
		}
	}
	return true
}

func sameMap(a, b *value.Map) bool {
	if a.Len() != b.Len() {
		return false
	}
	for key, v := range a.All() {
		other, ok := b.Get(key)
		if !ok || !same(v, other) {
			return false
		}
	}
	return true
}

func isNaN(v any) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// ordered evaluates an operator between two values that are each a number or
// a string.
func ordered(a any, operator string, b any) (bool, error) {
	var sign int
	aText, aIsText := a.(string)
	bText, bIsText := b.(string)
	switch {
	case aIsText != bIsText:
		return false, failf("'%s' not supported between instances of '%s' and '%s'",
			operator, value.TypeName(a), value.TypeName(b))
	case aIsText:
		sign = strings.Compare(aText, bText)
	case isNaN(a) || isNaN(b):
		return false, nil
	default:
		sign = compareNumbers(a, b)
	}
	switch operator {
	case "<":
		return sign < 0, nil
	case "<=":
		return sign <= 0, nil
	case ">":
		return sign > 0, nil
	default:
		return sign >= 0, nil
	}
}

// compareNumbers compares exactly: no integer is rounded. NaN is not allowed.
func compareNumbers(a, b any) int {
	return exact(a).Cmp(exact(b))
}

func exact(v any) *big.Float {
	switch v := v.(type) {
	case *big.Int:
		return new(big.Float).SetInt(v)
	case float64:
		return new(big.Float).SetFloat64(v)
	default:
		return new(big.Float)
	}
}
