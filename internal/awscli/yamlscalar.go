package awscli

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"rollcall/internal/awscli/value"
)

// How plain scalars are told apart (YAML 1.2.2, section 10.3, and the numbers
// with underscores that the AWS CLI's library takes).
var (
	yamlInt = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[-+]?(0b[01_]+|0o?[0-7_]+|[0-9][0-9_]*|0x[0-9a-fA-F_]+)$`)
	})
	yamlFloat = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*([eE][-+][0-9]+)?)$`)
	})
	yamlDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`) })
	yamlTime = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})(?:[Tt]|[ \t]+)(\d{1,2}:\d{2}:\d{2})(\.\d*)?[ \t]*(Z|[-+]\d{1,2}(?::?\d{2})?)?$`)
	})
)

var yamlWords = map[string]any{ // :: plain scalar -> value
	"": nil, "~": nil, "null": nil, "Null": nil, "NULL": nil,
	"true": true, "True": true, "TRUE": true,
	"false": false, "False": false, "FALSE": false,
	".inf": math.Inf(1), ".Inf": math.Inf(1), ".INF": math.Inf(1),
	"+.inf": math.Inf(1), "+.Inf": math.Inf(1), "+.INF": math.Inf(1),
	"-.inf": math.Inf(-1), "-.Inf": math.Inf(-1), "-.INF": math.Inf(-1),
	".nan": math.NaN(), ".NaN": math.NaN(), ".NAN": math.NaN(),
}

// resolveScalar returns what a scalar means: by its tag if it has one, as text
// if it is quoted or a block, else by its looks.
func resolveScalar(n *yaml.Node) (any, error) {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		return resolveTagged(n)
	case n.Style&quoted != 0:
		return n.Value, nil
	}
	return resolvePlain(n.Value), nil
}

func resolveTagged(n *yaml.Node) (any, error) {
	plain := resolvePlain(n.Value)
	ok := false
	switch n.Tag {
	case "!!str", "!":
		return n.Value, nil
	case "!!null":
		return nil, nil
	case "!!bool":
		_, ok = plain.(bool)
	case "!!int":
		_, ok = plain.(*big.Int)
	case "!!float":
		if i, isInt := plain.(*big.Int); isInt {
			f, _ := new(big.Float).SetInt(i).Float64()
			return f, nil
		}
		_, ok = plain.(float64)
	}
	if !ok {
		return nil, unknownTag(n)
	}
	return plain, nil
}

func resolvePlain(s string) any {
	if v, ok := yamlWords[s]; ok {
		return v
	}
	switch {
	case yamlInt().MatchString(s):
		if i, ok := parseYAMLInt(strings.ReplaceAll(s, "_", "")); ok {
			return i
		}
	case yamlFloat().MatchString(s):
		if f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err == nil {
			return f
		}
	case yamlDate().MatchString(s):
		if at, err := time.Parse(time.DateOnly, s); err == nil {
			return value.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}
		}
	}
	if m := yamlTime().FindStringSubmatch(s); m != nil {
		if at, err := time.Parse("2006-1-2 15:4:5", m[1]+" "+m[2]); err == nil {
			return at
		}
	}
	return s
}

// parseYAMLInt reads an integer: 0b, 0o and 0x begin other bases, a mere 0 does not.
func parseYAMLInt(s string) (*big.Int, bool) {
	digits := strings.TrimLeft(s, "+-")
	base := 10
	switch {
	case strings.HasPrefix(digits, "0b"):
		base = 2
	case strings.HasPrefix(digits, "0o"):
		base = 8
	case strings.HasPrefix(digits, "0x"):
		base = 16
	}
	if base != 10 {
		digits = digits[2:]
	}
	i, ok := new(big.Int).SetString(digits, base)
	if ok && strings.HasPrefix(s, "-") {
		i.Neg(i)
	}
	return i, ok
}
