package floor

import (
	"strings"
	"time"

	"rollcall"
)

// row is what the floor keeps of one agent: its state in a compact form, from
// which agent makes the rollcall.Agent, and its encoded answer. A row is
// immutable. What many agents have in common is shared between their rows (see
// shared); the words that are the agent's alone lie in one string, behind its
// id and its answer's values. So a row takes less than half of what the
// rollcall.Agent would, the garbage collector has less to follow, and whoever
// wants the row waits for two places in memory.
type row struct {
	answer      Answer                   // no bytes when nobody encodes; its text begins with the id, and goes on with what appendWords wrote
	status      *rollcall.Status         // shared; without its start
	next        *rollcall.NextStatus     // nil when there is none
	profile     *rollcall.RoutingProfile // shared; nil when not known
	hierarchy   *rollcall.HierarchyPath  // shared; nil when in no group
	eventType   rollcall.EventType
	concurrency []rollcall.Concurrency // shared
	contacts    []rollcall.Contact

	statusSeconds, eventSeconds int64 // since 1970, of Status.StartedAt and EventAt
	statusNanos, eventNanos     int32
	ordinal                     uint32
	bytes                       uint32 // its price, see priceOfRow
}

// newRow packs an agent, to whom it gives shared values in the place of equal
// ones. was is the row before, nil if there is none, agents is what the ARNs of
// the instance's agents begin with, and t is the agent's answer.
func newRow(a *rollcall.Agent, was *row, in *shared, agents string, t *Text) *row {
	r := &row{
		eventType: a.EventType, next: a.Next, profile: a.Configuration.RoutingProfile, hierarchy: a.Configuration.Hierarchy,
		concurrency: a.Concurrency, contacts: a.Contacts,
		ordinal: a.Ordinal,
	}
	r.setStatusAt(a.Status.StartedAt)
	r.setEventAt(a.EventAt)
	if was != nil && sameStatus(was.status, &a.Status) {
		r.status = was.status
	} else {
		r.status = new(rollcall.Status)
		*r.status = a.Status
		r.status.StartedAt = time.Time{}
	}
	in.hold(r, was)
	a.Configuration.RoutingProfile, a.Configuration.Hierarchy, a.Concurrency = r.profile, r.hierarchy, r.concurrency
	own := len(t.own)
	t.own = appendWords(t.own, a, agents)
	r.answer = t.answer(own)
	r.bytes = uint32(priceOfRow(r))
	return r
}

// setWords is for a row without them: its id and answer are what t is.
func (r *row) setWords(words string, t *Text) {
	own := len(t.own)
	t.own = append(t.own, words...)
	r.answer = t.answer(own)
}

func (r *row) id() rollcall.AgentID {
	c := cursor{rest: r.answer.text}
	return rollcall.AgentID(c.word())
}

// words gives the id, and what appendWords wrote.
func (r *row) words() (id rollcall.AgentID, words string) {
	return r.id(), r.answer.text[r.answer.own:]
}

// agent makes the rollcall.Agent, with its instants in UTC.
func (r *row) agent(agents string) *rollcall.Agent {
	a := new(rollcall.Agent)
	id, words := r.words()
	r.fill(a, id, words, agents)
	return a
}

// fill makes a, which is zero, the rollcall.Agent, and tells whether the words
// are such as appendWords writes.
func (r *row) fill(a *rollcall.Agent, id rollcall.AgentID, words, agents string) bool {
	a.ID, a.Ordinal, a.Next = id, r.ordinal, r.next
	a.Status = *r.status
	a.Status.StartedAt = r.statusAt()
	a.Configuration.RoutingProfile, a.Configuration.Hierarchy = r.profile, r.hierarchy
	a.Concurrency, a.Contacts = r.concurrency, r.contacts
	a.EventAt, a.EventType = r.eventAt(), r.eventType
	c := cursor{rest: words}
	c.words(a, agents)
	return !c.bad && c.rest == ""
}

func (r *row) statusAt() time.Time { return time.Unix(r.statusSeconds, int64(r.statusNanos)).UTC() }
func (r *row) eventAt() time.Time  { return time.Unix(r.eventSeconds, int64(r.eventNanos)).UTC() }

func (r *row) setStatusAt(at time.Time) {
	r.statusSeconds, r.statusNanos = at.Unix(), int32(at.Nanosecond())
}

func (r *row) setEventAt(at time.Time) {
	r.eventSeconds, r.eventNanos = at.Unix(), int32(at.Nanosecond())
}

// appendWords appends what is the agent's alone and needed seldom: ARN (nothing where it follows from the id, as it does but for odd
// spellings), names, proficiencies, event ids, when it was set up so, and a 1 if an
// event named the agent's own queue. In this form, and without the last or the
// last two in those of old, snapshots hold it.
func appendWords(dst []byte, a *rollcall.Agent, agents string) []byte {
	arn := a.ARN
	if rest, ok := strings.CutPrefix(arn, agents); ok && rest == string(a.ID) {
		arn = ""
	}
	c := &a.Configuration
	for _, word := range [...]string{arn, c.Username, c.FirstName, c.LastName} {
		dst = appendWord(dst, word)
	}
	dst = appendCount(dst, len(c.Proficiencies), c.Proficiencies == nil)
	for _, p := range c.Proficiencies {
		dst = appendFloat(appendWord(appendWord(dst, p.Name), p.Value), p.Level)
	}
	dst = appendCount(dst, len(a.EventIDs), a.EventIDs == nil)
	for _, id := range a.EventIDs {
		dst = appendWord(dst, string(id))
	}
	if dst = appendInstant(dst, a.ConfiguredAt); a.OwnQueue {
		dst = append(dst, 1)
	}
	return dst
}

// words reads into a, which has its ID, what appendWords wrote.
func (c *cursor) words(a *rollcall.Agent, agents string) {
	if a.ARN = c.word(); a.ARN == "" {
		a.ARN = agents + string(a.ID)
	}
	to := &a.Configuration
	to.Username, to.FirstName, to.LastName = c.word(), c.word(), c.word()
	to.Proficiencies = list(c, func() rollcall.Proficiency {
		return rollcall.Proficiency{Name: c.word(), Value: c.word(), Level: c.float()}
	})
	a.EventIDs = list(c, func() rollcall.EventID { return rollcall.EventID(c.word()) })
	if c.rest != "" {
		a.ConfiguredAt = c.instant()
	}
	if c.rest != "" {
		a.OwnQueue = c.byte() == 1
	}
}
