package jmespath

import "rollcall/internal/awscli/value"

type (
	indexNode struct{ n int }

	// sliceNode is [start:stop:step]; each may be absent.
	sliceNode struct{ start, stop, step *int }

	flattenNode struct{ list node }

	// projectionNode applies each to every element of list.
	projectionNode struct{ list, each node }

	// filterNode does so to those that meet condition.
	filterNode struct{ list, condition, each node }

	// valuesNode does so to every member's value of an object.
	valuesNode struct{ hash, each node }
)

func (n indexNode) eval(v any) (any, error) {
	list, ok := v.(*value.List)
	if !ok {
		return nil, nil
	}
	i := n.n
	if i < 0 {
		i += len(list.Items)
	}
	if i < 0 || i >= len(list.Items) {
		return nil, nil
	}
	return list.Items[i], nil
}

func (n sliceNode) eval(v any) (any, error) {
	list, ok := v.(*value.List)
	if !ok {
		return nil, nil
	}
	step := 1
	if n.step != nil {
		step = *n.step
	}
	if step == 0 {
		return nil, failf("slice step cannot be zero")
	}
	length, picked := len(list.Items), &value.List{}
	if step > 0 {
		stop := bound(n.stop, length, length, length)
		for i := bound(n.start, 0, length, length); i < stop; i += min(step, length) {
			picked.Items = append(picked.Items, list.Items[i])
		}
		return picked, nil
	}
	stop := bound(n.stop, -1, length-1, length)
	for i := bound(n.start, length-1, length-1, length); i > stop; i += max(step, -length) {
		picked.Items = append(picked.Items, list.Items[i])
	}
	return picked, nil
}

// bound returns the end of a slice: absent if there is none, counted from the
// end of the list if negative, and not beyond last or last-length.
func bound(end *int, absent, last, length int) int {
	if end == nil {
		return absent
	}
	i := *end
	if i < 0 {
		i += length
	}
	return max(min(i, last), last-length)
}

func (n flattenNode) eval(v any) (any, error) {
	v, err := n.list.eval(v)
	list, ok := v.(*value.List)
	if err != nil || !ok {
		return nil, err
	}
	flat := &value.List{Items: make([]any, 0, len(list.Items))}
	for _, item := range list.Items {
		if inner, ok := item.(*value.List); ok {
			flat.Items = append(flat.Items, inner.Items...)
		} else {
			flat.Items = append(flat.Items, item)
		}
	}
	return flat, nil
}

func (n projectionNode) eval(v any) (any, error) {
	v, err := n.list.eval(v)
	list, ok := v.(*value.List)
	if err != nil || !ok {
		return nil, err
	}
	return project(list.Items, n.each)
}

func (n filterNode) eval(v any) (any, error) {
	v, err := n.list.eval(v)
	list, ok := v.(*value.List)
	if err != nil || !ok {
		return nil, err
	}
	var met []any
	for _, item := range list.Items {
		result, err := n.condition.eval(item)
		if err != nil {
			return nil, err
		}
		if !isFalse(result) {
			met = append(met, item)
		}
	}
	return project(met, n.each)
}

func (n valuesNode) eval(v any) (any, error) {
	v, err := n.hash.eval(v)
	m, ok := v.(*value.Map)
	if err != nil || !ok {
		return nil, err
	}
	return project(members(m), n.each)
}

func members(m *value.Map) []any {
	all := make([]any, 0, m.Len())
	for _, v := range m.All() {
		all = append(all, v)
	}
	return all
}

// project applies each to items and keeps what is not null.
func project(items []any, each node) (any, error) {
	list := &value.List{Items: make([]any, 0, len(items))}
	for _, item := range items {
		result, err := each.eval(item)
		if err != nil {
			return nil, err
		}
		if result != nil {
			list.Items = append(list.Items, result)
		}
	}
	return list, nil
}
