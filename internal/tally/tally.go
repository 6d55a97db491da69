// Package tally sums up agents: how many do what, in all and by group. It is a
// pure function of rows that are all of one version of the floor, so that the
// numbers never disagree with them.
//
// The definitions are those of Amazon Connect's real-time metrics ("Real-time
// metrics definitions" in its Administrator Guide): an agent counts as on
// contact whatever the status, and as non-productive in a custom status, so that
// one may be both; after contact work counts contacts and not agents.
package tally

import (
	"time"

	"rollcall"
)

// Standing is Amazon's numbers of agents.
type Standing struct {
	Online        int // whose status is not Offline
	Staffed       int // whose status is routable
	Available     int // whose status is routable, and who have no contact
	OnContact     int // with a contact that is active
	NonProductive int // in a custom status
	Error         int // with a contact that was missed, rejected or failed
}

// add counts n agents who have that status and those contacts.
func (s *Standing) add(n int, status *rollcall.Status, contacts, active, failed int) {
	routable := status.Type == rollcall.StatusRoutable
	s.Online += n * one(status.Known() && status.Type != rollcall.StatusOffline)
	s.Staffed += n * one(routable)
	s.Available += n * one(routable && contacts == 0)
	s.OnContact += n * one(active > 0)
	s.NonProductive += n * one(status.Type.Nearest() == rollcall.StatusCustom)
	s.Error += n * one(failed > 0)
}

// Counts are the numbers of some agents.
type Counts struct {
	Agents int // all of them
	Standing

	ByActivity map[string]int      // :: rollcall.Agent.ActivityName -> agents
	Longest    map[string]Sighting // :: the same -> who has been doing it longest
	NotHeard   Sighting            // who of those online was last heard of longest ago

	Contacts         int
	ByState          map[string]int // :: rollcall.Contact.StateName -> contacts
	ByChannel        map[rollcall.Channel]int
	AfterContactWork int // contacts

	Slots map[rollcall.Channel]Slots
}

// Slots are how many contacts agents may have, could take, and have.
type Slots struct {
	Maximum   int
	Available int // 0 for an agent who is not routable
	Active    int
}

// Sighting is an agent and an instant. The zero Sighting is nobody.
type Sighting struct {
	Agent rollcall.AgentID
	Since time.Time
}

// earlier takes the agent if it has no other, or one of a later instant. Of one
// instant the first stays.
func (s *Sighting) earlier(id rollcall.AgentID, since time.Time) {
	if s.Agent == "" || since.Before(s.Since) {
		*s = Sighting{id, since}
	}
}

// Scope is what of an agent counts in a group: contacts of the queue alone, and
// contacts and slots of the channel alone. The zero Scope is everything.
type Scope struct {
	Queue   rollcall.QueueID
	Channel rollcall.Channel
}

// Add counts the agent.
func (c *Counts) Add(a *rollcall.Agent, in Scope) {
	c.Agents++
	if a.Status.Known() && a.Status.Type != rollcall.StatusOffline {
		c.NotHeard.earlier(a.ID, a.EventAt)
	}
	c.addActivity(a)
	active, failed := 0, 0
	for i := range a.Contacts {
		contact := &a.Contacts[i]
		active += one(contact.Active())
		failed += one(contact.Failed())
		c.addContact(contact, in)
	}
	c.add(1, &a.Status, len(a.Contacts), active, failed)
	c.addSlots(a, in, a.Status.Type == rollcall.StatusRoutable)
}

func (c *Counts) addActivity(a *rollcall.Agent) {
	if c.ByActivity == nil {
		c.ByActivity, c.Longest = make(map[string]int), make(map[string]Sighting)
	}
	name := a.ActivityName()
	c.ByActivity[name]++
	longest := c.Longest[name]
	longest.earlier(a.ID, a.ActivitySince())
	c.Longest[name] = longest
}

func (c *Counts) addContact(contact *rollcall.Contact, in Scope) {
	if in.Queue != "" && (contact.Queue == nil || contact.Queue.ID != in.Queue) ||
		in.Channel != "" && contact.Channel != in.Channel {
		return
	}
	if c.ByState == nil {
		c.ByState, c.ByChannel = make(map[string]int), make(map[rollcall.Channel]int)
	}
	c.Contacts++
	c.ByState[contact.StateName()]++
	c.ByChannel[contact.Channel]++
	c.AfterContactWork += one(contact.State == rollcall.StateEnded)
}

func (c *Counts) addSlots(a *rollcall.Agent, in Scope, routable bool) {
	var few [8]rollcall.Slots
	for _, s := range a.AppendSlots(few[:0]) {
		if in.Channel != "" && s.Channel != in.Channel {
			continue
		}
		if c.Slots == nil {
			c.Slots = make(map[rollcall.Channel]Slots)
		}
		sum := c.Slots[s.Channel]
		sum.Maximum += s.Maximum
		sum.Active += s.Active
		if routable {
			sum.Available += s.Available
		}
		c.Slots[s.Channel] = sum
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
