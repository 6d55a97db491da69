package connect

import (
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/plain"
)

// EncodeUserData writes an agent as one element of UserDataList. instance is
// the one that the agent is in; it makes the ARNs that the agent's events
// didn't have. What other agents' answers have, too, is marked as shared.
//
// Always there, even when empty: User, RoutingProfile, Status, the three slot
// maps and Contacts. Left out when there is nothing to say: HierarchyPath and
// its deeper levels, NextStatus, instants that are not known, a contact's
// Queue. Nothing is ever null. Source: Amazon Connect API Reference, UserData.
func EncodeUserData(t *floor.Text, a *rollcall.Agent, instance rollcall.ARN) {
	w := rowWriter{Text: t, instance: instance}
	w.open('{')
	w.name("User")
	w.reference(string(a.ID), a.ARN, rollcall.TypeAgent)
	w.configuration(&a.Configuration)
	w.instant("StatusStartTimestamp", a.Status.StartedAt)
	from := len(w.Own)
	w.statusName(&a.Status)
	w.slots(a)
	w.Share(from)
	w.contacts(a.Contacts)
	if a.Next != nil {
		w.string("NextStatus", a.Next.Name)
	}
	w.close('}')
}

// rowWriter appends JSON members to the text. Names are constants that need no
// escapes.
type rowWriter struct {
	*floor.Text
	instance rollcall.ARN
	begun    bool // the innermost object has a member
}

// open begins an object or a list.
func (w *rowWriter) open(bracket byte) {
	w.Own = append(w.Own, bracket)
	w.begun = false
}

// close ends it.
func (w *rowWriter) close(bracket byte) {
	w.Own = append(w.Own, bracket)
	w.begun = true
}

// next begins a member of the innermost object, or an element of the list.
func (w *rowWriter) next() {
	if w.begun {
		w.Own = append(w.Own, ',')
	}
	w.begun = true
}

func (w *rowWriter) name(name string) {
	w.next()
	w.label(name)
}

// label is the name of a member that next began.
func (w *rowWriter) label(name string) {
	w.Own = append(w.Own, '"')
	w.Own = append(w.Own, name...)
	w.Own = append(w.Own, '"', ':')
}

// string writes a member unless it is empty.
func (w *rowWriter) string(name, value string) {
	if value == "" {
		return
	}
	w.name(name)
	w.Own = appendString(w.Own, value)
}

// instant writes a member unless the instant isn't known.
func (w *rowWriter) instant(name string, at time.Time) {
	if at.IsZero() {
		return
	}
	w.name(name)
	w.Own = appendEpochSeconds(w.Own, at)
}

// reference writes {"Id":…,"Arn":…}.
func (w *rowWriter) reference(id, arn, resourceType string) {
	if arn == "" && id != "" {
		arn = w.instance.Child(resourceType, id).String()
	}
	w.open('{')
	w.string("Id", id)
	w.string("Arn", arn)
	w.close('}')
}

// configuration writes the routing profile and the hierarchy path, and begins
// the status.
func (w *rowWriter) configuration(c *rollcall.Configuration) {
	basis := floor.Basis{Profile: c.RoutingProfile, Hierarchy: c.Hierarchy}
	if w.next(); w.Recall(basis) {
		w.begun = false
		return
	}
	from := len(w.Own)
	w.label("RoutingProfile")
	if p := c.RoutingProfile; p != nil {
		w.reference(string(p.ID), p.ARN, rollcall.TypeRoutingProfile)
	} else {
		w.open('{')
		w.close('}')
	}
	w.hierarchyPath(c.Hierarchy)
	w.name("Status")
	w.open('{')
	w.Remember(basis, from)
}

var levelNames = [rollcall.HierarchyLevels]string{"LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"}

func (w *rowWriter) hierarchyPath(path *rollcall.HierarchyPath) {
	if path == nil || *path == (rollcall.HierarchyPath{}) {
		return
	}
	w.name("HierarchyPath")
	w.open('{')
	for i := range path {
		if group := &path[i]; group.ID != "" {
			w.name(levelNames[i])
			w.reference(string(group.ID), group.ARN, rollcall.TypeHierarchyGroup)
		}
	}
	w.close('}')
}

// statusName ends the status.
func (w *rowWriter) statusName(s *rollcall.Status) {
	arn := s.ARN
	if arn == "" && s.ID != "" {
		arn = w.instance.Child(rollcall.TypeAgentStatus, string(s.ID)).String()
	}
	w.string("StatusArn", arn)
	w.string("StatusName", s.Name)
	w.close('}')
}

// slots writes the three maps from channel to count. A channel outside the
// routing profile can be active, and has no maximum and nothing available.
func (w *rowWriter) slots(a *rollcall.Agent) {
	all := a.Slots()
	profile := all[:len(a.Concurrency)]
	w.channels("AvailableSlotsByChannel", profile, func(s *rollcall.Slots) int { return s.Available })
	w.channels("MaxSlotsByChannel", profile, func(s *rollcall.Slots) int { return s.Maximum })
	w.channels("ActiveSlotsByChannel", all, func(s *rollcall.Slots) int { return s.Active })
}

func (w *rowWriter) channels(name string, slots []rollcall.Slots, count func(*rollcall.Slots) int) {
	w.name(name)
	w.open('{')
	for i := range slots {
		channel := slots[i].Channel
		if channel == "" || slices.ContainsFunc(slots[:i], func(s rollcall.Slots) bool { return s.Channel == channel }) {
			continue // an event with a flaw; a name may stand only once in an object
		}
		w.next()
		w.Own = append(appendString(w.Own, string(channel)), ':')
		w.Own = strconv.AppendInt(w.Own, int64(count(&slots[i])), 10)
	}
	w.close('}')
}

func (w *rowWriter) contacts(contacts []rollcall.Contact) {
	w.name("Contacts")
	w.open('[')
	for i := range contacts {
		w.contact(&contacts[i])
	}
	w.close(']')
}

func (w *rowWriter) contact(c *rollcall.Contact) {
	w.next()
	w.open('{')
	w.string("ContactId", string(c.ID))
	w.string("Channel", string(c.Channel))
	w.string("InitiationMethod", c.InitiationMethod)
	w.string("AgentContactState", c.State.Shown().String())
	w.instant("StateStartTimestamp", c.ShownStateStartedAt)
	w.instant("ConnectedToAgentTimestamp", c.ConnectedToAgentAt)
	w.queue(c.Queue)
	w.close('}')
}

func (w *rowWriter) queue(q *rollcall.Queue) {
	if q == nil {
		return
	}
	if q.Agent { // nobody has it but the agent
		w.name("Queue")
		w.reference(string(q.ID), q.ARN, rollcall.TypeAgentQueue)
		return
	}
	if w.next(); w.Recall(floor.Basis{Queue: q}) {
		return
	}
	from := len(w.Own)
	w.label("Queue")
	w.reference(string(q.ID), q.ARN, rollcall.TypeQueue)
	w.Remember(floor.Basis{Queue: q}, from)
}

// appendString writes a JSON string. What isn't UTF-8 becomes U+FFFD, which is
// what the error of AppendQuote would say; decoding has refused it long before.
func appendString(dst []byte, s string) []byte {
	from := len(dst)
	dst = append(append(append(dst, '"'), s...), '"')
	if plain.End(dst, from+1) < len(dst)-1 {
		dst, _ = jsontext.AppendQuote(dst[:from], s)
	}
	return dst
}

// appendEpochSeconds writes an instant as clients of REST-JSON read it: seconds
// since 1970 as a number, with milliseconds where there are any, never with an
// exponent. It is made of integers, so no digit is lost.
func appendEpochSeconds(dst []byte, at time.Time) []byte {
	ms := at.UnixMilli()
	if ms < 0 {
		dst, ms = append(dst, '-'), -ms
	}
	dst = strconv.AppendInt(dst, ms/1000, 10)
	fraction := ms % 1000
	if fraction == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
