package agentevent

import (
	"bytes"
	"strconv"
	"strings"

	"rollcall"
)

// event reads one document. What it returns holds only if there is neither an
// error nor a fault afterwards.
func (r *reader) event() rollcall.Event {
	var e rollcall.Event
	isObject := r.object()
	r.startAt = r.valueAt
	if !isObject {
		r.refuse("found null, expected an object: an agent event")
		return e
	}
	var instance *rollcall.ARN
	for name := range r.members {
		switch string(name) {
		case "AgentARN":
			r.agent(&e)
		case "InstanceARN":
			instance = r.instance()
		case "EventId":
			e.ID = r.eventID()
		case "EventTimestamp":
			e.At = r.instant()
		case "EventType":
			e.Type = r.eventType()
		case "CurrentAgentSnapshot":
			e.Snapshot = r.snapshot()
		case "PreviousAgentSnapshot":
			r.skipPrevious()
		}
	}
	r.require(&e, r.startAt, instance)
	return e
}

// require checks what only the whole document shows, and derives the instance.
func (r *reader) require(e *rollcall.Event, at int64, instance *rollcall.ARN) {
	if e.AgentARN == "" {
		r.missing(at, "AgentARN", agentARN)
	}
	if e.At.IsZero() {
		r.missing(at, "EventTimestamp", "a timestamp")
	}
	if e.Type == "" {
		r.missing(at, "EventType", eventTypes)
	}
	if instance != nil && *instance != e.Instance {
		r.refuseAt(at, "AgentARN", "found an agent of "+rollcall.Shorten(e.Instance.String())+
			", expected one of InstanceARN, "+rollcall.Shorten(instance.String()))
	}
}

// skipPrevious reads over PreviousAgentSnapshot and notes where it stands,
// beginning with its name, which was read just before. How deep it nests is of
// no account.
func (r *reader) skipPrevious() {
	from, deepest := r.name.from-1, r.deepest
	r.known = r.notes
	r.raw()
	r.known = nil
	r.deepest = deepest
	r.cut = span{from, r.reached()}
}

const agentARN = "the ARN of an agent, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE/agent/AGENT"

// agent reads AgentARN.
func (r *reader) agent(e *rollcall.Event) {
	text := r.text()
	if len(text) == 0 {
		return
	}
	arn := r.keep(text)
	id := rollcall.LastSegment(arn)
	h, ok := seen.homes.find(text[:len(text)-len(id)])
	if !ok {
		if h.agent, ok = rollcall.ParseARN(arn); ok && h.agent.Type == rollcall.TypeAgent {
			h.instance = h.agent.InstanceARN()
			h.instanceARN = h.instance.String()
			seen.homes.keep(strings.Clone(arn[:len(arn)-len(id)]), h)
		}
	}
	if !ok || h.agent.Type != rollcall.TypeAgent || !rollcall.ValidID(id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(arn)) + ", expected " + agentARN)
		return
	}
	r.home = h
	e.AgentARN, e.Agent, e.Instance = arn, h.agent, h.instance
	e.Agent.ID = id
}

// instance reads InstanceARN; nil when there is none, or the agent's.
func (r *reader) instance() *rollcall.ARN {
	text := r.text()
	if len(text) == 0 || !r.careful && string(text) == r.home.instanceARN {
		return nil
	}
	word := string(text)
	arn, ok := rollcall.ParseARN(word)
	if !ok || arn.Type != "" {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(word)) +
			", expected the ARN of an instance, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE")
		return nil
	}
	return &arn
}

func (r *reader) eventID() rollcall.EventID {
	id := r.own()
	if id != "" && !rollcall.ValidID(id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(id)) + ", expected " + validID)
	}
	return rollcall.EventID(id)
}

const eventTypes = "LOGIN, LOGOUT, STATE_CHANGE or HEART_BEAT"

// ownTypes begins the event types that are rollcall's own.
const ownTypes = "ROLLCALL_"

func (r *reader) eventType() rollcall.EventType {
	text := r.text()
	if r.seeds && string(text) == string(rollcall.EventSeed) {
		return rollcall.EventSeed
	}
	switch string(text) {
	case "":
		return ""
	case string(rollcall.EventLogin):
		return rollcall.EventLogin
	case string(rollcall.EventLogout):
		return rollcall.EventLogout
	case string(rollcall.EventStateChange):
		return rollcall.EventStateChange
	case string(rollcall.EventHeartBeat):
		return rollcall.EventHeartBeat
	}
	if bytes.HasPrefix(text, []byte(ownTypes)) { // ours alone to make, see AppendControl
		r.refuse("found " + quoted(text) + ", expected " + eventTypes + ": " + ownTypes + " begins those of rollcall itself")
		return ""
	}
	return rollcall.EventType(r.listed(text))
}

// quoted is a text from outside for a Refusal.
func quoted(text []byte) string { return strconv.Quote(rollcall.Shorten(string(text))) }
