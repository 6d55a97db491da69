package connect

import (
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/floor"
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
	w := rowWriter{dst: append(t.Bytes, '{'), text: t, instance: instance}
	w.name("User")
	w.reference(string(a.ID), a.ARN, rollcall.TypeAgent)
	from := len(w.dst)
	w.configuration(&a.Configuration)
	w.name("Status")
	w.dst = append(w.dst, '{')
	w.shareFrom(from)
	w.instant("StatusStartTimestamp", a.Status.StartedAt)
	from = len(w.dst)
	w.statusName(&a.Status)
	w.slots(a)
	w.shareFrom(from)
	w.contacts(a.Contacts)
	if a.Next != nil {
		w.string("NextStatus", a.Next.Name)
	}
	t.Bytes = append(w.dst, '}')
}

// rowWriter appends JSON members to dst. Names are constants that need no
// escapes.
type rowWriter struct {
	dst      []byte
	text     *floor.Text // for marks alone, until dst is done
	instance rollcall.ARN
}

// shareFrom marks all from there on as what others have, too.
func (w *rowWriter) shareFrom(from int) { w.text.Share(from, len(w.dst)) }

// name begins a member of the innermost object.
func (w *rowWriter) name(name string) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(w.dst, '"')
	w.dst = append(w.dst, name...)
	w.dst = append(w.dst, '"', ':')
}

// string writes a member unless it is empty.
func (w *rowWriter) string(name, value string) {
	if value == "" {
		return
	}
	w.name(name)
	w.dst = appendString(w.dst, value)
}

// instant writes a member unless the instant isn't known.
func (w *rowWriter) instant(name string, at time.Time) {
	if at.IsZero() {
		return
	}
	w.name(name)
	w.dst = appendEpochSeconds(w.dst, at)
}

// reference writes {"Id":…,"Arn":…}.
func (w *rowWriter) reference(id, arn, resourceType string) {
	if arn == "" && id != "" {
		arn = w.instance.Child(resourceType, id).String()
	}
	w.dst = append(w.dst, '{')
	w.string("Id", id)
	w.string("Arn", arn)
	w.dst = append(w.dst, '}')
}

// configuration writes the routing profile and the hierarchy path.
func (w *rowWriter) configuration(c *rollcall.Configuration) {
	w.name("RoutingProfile")
	if p := c.RoutingProfile; p != nil {
		w.reference(string(p.ID), p.ARN, rollcall.TypeRoutingProfile)
	} else {
		w.dst = append(w.dst, "{}"...)
	}
	w.hierarchyPath(c.Hierarchy)
}

var levelNames = [rollcall.HierarchyLevels]string{"LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"}

func (w *rowWriter) hierarchyPath(path *rollcall.HierarchyPath) {
	if path == nil || *path == (rollcall.HierarchyPath{}) {
		return
	}
	w.name("HierarchyPath")
	w.dst = append(w.dst, '{')
	for i := range path {
		if group := &path[i]; group.ID != "" {
			w.name(levelNames[i])
			w.reference(string(group.ID), group.ARN, rollcall.TypeHierarchyGroup)
		}
	}
	w.dst = append(w.dst, '}')
}

// statusName ends the status.
func (w *rowWriter) statusName(s *rollcall.Status) {
	arn := s.ARN
	if arn == "" && s.ID != "" {
		arn = w.instance.Child(rollcall.TypeAgentStatus, string(s.ID)).String()
	}
	w.string("StatusArn", arn)
	w.string("StatusName", s.Name)
	w.dst = append(w.dst, '}')
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
	w.dst = append(w.dst, '{')
	for i := range slots {
		channel := slots[i].Channel
		if channel == "" || slices.ContainsFunc(slots[:i], func(s rollcall.Slots) bool { return s.Channel == channel }) {
			continue // an event with a flaw; a name may stand only once in an object
		}
		if w.dst[len(w.dst)-1] != '{' {
			w.dst = append(w.dst, ',')
		}
		w.dst = append(appendString(w.dst, string(channel)), ':')
		w.dst = strconv.AppendInt(w.dst, int64(count(&slots[i])), 10)
	}
	w.dst = append(w.dst, '}')
}

func (w *rowWriter) contacts(contacts []rollcall.Contact) {
	w.name("Contacts")
	w.dst = append(w.dst, '[')
	for i := range contacts {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.contact(&contacts[i])
	}
	w.dst = append(w.dst, ']')
}

func (w *rowWriter) contact(c *rollcall.Contact) {
	w.dst = append(w.dst, '{')
	w.string("ContactId", string(c.ID))
	w.string("Channel", string(c.Channel))
	w.string("InitiationMethod", c.InitiationMethod)
	w.string("AgentContactState", c.State.Shown().String())
	w.instant("StateStartTimestamp", c.ShownStateStartedAt)
	w.instant("ConnectedToAgentTimestamp", c.ConnectedToAgentAt)
	if q := c.Queue; q != nil {
		resourceType := rollcall.TypeQueue
		if q.Agent {
			resourceType = rollcall.TypeAgentQueue
		}
		from := len(w.dst)
		w.name("Queue")
		w.reference(string(q.ID), q.ARN, resourceType)
		if !q.Agent { // else nobody has it but the agent
			w.shareFrom(from)
		}
	}
	w.dst = append(w.dst, '}')
}

// appendString writes a JSON string. What isn't UTF-8 becomes U+FFFD, which is
// what the error of AppendQuote would say; decoding has refused it long before.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
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
