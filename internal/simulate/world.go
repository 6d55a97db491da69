package simulate

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// channel is how a contact comes in.
type channel uint8

const (
	voice channel = iota
	chat
	task
	email
	channels int = iota
)

// channelNames are those of the stream, whose data model says TASKS where the
// API says TASK.
var channelNames = [channels]string{"VOICE", "CHAT", "TASKS", "EMAIL"}

// habits are how work of each channel goes: the mean times, how long its
// customers are ready to wait (0: for ever), and how likely an offer is missed
// or turned down.
var habits = [channels]struct {
	talk, wrap, patience time.Duration
	misses, rejects      float64
}{
	voice: {talk: 250 * time.Second, wrap: 35 * time.Second, patience: 2 * time.Minute, misses: 0.03},
	chat:  {talk: 8 * time.Minute, wrap: 20 * time.Second, patience: 4 * time.Minute, misses: 0.015, rejects: 0.02},
	task:  {talk: 6 * time.Minute, wrap: 15 * time.Second, misses: 0.01, rejects: 0.03},
	email: {talk: 7 * time.Minute, wrap: 10 * time.Second, misses: 0.01, rejects: 0.02},
}

// Resource is a part of the simulated instance, for those who have to name one.
type Resource struct{ ID, ARN, Name string }

// status is an agent status. head is its JSON up to the time.
type status struct {
	Resource
	kind  string        // ROUTABLE, CUSTOM or OFFLINE
	often int           // how likely a pause is this one, against the others
	mean  time.Duration // how long it lasts
	head  string
}

// queue is a standard queue; json is the whole of it.
type queue struct {
	Resource
	channels []channel
	json     string
}

// demand is a queue that a routing profile serves, and on which channels.
type demand struct {
	queue    string
	channels []channel
	priority int // less is served first
}

// profile is a routing profile. It is immutable and shared by its agents.
type profile struct {
	Resource
	department int
	slots      [channels]int8
	alone      [channels]bool    // ROUTE_CURRENT_CHANNEL_ONLY: while one of this channel is there, no other channel is offered
	share      [channels]float64 // of its agents' busy time
	inbound    []demand
	outbound   string

	open     string           // its JSON up to the concurrency
	slotTail [channels]string // what follows a channel's AvailableSlots
	middle   string           // from there to the id of the agent's own queue
	tail     string           // the rest
}

func (q *queue) encode() { q.json = queueJSON(q.ARN, q.channels, quote(q.Name)) }

// encode makes the pieces between which an event puts what changes.
func (p *profile) encode(instance string, queues map[string]*queue) {
	p.open = `{"ARN":` + quote(p.ARN) + `,"Concurrency":[`
	var own []channel
	for ch := range channel(channels) {
		if p.slots[ch] > 0 {
			own = append(own, ch)
			p.slotTail[ch] = `,"Channel":"` + channelNames[ch] + `","MaximumSlots":` + strconv.Itoa(int(p.slots[ch])) + `}`
		}
	}
	p.middle = `],"DefaultOutboundQueue":` + queues[p.outbound].json + `,"InboundQueues":[{"ARN":"` + instance + `/queue/agent/`
	inbound := []string{`","Channels":` + channelsJSON(own) + `,"Name":null}`}
	for _, d := range p.inbound {
		q := queues[d.queue]
		inbound = append(inbound, queueJSON(q.ARN, d.channels, quote(q.Name)))
	}
	p.tail = strings.Join(inbound, ",") + `],"Name":` + quote(p.Name) + `}`
}

func queueJSON(arn string, chs []channel, name string) string {
	return `{"ARN":` + quote(arn) + `,"Channels":` + channelsJSON(chs) + `,"Name":` + name + `}`
}

func channelsJSON(chs []channel) string {
	names := make([]string, len(chs))
	for i, ch := range chs {
		names[i] = `"` + channelNames[ch] + `"`
	}
	return "[" + strings.Join(names, ",") + "]"
}

// quote is s as a JSON string.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always can
	return string(b)
}
