package jmespath

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/internal/awscli/value"
)

// The bodies of the functions of text, arrays and objects. What an argument's
// type is has been checked, so that an assertion that fails leaves what an
// empty argument would.

func text(v any) string {
	s, _ := v.(string)
	return s
}

func items(v any) []any {
	if list, ok := v.(*value.List); ok {
		return list.Items
	}
	return nil
}

func contains(args []any) (any, error) {
	if list, ok := args[0].(*value.List); ok {
		return slices.ContainsFunc(list.Items, func(v any) bool { return same(v, args[1]) }), nil
	}
	part, ok := args[1].(string)
	if !ok {
		return nil, failf("'in <string>' requires string as left operand, not %s", value.TypeName(args[1]))
	}
	return strings.Contains(text(args[0]), part), nil
}

func startsWith(args []any) (any, error) {
	return strings.HasPrefix(text(args[0]), text(args[1])), nil
}

func endsWith(args []any) (any, error) {
	return strings.HasSuffix(text(args[0]), text(args[1])), nil
}

func join(args []any) (any, error) {
	var parts []string
	for _, item := range items(args[1]) {
		parts = append(parts, text(item))
	}
	return strings.Join(parts, text(args[0])), nil
}

func length(args []any) (any, error) {
	switch v := args[0].(type) {
	case *value.List:
		return value.Int(len(v.Items)), nil
	case *value.Map:
		return value.Int(v.Len()), nil
	default:
		return value.Int(utf8.RuneCountInString(text(v))), nil
	}
}

func reverse(args []any) (any, error) {
	if list, ok := args[0].(*value.List); ok {
		reversed := slices.Clone(list.Items)
		slices.Reverse(reversed)
		return &value.List{Items: reversed}, nil
	}
	runes := []rune(text(args[0]))
	slices.Reverse(runes)
	return string(runes), nil
}

func keys(args []any) (any, error) {
	list := &value.List{}
	if m, ok := args[0].(*value.Map); ok {
		for key := range m.All() {
			list.Items = append(list.Items, key)
		}
	}
	return list, nil
}

func values(args []any) (any, error) {
	if m, ok := args[0].(*value.Map); ok {
		return &value.List{Items: members(m)}, nil
	}
	return &value.List{}, nil
}

func merge(args []any) (any, error) {
	merged := value.NewMap()
	for _, arg := range args {
		m, ok := arg.(*value.Map)
		if !ok {
			return nil, typeError("merge", arg, typeName(arg), "object")
		}
		for key, v := range m.All() {
			merged.Set(key, v)
		}
	}
	return merged, nil
}

func notNull(args []any) (any, error) {
	for _, arg := range args {
		if arg != nil {
			return arg, nil
		}
	}
	return nil, nil
}

func mapEach(args []any) (any, error) {
	results, err := evalEach(args[0], items(args[1]))
	return &value.List{Items: results}, err
}

// evalEach applies an expression reference to each item.
func evalEach(ref any, items []any) ([]any, error) {
	each, ok := ref.(exprefNode)
	if !ok {
		return nil, nil
	}
	results := make([]any, len(items))
	for i, item := range items {
		var err error
		if results[i], err = each.operand.eval(item); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func toArray(args []any) (any, error) {
	if list, ok := args[0].(*value.List); ok {
		return list, nil
	}
	return value.NewList(args[0]), nil
}

func toString(args []any) (any, error) {
	if s, ok := args[0].(string); ok {
		return s, nil
	}
	return string(value.Encoding{Compact: true}.Append(nil, args[0])), nil
}

func typeOf(args []any) (any, error) {
	if name := typeName(args[0]); name != "unknown" {
		return name, nil
	}
	return nil, nil
}
