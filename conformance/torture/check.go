package main

import (
	"cmp"
	"slices"
	"time"

	"rollcall"
)

// check holds the journal against the history of those who wrote.
func check(requests []*request, r *replay, f *findings) {
	c := &checker{requests: requests, entries: r.entries, findings: f, where: make(map[event][]int), of: make(map[event]*request)}
	for _, request := range requests {
		for _, e := range request.Events {
			c.of[e] = request
		}
	}
	for i, e := range r.entries {
		switch {
		case e.ours:
		case c.of[e.event] == nil:
			f.add(stranger, "%s at %s was never sent", e.id, e.position)
		default:
			c.where[e.event] = append(c.where[e.event], i)
		}
	}
	for _, request := range requests {
		c.request(request)
	}
	c.whole()
	c.order()
	c.realTime()
}

// checker is one check.
type checker struct {
	requests []*request
	entries  []entry
	findings *findings
	of       map[event]*request // :: event -> its request
	where    map[event][]int    // :: event -> indices in entries, rising
}

// request checks what became of the events of one request.
func (c *checker) request(r *request) {
	sure, perhaps := r.count(acknowledged), r.count(unknown)
	if sure == 0 && !r.Once {
		c.findings.add(unresolved, "%s was never acknowledged in %d attempts, the last: %s", r.Events, len(r.Attempts), r.reason())
	}
	for _, e := range r.Events {
		found := len(c.where[e])
		if sure > 0 && found == 0 {
			c.findings.add(lost, "%s was acknowledged and is not in the journal", e)
		}
		if found > sure+perhaps {
			c.findings.add(excess, "%s is in the journal %d times; %d attempts were acknowledged and of %d the outcome is unknown", e, found, sure, perhaps)
		}
		for nth, i := range c.where[e] {
			effect := c.entries[i].effect
			recognised := effect == rollcall.EffectLate || effect == rollcall.EffectRepeated
			if sure > 0 && nth == 0 && effect != rollcall.EffectApplied || nth > 0 && !recognised {
				c.findings.add(unrecognised, "%s at %s, its occurrence %d, is %s", e, c.entries[i].position, nth+1, effect)
			}
		}
	}
	last := r.Events[len(r.Events)-1]
	for _, a := range r.Attempts {
		if a.Outcome == acknowledged && !slices.ContainsFunc(c.where[last], func(i int) bool { return c.entries[i].position == a.Position }) {
			c.findings.add(misplaced, "%s was acknowledged at %s and is not there", last, a.Position)
		}
	}
}

func (r *request) reason() string {
	if len(r.Attempts) == 0 {
		return "none"
	}
	return r.Attempts[len(r.Attempts)-1].Reason
}

// whole checks that where there is one event of a request there are all of
// them, one directly behind the other in one pack.
func (c *checker) whole() {
	for i := 0; i < len(c.entries); {
		r := c.of[c.entries[i].event]
		if r == nil {
			i++
			continue
		}
		n := 0
		for n < len(r.Events) && i+n < len(c.entries) && c.entries[i+n].event == r.Events[n] &&
			c.entries[i+n].position.Pack == c.entries[i].position.Pack {
			n++
		}
		if n < len(r.Events) {
			c.findings.add(torn, "of %s there are %d at %s", r.Events, n, c.entries[i].position)
		}
		i += max(n, 1)
	}
}

// order checks that the first occurrences of an agent's acknowledged events
// stand in the order of their numbers.
func (c *checker) order() {
	newest := make(map[int]event) // :: agent -> newest event seen
	for i, e := range c.entries {
		r := c.of[e.event]
		if r == nil || r.count(acknowledged) == 0 || c.where[e.event][0] != i {
			continue
		}
		if n, ok := newest[e.event.Agent]; ok && n.Number > e.event.Number {
			c.findings.add(reversed, "%s at %s stands behind %s", e.event, e.position, n)
			continue
		}
		newest[e.event.Agent] = e.event
	}
}

// realTime checks that what was acknowledged before another attempt began lies
// before what that attempt was acknowledged for, whichever nodes they went to.
func (c *checker) realTime() {
	var begun, ended []attempt
	for _, r := range c.requests {
		for _, a := range r.Attempts {
			if a.Outcome == acknowledged {
				begun = append(begun, a)
			}
		}
	}
	ended = slices.Clone(begun)
	slices.SortFunc(begun, func(a, b attempt) int { return cmp.Compare(a.Begin, b.Begin) })
	slices.SortFunc(ended, func(a, b attempt) int { return cmp.Compare(a.End, b.End) })
	var newest attempt // of those that ended before
	for _, a := range begun {
		for len(ended) > 0 && ended[0].End < a.Begin {
			if newest.Position.Before(ended[0].Position) {
				newest = ended[0]
			}
			ended = ended[1:]
		}
		if newest.Outcome == acknowledged && !newest.Position.Before(a.Position) {
			c.findings.add(unordered, "%s, begun at %s through %s, stands before %s, acknowledged at %s through %s",
				a.Position, a.Begin.Round(time.Millisecond), a.Node, newest.Position, newest.End.Round(time.Millisecond), newest.Node)
		}
	}
}
