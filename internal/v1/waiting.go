package v1

import (
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/tally"
)

// waits are contacts that wait, summed up.
type waits struct {
	n       int
	longest rollcall.Wait // if there is one
}

// add counts a contact. They come in order, the longest wait first.
func (w *waits) add(c *rollcall.Wait) {
	if w.n++; w.n == 1 {
		w.longest = *c
	}
}

type longestWaitView struct {
	Since     string `json:"since"`
	ContactID string `json:"contactId"`
}

// show puts the numbers into a view.
func (w *waits) show(v *countsView) {
	v.Waiting = &w.n
	if w.n > 0 {
		v.LongestWait = &longestWaitView{instant(w.longest.Since), string(w.longest.Contact)}
	}
}

// read gives who matches and who waits, of one version. source is false where nobody
// can tell who waits.
func (s *service) read(q *question, fl *floor.Floor, n int) (page floor.Page, waiting []rollcall.Wait, source bool) {
	everybody := rollcall.Cursor{}
	s.viewed(func() {
		if waiting, source = s.lobby.Waiting(fl.ARN()); source {
			page = fl.Select(&q.query, everybody, n)
		}
	})
	if !source {
		return fl.Select(&q.query, everybody, n), nil, false
	}
	return page, s.notForgotten(waiting), true
}

// notForgotten leaves out those who have waited too long to be believed.
func (s *service) notForgotten(waiting []rollcall.Wait) []rollcall.Wait {
	since := s.now().Add(-s.waitForget)
	from, _ := slices.BinarySearchFunc(waiting, since, func(w rollcall.Wait, since time.Time) int { return w.Since.Compare(since) })
	return waiting[from:]
}

// asksOfWaits tells whether contacts that wait can be told under the filters. A
// contact in a queue has no agent and no hierarchy group, so that who asks for those
// alone doesn't ask for it.
func (q *question) asksOfWaits() bool {
	f := &q.query
	return len(f.Agents)+len(f.HierarchyGroups) == 0 || len(f.Queues)+len(f.RoutingProfiles) > 0
}

// served are the routing profiles whose agents take contacts of a queue.
type served map[rollcall.QueueID][]tally.Label // :: queue -> profiles

func servedBy(d *floor.Directory) served {
	by := make(served)
	for _, r := range d.Profiles.All {
		if r.Profile == nil {
			continue
		}
		for i := range r.Profile.InboundQueues {
			id, label := r.Profile.InboundQueues[i].ID, tally.Label{ID: r.ID, Name: r.Name}
			if !slices.Contains(by[id], label) {
				by[id] = append(by[id], label)
			}
		}
	}
	return by
}

// through gives the contacts that the filters by queue, channel and routing profile
// let through.
func (q *question) through(waiting []rollcall.Wait, by served) []rollcall.Wait {
	return slices.DeleteFunc(slices.Clone(waiting), func(w rollcall.Wait) bool {
		return !among(q.query.Queues, string(w.Queue)) || !among(q.query.Traits.Channels, string(w.Channel)) ||
			len(q.query.RoutingProfiles) > 0 && !slices.ContainsFunc(by[w.Queue], func(l tally.Label) bool { return among(q.query.RoutingProfiles, l.ID) })
	})
}

// waitingGroups sums up who waits by the question's dimensions, and adds the groups
// in which somebody waits and no agent is. It is nil where a dimension is none of
// contacts that wait.
func (q *question) waitingGroups(groups []*tally.Group, waiting []rollcall.Wait, by served, d *floor.Directory) ([]*tally.Group, map[tally.Key]*waits) {
	if len(q.summing.by) == 0 {
		return groups, nil
	}
	for _, dimension := range q.summing.by {
		switch dimension {
		case tally.ByQueue, tally.ByChannel, tally.ByRoutingProfile:
		case tally.ByHierarchyGroup, tally.ByStatus, tally.ByActivity:
			return groups, nil
		}
	}
	sums := make(map[tally.Key]*waits, len(groups))
	for _, g := range groups {
		sums[g.Key()] = new(waits)
	}
	for i := range waiting {
		for _, labels := range q.labelsOf(&waiting[i], by, d) {
			g := &tally.Group{Labels: labels}
			if sums[g.Key()] == nil {
				sums[g.Key()] = new(waits)
				groups = append(groups, g)
			}
			sums[g.Key()].add(&waiting[i])
		}
	}
	slices.SortFunc(groups, tally.CompareGroups)
	return groups, sums
}

// labelsOf are those of the groups in which a contact waits.
func (q *question) labelsOf(w *rollcall.Wait, by served, d *floor.Directory) [][]tally.Label {
	all := [][]tally.Label{{}}
	for _, dimension := range q.summing.by {
		var labels []tally.Label
		switch dimension {
		case tally.ByQueue:
			labels = []tally.Label{{ID: string(w.Queue), Name: queueName(d, w.Queue)}}
		case tally.ByChannel:
			labels = []tally.Label{{Name: string(w.Channel)}}
		case tally.ByRoutingProfile:
			labels = by[w.Queue]
		case tally.ByHierarchyGroup, tally.ByStatus, tally.ByActivity:
		}
		var more [][]tally.Label
		for _, before := range all {
			for _, l := range labels {
				if q.keeps(dimension, l) {
					more = append(more, append(slices.Clip(before), l))
				}
			}
		}
		all = more
	}
	return all
}

// queueName is what events call a queue; empty for one that no event named.
func queueName(d *floor.Directory, id rollcall.QueueID) string {
	if r := d.Queues.Find(string(id)); r != nil {
		return r.Name
	}
	return ""
}
