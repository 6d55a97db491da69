package awscli

import (
	"context"
	"iter"
	"math/big"

	"rollcall/connectapi"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/value"
)

// walk is a walk over the pages of an answer.
type walk struct {
	call     *caller
	params   *value.Map // of the next page
	result   string     // the member of the answer that is the list
	start    any        // where to begin, as it was given; nil for the first page
	pageSize any        // nil: as the service likes
	maxItems *int64     // nil: all

	first  *value.Map // what the first page tells of all
	resume string     // the token to go on with, if the walk ended before the last page
}

// newWalk takes what is said about pages out of the parameters.
func newWalk(call *caller, params *value.Map) (*walk, error) {
	w := &walk{call: call, params: params, result: call.o.Page.Result, first: value.NewMap()}
	given, ok := params.Get(pagingConfig)
	if !ok {
		return w, nil
	}
	params.Delete(pagingConfig)
	config, ok := given.(*value.Map)
	if !ok {
		return nil, general("'" + value.TypeName(given) + "' object has no attribute 'get'")
	}
	most, err := pagingNumber(config, maxItems)
	if err != nil {
		return nil, err
	}
	if most != nil {
		n := most.Int64()
		if most.BitLen() > 60 { // more than there can be
			n = int64(most.Sign()) << 60
		}
		w.maxItems = &n
	}
	if size, err := pagingNumber(config, pageSize); err != nil {
		return nil, err
	} else if size != nil {
		w.pageSize = size
	}
	w.start, _ = config.Get(startingToken)
	return w, nil
}

func pagingNumber(config *value.Map, name string) (*big.Int, error) {
	v, _ := config.Get(name)
	switch v.(type) {
	case nil:
		return nil, nil
	case *value.List, *value.Map:
		return nil, setup.NotAnInteger(v)
	}
	n, err := toInteger(v)
	if err != nil {
		return nil, err
	}
	return n.(*big.Int), nil //nolint:forcetypeassert // it is made one
}

// pages asks page after page, until one has no token for the next or there are
// as many items as are wanted. What was printed before, and what is too much, is
// cut off.
func (w *walk) pages(ctx context.Context) iter.Seq2[*value.Map, error] {
	return func(yield func(*value.Map, error) bool) {
		token, skip, err := w.begin()
		if err != nil {
			yield(nil, err)
			return
		}
		var previous *value.Map
		for seen, isFirst := int64(0), true; ; isFirst = false {
			page, err := w.call.do(ctx, w.params)
			if err != nil {
				yield(nil, err)
				return
			}
			if isFirst {
				w.takeFirst(page, skip)
			} else {
				skip = 0
			}
			items := w.items(page)
			if w.maxItems != nil && seen+int64(len(items)) > *w.maxItems {
				kept := *w.maxItems - seen
				page.Set(w.result, value.NewList(items[:position(kept, len(items))]...))
				token.Set(truncated, big.NewInt(kept+skip))
				w.resume, err = encodeToken(token)
				yield(page, err)
				return
			}
			seen += int64(len(items))
			token = nextToken(page)
			if !yield(page, nil) || token == nil {
				return
			}
			if w.maxItems != nil && seen == *w.maxItems {
				w.resume, _ = encodeToken(token) // it has what a token has
				return
			}
			if previous != nil && value.Repr(previous) == value.Repr(token) {
				yield(nil, general("Error during pagination: The same next token was received twice: "+value.Repr(token)))
				return
			}
			w.inject(token)
			previous = token
		}
	}
}

// begin sets the parameters of the first page. skip is how many of its items
// were printed before.
func (w *walk) begin() (token *value.Map, skip int64, err error) {
	token = value.NewMap()
	token.Set(connectapi.NextToken, nil)
	if w.start != nil {
		if token, skip, err = parseStartingToken(w.start); err != nil {
			return nil, 0, err
		}
		w.inject(token)
	}
	if w.pageSize != nil {
		w.params.Set(connectapi.MaxResults, w.pageSize)
	}
	return token, skip, nil
}

// inject makes a token part of the parameters. A member that it says nothing of
// is taken out.
func (w *walk) inject(token *value.Map) {
	for name, v := range token.All() {
		if v == nil || v == "None" {
			w.params.Delete(name)
		} else {
			w.params.Set(name, v)
		}
	}
}

// takeFirst takes from the first page what it tells of all, and skips the items
// that were printed before.
func (w *walk) takeFirst(page *value.Map, skip int64) {
	if w.start != nil {
		v, _ := page.Get(w.result)
		if list, ok := v.(*value.List); ok {
			v = value.NewList(list.Items[position(skip, len(list.Items)):]...)
		}
		page.Set(w.result, v)
	}
	for _, name := range w.call.o.Page.First {
		v, _ := page.Get(name)
		w.first.Set(name, v)
	}
}

func (w *walk) items(page *value.Map) []any {
	v, _ := page.Get(w.result)
	if list, ok := v.(*value.List); ok {
		return list.Items
	}
	return nil
}

// position is where a slice of n items is cut: a negative one counts from the end.
func position(at int64, n int) int {
	if at < 0 {
		at += int64(n)
	}
	return int(min(max(at, 0), int64(n)))
}

// nextToken is the token for the page behind one, or nil behind the last.
func nextToken(page *value.Map) *value.Map {
	v, _ := page.Get(connectapi.NextToken)
	if !value.Truth(v) {
		return nil
	}
	token := value.NewMap()
	token.Set(connectapi.NextToken, v)
	return token
}
