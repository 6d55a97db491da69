package jmespath

import (
	"slices"

	"rollcall/internal/awscli/value"
)

// The bodies of the functions that put values in order.

func maximum(args []any) (any, error) {
	return extreme(">", items(args[0]), items(args[0]))
}

func minimum(args []any) (any, error) {
	return extreme("<", items(args[0]), items(args[0]))
}

func maximumBy(args []any) (any, error) {
	return extremeBy("max_by", ">", args)
}

func minimumBy(args []any) (any, error) {
	return extremeBy("min_by", "<", args)
}

func extremeBy(name, operator string, args []any) (any, error) {
	keys, err := keysOf(name, args, "number|string")
	if err != nil {
		return nil, err
	}
	return extreme(operator, items(args[0]), keys)
}

// extreme returns the first of items whose key has no other beyond it.
func extreme(operator string, items, keys []any) (any, error) {
	if len(items) == 0 {
		return nil, nil
	}
	best := 0
	for i := 1; i < len(items); i++ {
		beyond, err := ordered(keys[i], operator, keys[best])
		if err != nil {
			return nil, err
		}
		if beyond {
			best = i
		}
	}
	return items[best], nil
}

// keysOf evaluates the expression reference args[1] for each item of args[0].
func keysOf(name string, args []any, allowed string) ([]any, error) {
	keys, err := evalEach(args[1], items(args[0]))
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if err := check(name, key, allowed); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func sortItems(args []any) (any, error) {
	return sorted(items(args[0]), items(args[0])), nil
}

func sortBy(args []any) (any, error) {
	list := items(args[0])
	if len(list) == 0 {
		return args[0], nil
	}
	first, err := evalEach(args[1], list[:1])
	if err != nil {
		return nil, err
	}
	allowed := typeName(first[0])
	if !isOrdered(first[0]) {
		return nil, typeError("sort_by", list[0], allowed, "string|number")
	}
	keys, err := keysOf("sort_by", args, allowed)
	if err != nil {
		return nil, err
	}
	return sorted(list, keys), nil
}

// sorted returns items in the order of keys, which are all numbers or all
// strings. Equal ones stay in order.
func sorted(items, keys []any) *value.List {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if less, err := ordered(keys[a], "<", keys[b]); err == nil && less {
			return -1
		}
		if more, err := ordered(keys[a], ">", keys[b]); err == nil && more {
			return 1
		}
		return 0
	})
	list := &value.List{Items: make([]any, len(items))}
	for i, from := range order {
		list.Items[i] = items[from]
	}
	return list
}
