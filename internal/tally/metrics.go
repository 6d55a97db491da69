package tally

import (
	"cmp"
	"slices"
	"time"

	"rollcall"
)

// Metrics are Amazon's real-time metrics, as far as agents' events tell them.
type Metrics struct {
	Standing

	AfterContactWork int // contacts
	SlotsActive      int
	SlotsAvailable   int

	// Of contacts that no agent has yet, by Question.AddWaits.
	Waiting      int
	WaitingSince time.Time // of who waits the longest; zero when nobody does
}

// Question is what is counted of a census. A filter that is empty lets all
// through; those that are not must all hold.
type Question struct {
	Queues   []rollcall.QueueID // the routing profile has one of them
	Profiles []rollcall.RoutingProfileID
	Statuses []rollcall.AgentStatusID
	// Channels are those of which agents must have slots of one, and contacts and
	// slots of others don't count.
	Channels []rollcall.Channel
	// By are what is counted apart: queues, channels, routing profiles and
	// statuses, two at most.
	By []Dimension
}

// Cell is what is counted apart: an id, or a channel, of each dimension asked for.
type Cell struct {
	Queue   rollcall.QueueID
	Profile rollcall.RoutingProfileID
	Status  rollcall.AgentStatusID
	Channel rollcall.Channel
}

// Row is what was counted of a cell.
type Row struct {
	Cell
	Metrics
}

// Compare orders cells by what they are.
func (c Cell) Compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Queue, o.Queue), cmp.Compare(c.Profile, o.Profile), cmp.Compare(c.Status, o.Status), cmp.Compare(c.Channel, o.Channel))
}

// Count counts, a row for each cell in which there is an agent, in the order of
// the cells.
//
// An agent counts, with all slots and contacts, in each queue of the routing
// profile, and in each channel of which the profile has slots with contacts and
// slots of that channel alone.
func (c *Census) Count(q *Question) []Row {
	sum := counting{q: q, rows: make(map[Cell]*Metrics)}
	for _, cl := range c.classes {
		if q.selects(cl) {
			sum.class(cl)
		}
	}
	rows := make([]Row, 0, len(sum.rows))
	for cell, m := range sum.rows {
		rows = append(rows, Row{cell, *m})
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.Compare(b.Cell) })
	return rows
}

// selects tells whether the filters let a class through.
func (q *Question) selects(c *class) bool {
	p := c.key.profile
	switch {
	case len(q.Profiles) > 0 && (p == nil || !slices.Contains(q.Profiles, p.ID)),
		len(q.Queues) > 0 && (p == nil || !slices.ContainsFunc(p.InboundQueues, q.asksFor)),
		len(q.Statuses) > 0 && !slices.Contains(q.Statuses, c.status.ID):
		return false
	}
	return len(q.Channels) == 0 || slices.ContainsFunc(c.loads, func(l load) bool { return l.slots > 0 && q.counts(l.channel) })
}

func (q *Question) asksFor(queue rollcall.Queue) bool {
	return !queue.Agent && (len(q.Queues) == 0 || slices.Contains(q.Queues, queue.ID))
}

func (q *Question) counts(channel rollcall.Channel) bool {
	return len(q.Channels) == 0 || slices.Contains(q.Channels, channel)
}

type counting struct {
	q    *Question
	rows map[Cell]*Metrics
}

// class counts a class in each cell that it is in.
func (s *counting) class(c *class) {
	cells := []Cell{{}}
	for _, d := range s.q.By {
		var more []Cell
		for _, cell := range cells {
			more = s.q.appendCells(more, cell, c, d)
		}
		cells = more
	}
	for _, cell := range cells {
		m := s.rows[cell]
		if m == nil {
			m = new(Metrics)
			s.rows[cell] = m
		}
		m.add(c, s.q, cell.Channel)
	}
}

// appendCells appends the cells of a dimension that are a part of the cell.
func (q *Question) appendCells(cells []Cell, cell Cell, c *class, d Dimension) []Cell {
	switch d {
	case ByQueue:
		if p := c.key.profile; p != nil {
			from := len(cells)
			for _, queue := range p.InboundQueues {
				cell.Queue = queue.ID
				if q.asksFor(queue) && !slices.Contains(cells[from:], cell) {
					cells = append(cells, cell)
				}
			}
		}
	case ByRoutingProfile:
		if p := c.key.profile; p != nil {
			cell.Profile = p.ID
			cells = append(cells, cell)
		}
	case ByStatus:
		if cell.Status = c.status.ID; cell.Status != "" {
			cells = append(cells, cell)
		}
	case ByChannel:
		for i := range c.loads {
			if l := &c.loads[i]; l.slots > 0 && q.counts(l.channel) {
				cell.Channel = l.channel
				cells = append(cells, cell)
			}
		}
	case ByHierarchyGroup, ByActivity:
	}
	return cells
}

// add counts a class, of the channel or, where it is empty, of all that the
// question counts.
func (m *Metrics) add(c *class, q *Question, channel rollcall.Channel) {
	var all load
	for i := range c.loads {
		l := &c.loads[i]
		if channel != "" && l.channel != channel || !q.counts(l.channel) {
			continue
		}
		all.contacts += l.contacts
		all.active += l.active
		all.ended += l.ended
		all.failed += l.failed
		all.available = max(all.available, l.available-l.failed)
	}
	m.Standing.add(c.agents, &c.status, all.contacts, all.active, all.failed)
	m.AfterContactWork += c.agents * all.ended
	m.SlotsActive += c.agents * all.active
	if c.status.Type == rollcall.StatusRoutable {
		m.SlotsAvailable += c.agents * all.available
	}
}
