package value

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// ParseInt reads an integer of any size as Python's int() does: blanks around
// it, a sign, single underscores between digits and the decimal digits of any
// script are allowed, up to 4300 of them.
func ParseInt(s string) (*big.Int, bool) {
	s, ok := plainNumber(s)
	digits := strings.TrimLeft(s, "+-")
	if !ok || len(s)-len(digits) > 1 || digits == "" || len(digits) > maxIntDigits {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

// ParseFloat reads a number as Python's float() does: [ParseInt]'s freedoms
// and inf, infinity and nan in any case. What is too large becomes infinite.
func ParseFloat(s string) (float64, bool) {
	s, ok := plainNumber(s)
	if !ok || strings.ContainsAny(s, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

// plainNumber takes blanks and underscores from s and makes its digits ASCII.
// It fails if an underscore is not between digits.
func plainNumber(s string) (string, bool) {
	runes := []rune(strings.TrimSpace(s))
	var plain strings.Builder
	for i, r := range runes {
		switch {
		case r == '_':
			if i == 0 || i == len(runes)-1 || !unicode.IsDigit(runes[i-1]) || !unicode.IsDigit(runes[i+1]) {
				return "", false
			}
		case unicode.IsDigit(r):
			plain.WriteByte('0' + digitValue(r))
		default:
			plain.WriteRune(r)
		}
	}
	return plain.String(), true
}

// digitValue returns what a decimal digit counts. In Unicode the digits of a
// script are ten in a row, from zero.
func digitValue(r rune) byte {
	first := r
	for unicode.IsDigit(first - 1) {
		first--
	}
	return byte((r - first) % 10)
}
