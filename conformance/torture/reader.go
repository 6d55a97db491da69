package main

import (
	"context"
	"fmt"
	"time"

	"rollcall/connectclient"
)

// reader asks one node for the floor, again and again, and finds answers that
// go back: behind one that the node gave before, or behind an event that it said
// was visible.
type reader struct {
	node   *node
	agents []string

	asked int
	stale []string
}

const readEvery = 150 * time.Millisecond

func newReader(s *settings, n *node) *reader {
	r := &reader{node: n}
	for agent := range s.agents - s.writers { // those of requests that are sent once may go back
		r.agents = append(r.agents, agentID(agent))
	}
	return r
}

// run asks until ctx ends.
func (r *reader) run(ctx context.Context) {
	for rest(ctx, readEvery) == nil {
		life, owed := r.node.owed()
		shown, ok := r.ask(ctx)
		if now, _ := r.node.owed(); !ok || now != life {
			continue // nobody answered, or it is not known which life did
		}
		r.asked++
		for agent, number := range owed {
			if shown[agent] < number {
				r.stale = append(r.stale, fmt.Sprintf("%s at %s shows event %d of %s, and has shown %d before",
					r.node.name, time.Now().Format(time.TimeOnly), shown[agent], agentID(agent), number))
			}
		}
		for agent, number := range shown {
			r.node.show(life, event{agent, number})
		}
	}
}

// ask gives the newest number of each agent. The node may be down, or just
// started: then it does not answer.
func (r *reader) ask(ctx context.Context) (shown map[int]int, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, requestWait)
	defer cancel()
	out, err := r.node.asker.GetCurrentUserData(ctx, &connectclient.GetCurrentUserDataInput{
		InstanceID: instanceID, Filters: &connectclient.Filters{Agents: r.agents},
	})
	if err != nil {
		return nil, false
	}
	shown = make(map[int]int)
	for _, u := range out.UserDataList {
		for _, c := range u.Contacts {
			if e, ok := parseEvent(c.ContactID); ok {
				shown[e.Agent] = e.Number
			}
		}
	}
	return shown, true
}
