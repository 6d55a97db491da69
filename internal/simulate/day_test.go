package simulate_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/simulate"
)

// allowed are the transitions of "About contact states" in the Administrator
// Guide. "" is before the first event that has the contact and after the last.
var allowed = map[string][]string{
	"":                 {"INCOMING", "CONNECTING"},
	"INCOMING":         {"PENDING", "MISSED", "REJECTED", "ERROR"},
	"PENDING":          {"CONNECTING"},
	"CONNECTING":       {"CONNECTED", "MISSED", "REJECTED", "ERROR", "ENDED"},
	"CONNECTED":        {"CONNECTED_ONHOLD", "PAUSED", "ENDED"},
	"CONNECTED_ONHOLD": {"CONNECTED", "ENDED"},
	"PAUSED":           {"CONNECTED"},
	"MISSED":           {""},
	"REJECTED":         {""},
	"ERROR":            {""},
	"ENDED":            {""},
}

// onlyFor are the channels that know a state.
var onlyFor = map[string][]string{
	"INCOMING":         {"VOICE"},
	"PENDING":          {"VOICE"},
	"CONNECTED_ONHOLD": {"VOICE"},
	"PAUSED":           {"TASKS"},
	"REJECTED":         {"CHAT", "TASKS", "EMAIL"},
}

// observer follows a stream and complains about whatever no real one has.
type observer struct {
	t      *testing.T
	now    time.Time
	events map[string]bool      // :: event id -> seen
	last   map[string]*document // :: agent ARN -> newest event
	online map[string]bool      // :: agent ARN -> between LOGIN and LOGOUT
	offAt  map[string]time.Time // :: agent ARN -> newest LOGOUT
	seen   map[string]int       // :: event type, contact state, channel or initiation method -> how often
}

func newObserver(t *testing.T) *observer {
	t.Helper()
	return &observer{
		t: t, events: map[string]bool{}, last: map[string]*document{}, online: map[string]bool{},
		offAt: map[string]time.Time{}, seen: map[string]int{},
	}
}

func (o *observer) observe(d *document) {
	o.t.Helper()
	o.seen[d.EventType]++
	if err := o.judge(d); err != nil {
		o.t.Fatalf("%v\nevent    %s\nprevious %s", err, d.event.AppendJSON(nil), d.PreviousAgentSnapshot)
	}
	o.last[d.AgentARN] = d
	o.now = d.EventTimestamp.Time
}

func (o *observer) judge(d *document) error {
	switch {
	case o.events[d.EventId]:
		return fmt.Errorf("EventId %s again", d.EventId)
	case d.EventTimestamp.Before(o.now):
		return fmt.Errorf("EventTimestamp %v after %v", d.EventTimestamp, o.now)
	case !d.EventTimestamp.Equal(d.event.At) || d.AgentARN != d.event.AgentARN || d.EventType != string(d.event.Type):
		return fmt.Errorf("document and Event differ: %+v", d.event)
	case d.Version != "2017-10-01" || !strings.HasPrefix(d.AgentARN, d.InstanceARN+"/agent/"):
		return fmt.Errorf("version %s, agent %s, instance %s", d.Version, d.AgentARN, d.InstanceARN)
	}
	o.events[d.EventId] = true
	before := o.last[d.AgentARN]
	if before == nil && string(d.PreviousAgentSnapshot) != "null" || before != nil && !bytes.Equal(d.PreviousAgentSnapshot, before.CurrentAgentSnapshot) {
		return errors.New("PreviousAgentSnapshot is not the previous event's")
	}
	for _, judge := range []func(d, before *document) error{o.judgeType, judgeStatus, o.judgeContacts, judgeSlots} {
		if err := judge(d, before); err != nil {
			return err
		}
	}
	return nil
}

// judgeType holds when events of each type may come.
func (o *observer) judgeType(d, before *document) error {
	at, kind := d.EventTimestamp.Time, d.current.AgentStatus.Type
	if before != nil && o.online[d.AgentARN] && at.Sub(before.EventTimestamp.Time) > 120*time.Second+time.Millisecond {
		return fmt.Errorf("silent since %v", before.EventTimestamp)
	}
	switch d.EventType {
	case "LOGIN":
		if o.online[d.AgentARN] || kind != "OFFLINE" {
			return fmt.Errorf("LOGIN of an agent who is there, or %s", kind)
		}
		o.online[d.AgentARN] = true
	case "LOGOUT":
		if !o.online[d.AgentARN] || kind != "OFFLINE" || len(d.current.Contacts) > 0 {
			return fmt.Errorf("LOGOUT of an agent who is not there, is %s or has contacts", kind)
		}
		o.online[d.AgentARN], o.offAt[d.AgentARN] = false, at
	case "STATE_CHANGE":
		if !o.online[d.AgentARN] || bytes.Equal(d.CurrentAgentSnapshot, d.PreviousAgentSnapshot) {
			return errors.New("STATE_CHANGE of an agent who is not there, or without a change")
		}
	case "HEART_BEAT":
		if before == nil {
			o.offAt[d.AgentARN] = at // an agent who left before the stream began
			return nil
		}
		if !bytes.Equal(d.CurrentAgentSnapshot, d.PreviousAgentSnapshot) || at.Sub(before.EventTimestamp.Time) < 120*time.Second-time.Millisecond {
			return errors.New("HEART_BEAT with a change, or early")
		}
		if off := o.offAt[d.AgentARN]; !o.online[d.AgentARN] && at.Sub(off) > time.Hour {
			return fmt.Errorf("HEART_BEAT longer than an hour after the log-out at %v", off)
		}
	default:
		return fmt.Errorf("EventType %s", d.EventType)
	}
	return nil
}

// judgeStatus holds how statuses follow each other.
func judgeStatus(d, before *document) error {
	now := d.current
	if now.AgentStatus.StartTimestamp.After(d.EventTimestamp.Time) {
		return errors.New("the status starts in the future")
	}
	if next := now.NextAgentStatus; next != nil {
		if len(now.Contacts) == 0 || now.AgentStatus.Type != "ROUTABLE" || next.EnqueuedTimestamp.After(d.EventTimestamp.Time) {
			return fmt.Errorf("a next status without contacts, while %s, or from the future", now.AgentStatus.Type)
		}
	}
	if now.AgentStatus.Type != "ROUTABLE" && len(now.Contacts) > 0 {
		return fmt.Errorf("contacts while %s", now.AgentStatus.Name)
	}
	if before == nil {
		return nil
	}
	was := before.current
	changed := was.AgentStatus.ARN != now.AgentStatus.ARN
	if changed && !now.AgentStatus.StartTimestamp.Equal(d.EventTimestamp.Time) || !changed && was.AgentStatus != now.AgentStatus {
		return errors.New("the status start doesn't follow the status")
	}
	return nil
}

// judgeContacts holds every contact against the transition table.
func (o *observer) judgeContacts(d, before *document) error {
	was := map[string]contactDocument{}
	if before != nil {
		for _, k := range before.current.Contacts {
			was[k.ContactId] = k
		}
	}
	for _, k := range d.current.Contacts {
		old, there := was[k.ContactId]
		delete(was, k.ContactId)
		if err := o.judgeContact(d, k, old); err != nil {
			return fmt.Errorf("contact %s, %s -> %s: %w", k.ContactId, old.State, k.State, err)
		}
		if !there || k.State != old.State {
			o.seen[k.State]++
			o.seen[k.Channel]++
			o.seen[k.InitiationMethod]++
		}
	}
	for id, old := range was {
		if !slices.Contains(allowed[old.State], "") {
			return fmt.Errorf("contact %s is gone from state %s", id, old.State)
		}
	}
	return nil
}

func (o *observer) judgeContact(d *document, k, old contactDocument) error {
	if old.State == k.State {
		if diff := cmp.Diff(old, k); diff != "" {
			return fmt.Errorf("changed: %s", diff)
		}
		return nil
	}
	direct := old.State == "" && k.State == "CONNECTED" && (k.InitiationMethod == "MONITOR" || k.InitiationMethod == "AGENT_REPLY")
	if !direct && !slices.Contains(allowed[old.State], k.State) {
		return errors.New("not a transition")
	}
	if old.State == "" && !direct && k.InitiationMethod != "OUTBOUND" && !routable(d, k.ContactId) {
		return errors.New("offered to an agent who is not ready")
	}
	if only := onlyFor[k.State]; only != nil && !slices.Contains(only, k.Channel) {
		return fmt.Errorf("not of channel %s", k.Channel)
	}
	if !k.StateStartTimestamp.Equal(d.EventTimestamp.Time) {
		return fmt.Errorf("the state starts at %v", k.StateStartTimestamp)
	}
	talked := slices.Contains([]string{"CONNECTED", "CONNECTED_ONHOLD", "PAUSED"}, k.State)
	if talked != (k.ConnectedToAgentTimestamp != nil) && k.State != "ENDED" {
		return fmt.Errorf("connected at %v", k.ConnectedToAgentTimestamp)
	}
	own := slices.Contains([]string{"OUTBOUND", "MONITOR", "AGENT_REPLY"}, k.InitiationMethod)
	if own != (k.QueueTimestamp == nil) || !own && k.QueueTimestamp.After(d.EventTimestamp.Time) {
		return fmt.Errorf("queued at %v", k.QueueTimestamp)
	}
	handed := slices.Contains([]string{"TRANSFER", "QUEUE_TRANSFER", "AGENT_REPLY"}, k.InitiationMethod)
	if handed != (k.InitialContactId != nil) {
		return fmt.Errorf("initiated by %s with InitialContactId %v", k.InitiationMethod, k.InitialContactId)
	}
	return nil
}

// routable reports whether d's agent, but for the contact that is just
// offered, can be offered one.
func routable(d *document, offered string) bool {
	for _, k := range d.current.Contacts {
		if k.ContactId != offered && slices.Contains([]string{"INCOMING", "PENDING", "CONNECTING", "MISSED", "ERROR", "REJECTED"}, k.State) {
			return false
		}
	}
	return d.current.AgentStatus.Type == "ROUTABLE" && d.current.NextAgentStatus == nil
}

// judgeSlots counts what the concurrency should say.
func judgeSlots(d, _ *document) error {
	used := map[string]int{}
	for _, k := range d.current.Contacts {
		used[k.Channel]++
	}
	profile := d.current.configuration.RoutingProfile
	total, covered := len(d.current.Contacts), 0
	for _, c := range profile.Concurrency {
		n := used[c.Channel]
		covered += n
		blocked := total > n && c.AvailableSlots == 0 // by a contact of another channel
		if n > c.MaximumSlots || c.AvailableSlots != c.MaximumSlots-n && !blocked {
			return fmt.Errorf("%s: %d of %d slots available, %d used", c.Channel, c.AvailableSlots, c.MaximumSlots, n)
		}
	}
	if covered != total {
		return fmt.Errorf("%d of %d contacts are of a channel of the routing profile", covered, total)
	}
	own := profile.InboundQueues[0]
	if own.Name != nil || own.ARN != strings.Replace(d.AgentARN, "/agent/", "/queue/agent/", 1) {
		return fmt.Errorf("the first queue is %s, not the agent's own", own.ARN)
	}
	return nil
}

func TestCentre_ADayObeysTheStreamsRules(t *testing.T) {
	r := read(t, simulate.Config{Agents: 10, Seed: 3, Start: morning, Duration: 24 * time.Hour})
	o := newObserver(t)
	for d := r.next(); d != nil; d = r.next() {
		o.observe(d)
	}
	if left := o.now.Sub(morning); left > 24*time.Hour || left < 23*time.Hour {
		t.Errorf("the day lasted %v", left)
	}
	for _, what := range []string{
		"LOGIN", "LOGOUT", "STATE_CHANGE", "HEART_BEAT",
		"VOICE", "CHAT", "TASKS", "EMAIL",
		"INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED", "MISSED", "ERROR", "REJECTED", "ENDED",
		"INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "WEBRTC_API", "AGENT_REPLY", "MONITOR",
	} {
		if o.seen[what] == 0 {
			t.Errorf("no %s in a whole day", what)
		}
	}
}
