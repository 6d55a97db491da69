package agentevent

import (
	"strconv"

	"rollcall"
)

// event reads one document. What it returns holds only if there is neither an
// error nor a fault afterwards.
func (r *reader) event() rollcall.Event {
	var e rollcall.Event
	at := r.base + int64(r.next())
	if !r.object() {
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
	r.require(&e, at, instance)
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
	e.Instance = e.Agent.InstanceARN()
	if instance != nil && *instance != e.Instance {
		r.refuseAt(at, "AgentARN", "found an agent of "+rollcall.Shorten(e.Instance.String())+
			", expected one of InstanceARN, "+rollcall.Shorten(instance.String()))
	}
}

// skipPrevious reads over PreviousAgentSnapshot and notes where it stands,
// beginning with its name, which was read just before.
func (r *reader) skipPrevious() {
	from := r.valueAt - r.base
	r.raw()
	r.cut = span{int(from), int(r.json.InputOffset())}
}

const agentARN = "the ARN of an agent, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE/agent/AGENT"

// agent reads AgentARN.
func (r *reader) agent(e *rollcall.Event) {
	text := r.text()
	if len(text) == 0 {
		return
	}
	name, ok := seen.agents.find(text)
	if !ok {
		name.text = string(text)
		name.arn, ok = rollcall.ParseARN(name.text)
		if !ok || name.arn.Type != rollcall.TypeAgent {
			r.refuse("found " + strconv.Quote(rollcall.Shorten(name.text)) + ", expected " + agentARN)
			return
		}
		seen.agents.keep(text, name.text, name)
	}
	e.AgentARN, e.Agent = name.text, name.arn
}

// instance reads InstanceARN; nil when there is none.
func (r *reader) instance() *rollcall.ARN {
	word := r.word()
	if word == "" {
		return nil
	}
	arn, ok := rollcall.ParseARN(word)
	if !ok || arn.Type != "" {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(word)) +
			", expected the ARN of an instance, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE")
		return nil
	}
	return &arn
}

func (r *reader) eventID() rollcall.EventID {
	id := string(r.text())
	if id != "" && !rollcall.ValidID(id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(id)) + ", expected " + validID)
	}
	return rollcall.EventID(id)
}

const eventTypes = "LOGIN, LOGOUT, STATE_CHANGE or HEART_BEAT"

func (r *reader) eventType() rollcall.EventType {
	t := rollcall.EventType(r.word())
	switch t {
	case "", rollcall.EventLogin, rollcall.EventLogout, rollcall.EventStateChange, rollcall.EventHeartBeat:
		return t
	case rollcall.EventForgetAgent, rollcall.EventRemoveInstance: // ours alone to make, see AppendControl
	}
	r.refuse("found " + strconv.Quote(rollcall.Shorten(string(t))) + ", expected " + eventTypes)
	return ""
}
