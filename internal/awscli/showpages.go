package awscli

import (
	"context"

	"rollcall/connectapi"
	"rollcall/internal/awscli/value"
)

// answerPages asks an operation page after page and prints what comes: text and
// yaml-stream with each page, the other formats all pages as one.
func (c *command) answerPages(ctx context.Context, call *caller, params *value.Map) (err error) {
	w, err := newWalk(call, params)
	if err != nil {
		return err
	}
	p, err := c.newPrinter(ctx, call.o.Name)
	if err != nil {
		return err
	}
	defer func() { err = p.close(err) }()
	switch p.format {
	case "text":
		return w.showText(ctx, p)
	case "yaml-stream":
		for page, err := range w.pages(ctx) {
			if err != nil {
				return err
			}
			if err := p.printPage(page); err != nil {
				return err
			}
		}
		return nil
	}
	joined, err := w.join(ctx)
	if err != nil {
		return err
	}
	return p.print(joined)
}

// showText prints of each page its list, of the first page what it tells of
// all, and at last the token to go on with.
func (w *walk) showText(ctx context.Context, p *printer) error {
	isFirst := true
	for page, err := range w.pages(ctx) {
		if err != nil {
			return err
		}
		shown := value.NewMap()
		if isFirst {
			shown, isFirst = w.first, false
		}
		list, _ := page.Get(w.result)
		shown.Set(w.result, list)
		if err := p.print(shown); err != nil {
			return err
		}
	}
	if w.resume == "" {
		return nil
	}
	token, shown := value.NewMap(), value.NewMap()
	token.Set(connectapi.NextToken, w.resume)
	shown.Set(connectapi.NextToken, token)
	return p.print(shown)
}

// join is all pages as one: their lists behind each other, what the first page
// tells of all, and the token to go on with if not all was asked.
func (w *walk) join(ctx context.Context) (*value.Map, error) {
	joined, all := value.NewMap(), value.NewList()
	for page, err := range w.pages(ctx) {
		if err != nil {
			return nil, err
		}
		if v, _ := page.Get(w.result); v != nil {
			all.Items = append(all.Items, w.items(page)...)
			joined.Set(w.result, all)
		}
	}
	for name, v := range w.first.All() {
		joined.Set(name, v)
	}
	if w.resume != "" {
		joined.Set(connectapi.NextToken, w.resume)
	}
	return joined, nil
}
