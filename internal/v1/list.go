package v1

import (
	"iter"
	"math"
	"slices"
	"strconv"

	"rollcall"
	"rollcall/internal/floor"
)

// listAgents answers with a page of agents, which is sent while it is made.
func (s *service) listAgents(c *request) error {
	q, err := s.parseQuestion(listing, c.floor, c.values)
	if err != nil {
		return err
	}
	epoch, after, err := s.open(q)
	if err != nil {
		return err
	}
	page, n, agents := q.page(c.floor, after)
	if after.Started && epoch != page.Position.Epoch {
		return q.errEpoch(page.Position.Epoch)
	}
	c.Outcome.Rows = n
	answer := c.Pieces(n * rowBytes)
	defer answer.Close()
	answer.Text(`{"agents":[`)
	first := true
	for agent := range agents {
		if !first {
			answer.Text(",")
		}
		first = false
		if err := answer.Value(s.view.agent(agent)); err != nil {
			return err
		}
	}
	answer.Text(`],"total":` + strconv.Itoa(page.Total) + `,"position":"` + page.Position.String() + `"`)
	if page.More {
		answer.Text(`,"nextCursor":"` + s.nextCursor(q, page.Position, page.Next) + `"`)
	}
	answer.Text("}\n")
	return answer.End()
}

// rowBytes is what a page holds of each agent whose turn has not come: the row
// is the floor's, unless the agent changes meanwhile.
const rowBytes = 16

// page is what the question asks for, of one version. In an order of its own
// there are no further pages.
func (q *question) page(fl *floor.Floor, after rollcall.Cursor) (page floor.Page, n int, agents iter.Seq[*rollcall.Agent]) {
	if len(q.orders) == 0 {
		return fl.SelectEach(&q.query, after, q.limit)
	}
	page = fl.Select(&q.query, rollcall.Cursor{}, math.MaxInt)
	q.sortAgents(page.Agents)
	list := page.Agents[:min(len(page.Agents), q.limit)]
	page.More = false
	return page, len(list), slices.Values(list)
}
