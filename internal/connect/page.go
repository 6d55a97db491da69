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
	for _, name := range []string{connectapi.MaxResults, connectapi.NextToken, instanceID} {
		if q.of.Input().Member(name) != nil {
			member(name).SetZero()
		}
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

// gathering is the page that is being gathered behind a place, of what comes in
// the order of its places.
type gathering[T any] struct {
	*paging
	list  []T
	last  uint32 // place on the page
	more  bool
	total int // that came, on whichever page
}

func gather[T any](p *paging) *gathering[T] { return &gathering[T]{paging: p, list: []T{}} }

// add adds what is at a place, if it is on this page, and tells whether the page
// has room for more.
func (g *gathering[T]) add(place uint32, v func() T) bool {
	g.total++
	switch {
	case g.after.Started && place <= g.after.Ordinal:
	case len(g.list) == g.limit:
		g.more = true
	default:
		g.list, g.last = append(g.list, v()), place
	}
	return !g.more
}

// end is the token behind the page, which was gathered at the position.
func (g *gathering[T]) end(at rollcall.Position) (string, error) {
	return g.next(&floor.Page{Position: at, More: g.more, Next: rollcall.Cursor{Ordinal: g.last}})
}
