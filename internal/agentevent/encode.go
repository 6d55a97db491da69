package agentevent

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// AppendDocument appends an agent event document that says what e does, in
// Amazon Connect's form. Decode makes e of it again, but for what no document
// can say: ids without an ARN. It has no PreviousAgentSnapshot, and is compact.
func AppendDocument(dst []byte, e *rollcall.Event) []byte {
	w := writer{dst}
	w.open('{')
	w.text("AWSAccountId", e.Instance.Account)
	w.text("AgentARN", e.AgentARN)
	if e.Snapshot != nil {
		w.name("CurrentAgentSnapshot")
		w.snapshot(e.Snapshot)
	}
	w.text("EventId", string(e.ID))
	w.instant("EventTimestamp", e.At)
	w.text("EventType", string(e.Type))
	w.text("InstanceARN", e.Instance.String())
	w.text("Version", "2017-10-01")
	w.close('}')
	return w.dst[:len(w.dst)-1] // without the comma for what would follow
}

// writer appends JSON. Members without a value are left out.
type writer struct{ dst []byte }

func (w *writer) open(bracket byte) { w.dst = append(w.dst, bracket) }

// close ends an object or a list, whose last member left a comma.
func (w *writer) close(bracket byte) {
	if last := len(w.dst) - 1; w.dst[last] == ',' {
		w.dst = w.dst[:last]
	}
	w.dst = append(w.dst, bracket, ',')
}

func (w *writer) name(name string) {
	w.dst = append(append(append(w.dst, '"'), name...), '"', ':')
}

// quote appends a string. What is no UTF-8 becomes U+FFFD.
func (w *writer) quote(s string) {
	w.dst, _ = jsontext.AppendQuote(w.dst, s)
	w.dst = append(w.dst, ',')
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		w.quote(value)
	}
}

func (w *writer) number(name string, n float64) {
	w.name(name)
	w.dst = append(strconv.AppendFloat(w.dst, n, 'f', -1, 64), ',')
}

func (w *writer) instant(name string, at time.Time) {
	if at.IsZero() {
		return
	}
	layout := "2006-01-02T15:04:05.000Z07:00" // as Amazon Connect writes it
	if at.Nanosecond()%int(time.Millisecond) != 0 {
		layout = time.RFC3339Nano
	}
	w.name(name)
	w.dst = append(at.UTC().AppendFormat(append(w.dst, '"'), layout), '"', ',')
}

// named writes what an ARN and a name stand for. An id without an ARN stands in
// the ARN's place, as in the samples that have such.
func (w *writer) named(id, arn, name string) {
	if arn == "" {
		arn = id
	}
	w.text("ARN", arn)
	w.text("Name", name)
}

func (w *writer) snapshot(s *rollcall.Snapshot) {
	w.open('{')
	if s.Status != nil {
		w.name("AgentStatus")
		w.open('{')
		w.named(string(s.Status.ID), s.Status.ARN, s.Status.Name)
		w.instant("StartTimestamp", s.Status.StartedAt)
		w.text("Type", string(s.Status.Type))
		w.close('}')
	}
	if s.Configuration != nil || len(s.Concurrency) > 0 {
		w.name("Configuration")
		w.configuration(s)
	}
	w.name("Contacts")
	w.open('[')
	for i := range s.Contacts {
		w.contact(&s.Contacts[i])
	}
	w.close(']')
	if s.Next != nil {
		w.name("NextAgentStatus")
		w.open('{')
		w.named(string(s.Next.ID), s.Next.ARN, s.Next.Name)
		w.instant("EnqueuedTimestamp", s.Next.EnqueuedAt)
		w.close('}')
	}
	w.close('}')
}

func (w *writer) configuration(s *rollcall.Snapshot) {
	c := s.Configuration
	if c == nil {
		c = new(rollcall.Configuration)
	}
	w.open('{')
	if c.Hierarchy != nil {
		w.name("AgentHierarchyGroups")
		w.open('{')
		for i, g := range c.Hierarchy {
			if g != (rollcall.HierarchyGroup{}) {
				w.name("Level" + strconv.Itoa(i+1))
				w.open('{')
				w.named(string(g.ID), g.ARN, g.Name)
				w.close('}')
			}
		}
		w.close('}')
	}
	w.text("FirstName", c.FirstName)
	w.text("LastName", c.LastName)
	if len(c.Proficiencies) > 0 {
		w.name("Proficiencies")
		w.open('[')
		for _, p := range c.Proficiencies {
			w.open('{')
			w.text("Name", p.Name)
			w.number("ProficiencyLevel", p.Level)
			w.text("Value", p.Value)
			w.close('}')
		}
		w.close(']')
	}
	if c.RoutingProfile != nil || len(s.Concurrency) > 0 {
		w.name("RoutingProfile")
		w.routingProfile(c.RoutingProfile, s.Concurrency)
	}
	w.text("Username", c.Username)
	w.close('}')
}

func (w *writer) routingProfile(p *rollcall.RoutingProfile, concurrency []rollcall.Concurrency) {
	if p == nil {
		p = new(rollcall.RoutingProfile)
	}
	w.open('{')
	w.named(string(p.ID), p.ARN, p.Name)
	if len(concurrency) > 0 {
		w.name("Concurrency")
		w.open('[')
		for _, c := range concurrency {
			w.open('{')
			w.number("AvailableSlots", float64(c.AvailableSlots))
			w.text("Channel", string(c.Channel))
			w.number("MaximumSlots", float64(c.MaximumSlots))
			w.close('}')
		}
		w.close(']')
	}
	if p.DefaultOutboundQueue != nil {
		w.name("DefaultOutboundQueue")
		w.queue(p.DefaultOutboundQueue)
	}
	w.name("InboundQueues")
	w.open('[')
	for i := range p.InboundQueues {
		w.queue(&p.InboundQueues[i])
	}
	w.close(']')
	w.close('}')
}

func (w *writer) queue(q *rollcall.Queue) {
	w.open('{')
	w.named(string(q.ID), q.ARN, q.Name)
	if len(q.Channels) > 0 {
		w.name("Channels")
		w.open('[')
		for _, c := range q.Channels {
			w.quote(string(c))
		}
		w.close(']')
	}
	w.close('}')
}

func (w *writer) contact(c *rollcall.Contact) {
	w.open('{')
	w.text("Channel", string(c.Channel))
	w.instant("ConnectedToAgentTimestamp", c.ConnectedToAgentAt)
	w.text("ContactId", string(c.ID))
	w.text("InitialContactId", string(c.InitialID))
	w.text("InitiationMethod", c.InitiationMethod)
	if c.Queue != nil {
		w.name("Queue")
		w.queue(c.Queue)
	}
	w.instant("QueueTimestamp", c.QueuedAt)
	w.text("State", c.StateName())
	w.instant("StateStartTimestamp", c.StateStartedAt)
	w.close('}')
}
