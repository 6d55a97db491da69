package connect_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
	"rollcall/internal/sigv4"
)

// noon is when tests begin.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var support = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}

// newFloors makes floors from events of one journal.
func newFloors(epoch rollcall.Epoch, events ...*rollcall.Event) *floor.Floors {
	f := floor.New(floor.Options{Encode: connect.EncodeUserData})
	apply(f, epoch, 1, events...)
	return f
}

// apply applies events as a pack of the journal.
func apply(f *floor.Floors, epoch rollcall.Epoch, pack uint64, events ...*rollcall.Event) {
	records := make([]rollcall.Record, len(events))
	for i, e := range events {
		records[i] = rollcall.Record{Position: rollcall.Position{Epoch: epoch, Pack: pack, Event: uint32(i)}, Event: e}
	}
	f.Apply(records)
}

// fakeGate believes whoever says "Authorization: key NAME" and lets NAME do
// what allow says; a nil allow permits everything.
type fakeGate struct {
	allow func(key string, resource rollcall.ARN) bool
	ready func() error // nil: nobody has to wait
}

type fakePass struct {
	key  string
	gate *fakeGate
}

func (g *fakeGate) Knock(r *http.Request) (string, error) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "key ")
	if !ok {
		return "", &sigv4.Error{Code: sigv4.MissingAuthenticationToken, Message: "Missing Authentication Token"}
	}
	return key, nil
}

func (g *fakeGate) Admit(r *http.Request, _ []byte) (access.Pass, error) {
	key, err := g.Knock(r)
	if err != nil {
		return nil, err
	}
	switch key {
	case "panic":
		panic("the gate fell on somebody")
	case "broken":
		return nil, errors.New("dial tcp 10.1.2.3: refused")
	}
	if g.ready != nil {
		if err := g.ready(); err != nil {
			return nil, err
		}
	}
	return fakePass{key, g}, nil
}

func (p fakePass) KeyID() string   { return p.key }
func (p fakePass) Unlimited() bool { return p.gate.allow == nil }

func (p fakePass) Allow(action string, instance rollcall.ARN, resources ...rollcall.ARN) error {
	if len(resources) == 0 {
		resources = []rollcall.ARN{instance}
	}
	for _, resource := range resources {
		if p.gate.allow != nil && !p.gate.allow(p.key, resource) {
			return rollcall.Errorf(rollcall.CodeDenied, "User: %s is not authorized to perform: %s on resource: %s", p.key, action, resource)
		}
	}
	return nil
}

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// withDefaults fills in what o leaves out.
func withDefaults(o connect.Options) connect.Options {
	if o.Floors == nil {
		o.Floors = supportFloors(7)
	}
	if o.Gate == nil {
		o.Gate = &fakeGate{}
	}
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	if o.NewRequestID == nil {
		o.NewRequestID = func() string { return "11111111-2222-4333-8444-555555555555" }
	}
	if o.Secrets == nil {
		o.Secrets = [][]byte{[]byte("the secret of the tests")}
	}
	return o
}

// start runs a service behind a real HTTP server.
func start(tb testing.TB, o connect.Options) *httptest.Server {
	tb.Helper()
	server := httptest.NewServer(connect.New(withDefaults(o)))
	tb.Cleanup(server.Close)
	return server
}

// supportFloors is a small floor with something for every filter.
//
//	ada   voice profile, emea > uk > team-a, Available, no contact
//	ben   voice profile, emea > uk > team-b, Available, on a call, wants Lunch next
//	cleo  chat profile, emea, Available, one chat connected and one on hold
//	dan   voice profile, no group, Offline with a call in after contact work
//	eve   voice profile, no group, Offline
//	fay   tasks profile, no group, Lunch, with a paused task
func supportFloors(epoch rollcall.Epoch) *floor.Floors { return newFloors(epoch, supportEvents()...) }

// supportEvents are the events that make it.
func supportEvents() []*rollcall.Event {
	voice, chat, tasks := profile("p-voice", "q-sales", "q-billing"), profile("p-chat", "q-chat"), profile("p-tasks", "q-back-office")
	return []*rollcall.Event{
		agent("ada", voice, available, within("emea", "uk", "team-a")),
		agent("ben", voice, available, within("emea", "uk", "team-b"), next("Lunch"),
			contact("c-1", rollcall.ChannelVoice, rollcall.StateConnected, "q-sales")),
		agent("cleo", chat, available, within("emea"),
			contact("c-2", rollcall.ChannelChat, rollcall.StateConnected, "q-chat"),
			contact("c-3", rollcall.ChannelChat, rollcall.StateConnectedOnHold, "q-chat")),
		agent("dan", voice, offline, contact("c-4", rollcall.ChannelVoice, rollcall.StateEnded, "q-billing")),
		agent("eve", voice, offline),
		agent("fay", tasks, onLunch, contact("c-5", rollcall.ChannelTask, rollcall.StatePaused, "q-back-office")),
	}
}

// trait sets something of an agent's event.
type trait func(*rollcall.Event)

// agent is an event that says all of an agent.
func agent(id string, traits ...trait) *rollcall.Event {
	arn := support.Child(rollcall.TypeAgent, id)
	e := &rollcall.Event{
		Type: rollcall.EventStateChange, At: noon.Add(-time.Minute), Agent: arn, AgentARN: arn.String(), Instance: support,
		Snapshot: &rollcall.Snapshot{Configuration: &rollcall.Configuration{}},
	}
	for _, t := range traits {
		t(e)
	}
	return e
}

// at gives the event another instant.
func at(t time.Time) trait { return func(e *rollcall.Event) { e.At = t } }

func status(id, name string, kind rollcall.StatusType) trait {
	return func(e *rollcall.Event) {
		e.Snapshot.Status = &rollcall.Status{
			ID: rollcall.AgentStatusID(id), ARN: support.Child(rollcall.TypeAgentStatus, id).String(),
			Name: name, Type: kind, StartedAt: noon.Add(-time.Hour),
		}
	}
}

var (
	available = status("s-1", "Available", rollcall.StatusRoutable)
	onLunch   = status("s-2", "Lunch", rollcall.StatusCustom)
	offline   = status("s-3", "Offline", rollcall.StatusOffline)
)

func next(name string) trait {
	return func(e *rollcall.Event) { e.Snapshot.Next = &rollcall.NextStatus{Name: name} }
}

func profile(id string, queues ...string) trait {
	p := &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id), ARN: support.Child(rollcall.TypeRoutingProfile, id).String()}
	for _, q := range queues {
		p.InboundQueues = append(p.InboundQueues, *queue(q))
	}
	return func(e *rollcall.Event) {
		e.Snapshot.Configuration.RoutingProfile = p
		e.Snapshot.Concurrency = []rollcall.Concurrency{{Channel: rollcall.ChannelVoice, MaximumSlots: 1, AvailableSlots: 1}}
	}
}

func queue(id string) *rollcall.Queue {
	return &rollcall.Queue{ID: rollcall.QueueID(id), ARN: support.Child(rollcall.TypeQueue, id).String()}
}

func within(groups ...string) trait {
	path := &rollcall.HierarchyPath{}
	for i, g := range groups {
		path[i] = rollcall.HierarchyGroup{ID: rollcall.HierarchyGroupID(g), ARN: support.Child(rollcall.TypeHierarchyGroup, g).String()}
	}
	return func(e *rollcall.Event) { e.Snapshot.Configuration.Hierarchy = path }
}

func contact(id string, channel rollcall.Channel, state rollcall.ContactState, from string) trait {
	return func(e *rollcall.Event) {
		e.Snapshot.Contacts = append(e.Snapshot.Contacts, rollcall.Contact{
			ID: rollcall.ContactID(id), Channel: channel, InitiationMethod: "INBOUND", State: state,
			StateStartedAt: noon.Add(-time.Minute), ConnectedToAgentAt: noon.Add(-2 * time.Minute), Queue: queue(from),
		})
	}
}
