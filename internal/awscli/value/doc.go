// Package value holds JSON-like values the way the AWS CLI's own language
// sees them: members keep their order, integers have any size and are not
// floats, and every value can say how it prints in an error message.
//
// A value is an any that holds one of
//
//	nil        null, None
//	bool       true, True
//	*big.Int   an integer of any size; never modified once it is in a value
//	float64    a number written with a fraction or an exponent, NaN, infinity
//	string     text; a lone surrogate from a \ud800 escape is kept as its
//	           three-byte form, which is not valid UTF-8
//	*List      an array
//	*Map       an object, its members in order
//
// and, from the command line only, never from JSON:
//
//	[]byte     what fileb:// loads
//	time.Time  a date and time without a zone
//	Date       a date, as YAML has it
//
// Lists and maps are pointers, so that one that is reached twice can be told
// from two equal ones. Functions of this package that walk a value recurse;
// [ParseJSON] bounds the depth to [MaxDepth].
package value

import (
	"math/big"
	"time"
)

// List is an array.
type List struct {
	Items []any
}

// NewList returns a list of items, which it keeps.
func NewList(items ...any) *List {
	return &List{Items: items}
}

// Int returns n as a value.
func Int(n int) *big.Int {
	return big.NewInt(int64(n))
}

// Date is a calendar date without a time of day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}
