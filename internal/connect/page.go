package connect

import (
	"fmt"
	"reflect"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
	"rollcall/internal/pagetoken"
)

// defaultPage is how many rows a page has if nobody says. Documented for most
// lists.
const defaultPage = 100

// paging is where a page of a list begins, and what its token is bound to.
type paging struct {
	q       *question
	after   rollcall.Cursor
	limit   int
	token   string
	opened  pagetoken.Place
	binding []byte
}

// page opens the NextToken of an input. It goes with what else the input says,
// as it was said.
func (q *question) page(in any) (*paging, error) {
	p := &paging{q: q, limit: defaultPage}
	rest := reflect.New(reflect.TypeOf(in).Elem()).Elem()
	rest.Set(reflect.ValueOf(in).Elem())
	member := func(name string) reflect.Value { return rest.Field(q.of.Input().Member(name).Index) }
	if n := member(connectapi.MaxResults).Int(); n > 0 {
		p.limit = int(n)
	}
	p.token = member(connectapi.NextToken).String()
	for _, name := range []string{connectapi.MaxResults, connectapi.NextToken, "InstanceId"} {
		member(name).SetZero()
	}
	said, err := connectapi.Marshal(rest.Interface())
	if err != nil {
		return nil, fmt.Errorf("bind a token of %s: %w", q.of.Name, err)
	}
	p.binding = pagetoken.AppendWord(pagetoken.Bind(nil, q.of.Name, q.ARN), string(said))
	if p.token == "" {
		return p, nil
	}
	if p.opened, err = q.openToken(p.token, p.binding); err != nil {
		return nil, err
	}
	p.after = rollcall.Cursor{Ordinal: p.opened.Ordinal, Started: true}
	return p, nil
}

// next is the token behind a page that was read, empty behind the last.
func (p *paging) next(page *floor.Page) (string, error) {
	if p.token != "" && p.opened.Epoch != page.Position.Epoch {
		return "", errEpochToken(p.token)
	}
	if !page.More {
		return "", nil
	}
	at := pagetoken.Place{Ordinal: page.Next.Ordinal, Epoch: page.Position.Epoch, IssuedAt: p.q.o.Now()}
	return p.q.tokens.Seal(at, p.binding), nil
}
