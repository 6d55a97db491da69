package rollcalltest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"rollcall"
)

// Event is what is now so about one agent. Only Agent must be given; the other
// members have defaults that make an agent who is Available and idle. Ids
// become ARNs inside the server's instance.
type Event struct {
	Agent string    // user id
	Type  string    // LOGIN, LOGOUT, STATE_CHANGE (default) or HEART_BEAT
	At    time.Time // default: the server's time

	Username, FirstName, LastName string // Username: default Agent

	Status      string    // name: default Available, after a LOGOUT Offline
	StatusType  string    // ROUTABLE, CUSTOM or OFFLINE; default: by the name
	StatusSince time.Time // default: At
	NextStatus  string    // name; default: none

	RoutingProfile  string         // id: default "profile"
	Queues          []string       // ids of the profile's queues
	Slots           map[string]int // :: channel -> most contacts; default VOICE 1
	HierarchyGroups []string       // ids, level one first, at most five

	Contacts []Contact
}

// Contact is a contact that the agent has.
type Contact struct {
	ID               string
	Channel          string    // default VOICE
	State            string    // default CONNECTED
	Since            time.Time // entered State; default: the event's At
	ConnectedAt      time.Time // default: Since, unless the agent has not yet taken the contact
	InitiationMethod string    // default INBOUND
	Queue            string    // id; default: none
}

// Emit sends events and returns when questions see them.
func (s *Server) Emit(events ...Event) {
	s.tb.Helper()
	documents := make([]string, len(events))
	for i := range events {
		document, err := json.Marshal(s.document(&events[i]))
		if err != nil {
			s.tb.Fatalf("rollcalltest: emit: %v", err)
		}
		documents[i] = string(document)
	}
	s.EmitJSON(documents...)
}

type object = map[string]any

const timestamp = "2006-01-02T15:04:05.000Z"

// document is the event in Amazon's form.
func (s *Server) document(e *Event) object {
	at := e.At
	if at.IsZero() {
		at = s.Now()
	}
	d := object{
		"AWSAccountId": Account, "InstanceARN": s.InstanceARN(), "AgentARN": s.arn(rollcall.TypeAgent, e.Agent),
		"EventId":   fmt.Sprintf("event-%d", s.events.Add(1)),
		"EventType": cmp.Or(e.Type, "STATE_CHANGE"), "EventTimestamp": at.UTC().Format(timestamp), "Version": "2017-10-01",
	}
	contacts := make([]object, len(e.Contacts))
	for i := range e.Contacts {
		contacts[i] = s.contact(&e.Contacts[i], at)
	}
	d["CurrentAgentSnapshot"] = object{
		"AgentStatus": s.status(e, at), "NextAgentStatus": s.nextStatus(e, at),
		"Configuration": object{
			"Username": cmp.Or(e.Username, e.Agent), "FirstName": e.FirstName, "LastName": e.LastName,
			"RoutingProfile": s.routingProfile(e), "AgentHierarchyGroups": s.hierarchy(e),
		},
		"Contacts": contacts,
	}
	return d
}

func (s *Server) arn(kind, id string) string { return s.instance().Child(kind, id).String() }

func (s *Server) named(kind, id string) object {
	return object{"ARN": s.arn(kind, id), "Name": id}
}

func (s *Server) status(e *Event, at time.Time) object {
	name, since := e.Status, at
	switch {
	case name != "":
	case e.Type == string(rollcall.EventLogout):
		name = "Offline"
	default:
		name = "Available"
	}
	if !e.StatusSince.IsZero() {
		since = e.StatusSince
	}
	status := s.named(rollcall.TypeAgentStatus, name)
	status["StartTimestamp"] = since.UTC().Format(timestamp)
	if e.StatusType != "" {
		status["Type"] = e.StatusType
	}
	return status
}

func (s *Server) nextStatus(e *Event, at time.Time) any {
	if e.NextStatus == "" {
		return nil
	}
	next := s.named(rollcall.TypeAgentStatus, e.NextStatus)
	next["EnqueuedTimestamp"] = at.UTC().Format(timestamp)
	return next
}

func (s *Server) routingProfile(e *Event) object {
	queues := make([]object, len(e.Queues))
	for i, q := range e.Queues {
		queues[i] = s.named(rollcall.TypeQueue, q)
	}
	slots := e.Slots
	if slots == nil {
		slots = map[string]int{string(rollcall.ChannelVoice): 1}
	}
	concurrency := []object{}
	for _, channel := range slices.Sorted(maps.Keys(slots)) {
		used := 0
		for i := range e.Contacts {
			if cmp.Or(e.Contacts[i].Channel, string(rollcall.ChannelVoice)) == channel {
				used++
			}
		}
		concurrency = append(concurrency, object{"Channel": channel, "MaximumSlots": slots[channel], "AvailableSlots": max(0, slots[channel]-used)})
	}
	profile := s.named(rollcall.TypeRoutingProfile, cmp.Or(e.RoutingProfile, "profile"))
	profile["InboundQueues"], profile["Concurrency"] = queues, concurrency
	return profile
}

func (s *Server) hierarchy(e *Event) any {
	if len(e.HierarchyGroups) == 0 {
		return nil
	}
	path := object{}
	for i, g := range e.HierarchyGroups {
		path["Level"+strconv.Itoa(i+1)] = s.named(rollcall.TypeHierarchyGroup, g)
	}
	return path
}

func (s *Server) contact(c *Contact, at time.Time) object {
	since := c.Since
	if since.IsZero() {
		since = at
	}
	state := cmp.Or(c.State, "CONNECTED")
	o := object{
		"ContactId": c.ID, "Channel": cmp.Or(c.Channel, string(rollcall.ChannelVoice)), "State": state,
		"InitiationMethod": cmp.Or(c.InitiationMethod, "INBOUND"), "StateStartTimestamp": since.UTC().Format(timestamp),
	}
	switch connected := c.ConnectedAt; {
	case !connected.IsZero():
		o["ConnectedToAgentTimestamp"] = connected.UTC().Format(timestamp)
	case state == "CONNECTED" || state == "CONNECTED_ONHOLD" || state == "ENDED" || state == "PAUSED":
		o["ConnectedToAgentTimestamp"] = since.UTC().Format(timestamp)
	}
	if c.Queue != "" {
		o["Queue"] = s.named(rollcall.TypeQueue, c.Queue)
	}
	return o
}
