package agentevent

import (
	"hash/maphash"
	"sync/atomic"

	"rollcall"
)

// Agent events repeat themselves: each carries the agent's whole
// configuration. What was decoded once is found again by its bytes, so that
// agents share one value and a repetition costs a comparison.

// memoKeyBytes is the longest text that is remembered. With the number of
// slots it bounds the memory that strangers' documents can occupy.
const memoKeyBytes = 512

const memoSlots = 8192

// memo remembers what bytes decode to. It is direct-mapped: a slot holds the
// newest of all keys that fall on it. Any number of goroutines use it without
// locks; values are shared and so must never be changed.
type memo[V any] struct {
	slots [memoSlots]atomic.Pointer[memoEntry[V]]
}

type memoEntry[V any] struct {
	key   string
	value V
}

var memoSeed = maphash.MakeSeed()

func (m *memo[V]) slot(key []byte) *atomic.Pointer[memoEntry[V]] {
	return &m.slots[maphash.Bytes(memoSeed, key)%memoSlots]
}

// find returns what was kept for exactly these bytes.
func (m *memo[V]) find(key []byte) (V, bool) {
	if e := m.slot(key).Load(); e != nil && e.key == string(key) {
		return e.value, true
	}
	var none V
	return none, false
}

// keep remembers a value, unless its key is too long.
func (m *memo[V]) keep(key []byte, text string, value V) {
	if len(text) <= memoKeyBytes {
		m.slot(key).Store(&memoEntry[V]{key: text, value: value})
	}
}

// vocabulary is what this process has seen in agent events of late.
type vocabulary struct {
	strings     memo[string]
	agents      memo[agentName]               // by AgentARN
	queues      memo[*rollcall.Queue]         // by the JSON of the queue; agents' own queues are not kept
	hierarchies memo[*rollcall.HierarchyPath] // by the JSON of AgentHierarchyGroups
	concurrency memo[[]rollcall.Concurrency]  // by the JSON of Concurrency
}

// seen is shared by all decoding in the process; it has no effect but on time
// and memory.
var seen vocabulary

// agentName is an AgentARN, as it came and split.
type agentName struct {
	text string
	arn  rollcall.ARN
}

// intern returns the text as a string that lives once.
func intern(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if s, ok := seen.strings.find(text); ok {
		return s
	}
	s := string(text)
	seen.strings.keep(text, s, s)
	return s
}
