package jmespath

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/awscli/value"
)

// function is a built-in. Its body gets arguments of the right number and
// types.
type function struct {
	// params holds the types allowed for each argument, separated by "|";
	// empty if any. "array-number" is an array of numbers only. They are
	// named in error messages in this order.
	params   []string
	variadic bool // more arguments may follow, of any type
	body     func(args []any) (any, error)
}

var functions map[string]function // :: name -> built-in

// The table is filled here because map evaluates expressions, and so calls
// functions of the table.
func init() {
	functions = map[string]function{
		"abs":         {params: []string{"number"}, body: abs},
		"avg":         {params: []string{"array-number"}, body: avg},
		"ceil":        {params: []string{"number"}, body: ceil},
		"contains":    {params: []string{"array|string", ""}, body: contains},
		"ends_with":   {params: []string{"string", "string"}, body: endsWith},
		"floor":       {params: []string{"number"}, body: floor},
		"join":        {params: []string{"string", "array-string"}, body: join},
		"keys":        {params: []string{"object"}, body: keys},
		"length":      {params: []string{"string|array|object"}, body: length},
		"map":         {params: []string{"expref", "array"}, body: mapEach},
		"max":         {params: []string{"array-number|array-string"}, body: maximum},
		"max_by":      {params: []string{"array", "expref"}, body: maximumBy},
		"merge":       {params: []string{"object"}, variadic: true, body: merge},
		"min":         {params: []string{"array-number|array-string"}, body: minimum},
		"min_by":      {params: []string{"array", "expref"}, body: minimumBy},
		"not_null":    {params: []string{""}, variadic: true, body: notNull},
		"reverse":     {params: []string{"array|string"}, body: reverse},
		"sort":        {params: []string{"array-string|array-number"}, body: sortItems},
		"sort_by":     {params: []string{"array", "expref"}, body: sortBy},
		"starts_with": {params: []string{"string", "string"}, body: startsWith},
		"sum":         {params: []string{"array-number"}, body: sum},
		"to_array":    {params: []string{""}, body: toArray},
		"to_number":   {params: []string{""}, body: toNumber},
		"to_string":   {params: []string{""}, body: toString},
		"type":        {params: []string{""}, body: typeOf},
		"values":      {params: []string{"object"}, body: values},
	}
}

func call(name string, args []any) (any, error) {
	f, ok := functions[name]
	if !ok {
		return nil, failf("Unknown function: %s()", name)
	}
	if len(args) < len(f.params) || len(args) > len(f.params) && !f.variadic {
		return nil, arityError(name, f, len(args))
	}
	for i, arg := range args {
		allowed := ""
		if i < len(f.params) {
			allowed = f.params[i]
		}
		if err := check(name, arg, allowed); err != nil {
			return nil, err
		}
	}
	return f.body(args)
}

func arityError(name string, f function, got int) error {
	atLeast, plural := "", ""
	if f.variadic {
		atLeast = "at least "
	}
	if len(f.params) != 1 {
		plural = "s"
	}
	return failf("Expected %s%d argument%s for function %s(), received %d",
		atLeast, len(f.params), plural, name, got)
}

// check tells whether arg is of one of the allowed types.
func check(name string, arg any, allowed string) error {
	got := typeName(arg)
	if allowed == "" {
		if got == "expref" {
			return typeError(name, arg, got, "any value")
		}
		return nil
	}
	var elements []string
	matched := false
	for one := range strings.SplitSeq(allowed, "|") {
		whole, element, typed := strings.Cut(one, "-")
		matched = matched || whole == got
		if typed {
			elements = append(elements, element)
		}
	}
	if !matched {
		return typeError(name, arg, got, allowed)
	}
	if list, ok := arg.(*value.List); ok && elements != nil {
		return checkElements(name, list.Items, elements, allowed)
	}
	return nil
}

// checkElements tells whether all items are of the first one's type, and it is
// one of types.
func checkElements(name string, items []any, types []string, allowed string) error {
	for _, item := range items {
		got := typeName(item)
		if !slices.Contains(types, got) {
			return typeError(name, item, value.TypeName(item), allowed)
		}
		types = []string{got}
	}
	return nil
}

// typeError names the allowed types as a Python list.
func typeError(name string, v any, got, allowed string) error {
	list := &value.List{}
	for one := range strings.SplitSeq(allowed, "|") {
		list.Items = append(list.Items, one)
	}
	return failf("In function %s(), invalid type for value: %s, expected one of: %s, received: %q",
		name, show(v), value.Repr(list), got)
}

func show(v any) string {
	if ref, ok := v.(fmt.Stringer); ok && typeName(v) == "expref" {
		return ref.String()
	}
	return value.Str(v)
}

// typeName returns the JMESPath name of v's type.
func typeName(v any) string {
	if _, ok := v.(exprefNode); ok {
		return "expref"
	}
	switch name := value.TypeName(v); name {
	case "NoneType":
		return "null"
	case "bool":
		return "boolean"
	case "int", "float":
		return "number"
	case "str":
		return "string"
	case "list":
		return "array"
	case "dict", "collections.OrderedDict":
		return "object"
	default:
		return "unknown"
	}
}
