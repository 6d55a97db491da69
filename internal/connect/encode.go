package connect

import (
	"slices"
	"strconv"
	"strings"

	"rollcall"
	"rollcall/internal/floor"
)

// EncodeUserData writes an agent as one element of UserDataList to t, which has
// begun the agent's answer. instance is the one that the agent is in; it makes
// the ARNs that the agent's events didn't have. What other agents' answers have,
// too, is in forms that they share.
//
// Always there, even when empty: User, RoutingProfile, Status, the three slot
// maps and Contacts. Left out when there is nothing to say: HierarchyPath and
// its deeper levels, NextStatus, instants that are not known, a contact's
// Queue. Nothing is ever null. Source: Amazon Connect API Reference, UserData.
func EncodeUserData(t *floor.Text, a *rollcall.Agent, instance rollcall.ARN) {
	w := rowWriter{Text: t, instance: instance}
	w.row(a)
}

// EncodeNamedUserData is EncodeUserData with further members, for who asks for
// names: what the agent, profile, groups and queues are called, the status' type,
// and what the agent is doing since when. SDKs ignore them.
func EncodeNamedUserData(t *floor.Text, a *rollcall.Agent, instance rollcall.ARN) {
	w := rowWriter{Text: t, instance: instance, named: true}
	w.row(a)
}

func (w *rowWriter) row(a *rollcall.Agent) {
	w.who(a)
	w.state(a)
	w.contacts(a.Contacts)
	if a.Next != nil {
		w.ownString("NextStatus", a.Next.Name)
	}
	if w.named {
		w.ownString("Activity", a.ActivityName())
		var room [32]byte
		w.own("ActivitySince", jsonSeconds(room[:0], a.ActivitySince()))
	}
	w.close('}')
}

// who writes the user, the routing profile and the hierarchy path, and begins
// the status. All of a team have that in common, but for their ids.
func (w *rowWriter) who(a *rollcall.Agent) {
	id, arn := string(a.ID), w.arn(a.ARN, rollcall.TypeAgent, string(a.ID))
	prefix, usual := strings.CutSuffix(arn, id)
	usual = usual && prefix == w.Agents && prefix != "" && isPlain(id)
	w.open('{')
	w.name("User")
	w.open('{')
	if usual {
		w.endingWithID("Id", "")
		w.endingWithID("Arn", prefix)
	} else {
		w.ownString("Id", id)
		w.ownString("Arn", arn)
	}
	if w.named {
		w.ownString("Username", a.Configuration.Username)
		w.ownString("Name", a.Name())
	}
	w.close('}')
	w.name("RoutingProfile")
	w.open('{')
	if p := a.Configuration.RoutingProfile; p != nil {
		w.reference(string(p.ID), p.ARN, rollcall.TypeRoutingProfile)
		w.label(p.Name)
	}
	w.close('}')
	w.hierarchyPath(a.Configuration.Hierarchy)
	w.name("Status")
	w.open('{')
	w.Share()
}

// reference writes the members "Id" and "Arn".
func (w *rowWriter) reference(id, arn, resourceType string) {
	w.string("Id", id)
	w.string("Arn", w.arn(arn, resourceType, id))
}

// label writes what a resource is called, for who asks for names.
func (w *rowWriter) label(name string) {
	if w.named {
		w.string("Name", name)
	}
}

// arn is the ARN, or the one that follows from the id where events had none.
func (w *rowWriter) arn(arn, resourceType, id string) string {
	if arn == "" && id != "" {
		return w.instance.Child(resourceType, id).String()
	}
	return arn
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
			w.open('{')
			w.reference(string(group.ID), group.ARN, rollcall.TypeHierarchyGroup)
			w.label(group.Name)
			w.close('}')
		}
	}
	w.close('}')
}

// state writes the rest of the status and the slots, and begins the contacts.
func (w *rowWriter) state(a *rollcall.Agent) {
	var room [32]byte
	started := jsonSeconds(room[:0], a.Status.StartedAt)
	w.own("StatusStartTimestamp", started)
	w.string("StatusArn", w.arn(a.Status.ARN, rollcall.TypeAgentStatus, string(a.Status.ID)))
	w.string("StatusName", a.Status.Name)
	if w.named {
		w.string("StatusType", string(a.Status.Type.Nearest()))
	}
	w.close('}')
	w.slots(a)
	w.name("Contacts")
	w.open('[')
	w.Share()
}

// slots writes the three maps from channel to count. A channel outside the
// routing profile can be active, and has no maximum and nothing available.
func (w *rowWriter) slots(a *rollcall.Agent) {
	var few [8]rollcall.Slots // most agents have fewer
	all := a.AppendSlots(few[:0])
	profile := all[:len(a.Concurrency)]
	w.channels("AvailableSlotsByChannel", profile, func(s rollcall.Slots) int { return s.Available })
	w.channels("MaxSlotsByChannel", profile, func(s rollcall.Slots) int { return s.Maximum })
	w.channels("ActiveSlotsByChannel", all, func(s rollcall.Slots) int { return s.Active })
}

func (w *rowWriter) channels(name string, slots []rollcall.Slots, count func(rollcall.Slots) int) {
	w.name(name)
	w.open('{')
	for i := range slots {
		channel := slots[i].Channel
		if channel == "" || slices.ContainsFunc(slots[:i], func(s rollcall.Slots) bool { return s.Channel == channel }) {
			continue // an event with a flaw; a name may stand only once in an object
		}
		w.next()
		w.Form = append(appendString(w.Form, string(channel)), ':')
		w.Form = strconv.AppendInt(w.Form, int64(count(slots[i])), 10)
	}
	w.close('}')
}

// contacts writes the contacts and ends them.
func (w *rowWriter) contacts(contacts []rollcall.Contact) {
	for i := range contacts {
		w.contact(&contacts[i], i == 0)
	}
	w.close(']')
}

func (w *rowWriter) contact(c *rollcall.Contact, first bool) {
	var rooms [3][64]byte
	id := jsonString(rooms[0][:0], string(c.ID))
	since := jsonSeconds(rooms[1][:0], c.ShownStateStartedAt)
	connected := jsonSeconds(rooms[2][:0], c.ConnectedToAgentAt)
	w.begun = !first
	w.next()
	w.open('{')
	w.own("ContactId", id)
	w.string("Channel", string(c.Channel))
	w.string("InitiationMethod", c.InitiationMethod)
	w.string("AgentContactState", c.State.Shown().String())
	w.own("StateStartTimestamp", since)
	w.own("ConnectedToAgentTimestamp", connected)
	w.Share()
	if c.Queue != nil {
		w.queue(c.Queue)
	}
	w.close('}')
}

// queue writes a contact's queue.
func (w *rowWriter) queue(q *rollcall.Queue) {
	w.name("Queue")
	w.open('{')
	if q.Agent { // nobody has it but the agent
		w.ownString("Id", string(q.ID))
		w.ownString("Arn", w.arn(q.ARN, rollcall.TypeAgentQueue, string(q.ID)))
	} else {
		w.reference(string(q.ID), q.ARN, rollcall.TypeQueue)
		w.label(q.Name)
	}
	w.close('}')
}
