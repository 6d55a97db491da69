package agentevent

import (
	"bytes"
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

func (m *memo[V]) slot(hash uint64) *atomic.Pointer[memoEntry[V]] { return &m.slots[hash%memoSlots] }

// find returns what was kept for exactly these bytes.
func (m *memo[V]) find(key []byte) (V, bool) {
	if e := m.slot(maphash.Bytes(memoSeed, key)).Load(); e != nil && e.key == string(key) {
		return e.value, true
	}
	var none V
	return none, false
}

// keep remembers a value, unless its key is too long.
func (m *memo[V]) keep(key string, value V) {
	if len(key) <= memoKeyBytes {
		m.slot(maphash.String(memoSeed, key)).Store(&memoEntry[V]{key: key, value: value})
	}
}

// vocabulary is what this process has seen in agent events of late.
type vocabulary struct {
	strings     memo[string]
	resources   memo[resource]                          // by the ARN; agents' own queues are not kept
	homes       memo[home]                              // by the AgentARN up to its last "/"
	queues      memo[repeated[*rollcall.Queue]]         // by the JSON of the queue; agents' own are not kept
	groups      memo[repeated[rollcall.HierarchyGroup]] // by the JSON of the group
	channels    memo[repeated[[]rollcall.Channel]]      // by the JSON of Channels
	hierarchies memo[repeated[*rollcall.HierarchyPath]] // by the JSON of AgentHierarchyGroups
	concurrency memo[repeated[[]rollcall.Concurrency]]  // by the JSON of Concurrency
}

// seen is shared by all decoding in the process; it has no effect but on time
// and memory.
var seen vocabulary

// resource is an ARN, or what stands in its place, and the id in it, which is
// valid.
type resource struct{ id, arn string }

// home is where agents are: what their ARNs have in common.
type home struct {
	agent       rollcall.ARN // of any agent there; its id is of no account
	instance    rollcall.ARN
	instanceARN string
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
	seen.strings.keep(s, s)
	return s
}

// repeated is the value of some JSON that was read before without a fault, and
// how that JSON looks.
type repeated[V any] struct {
	value  V
	depth  int  // of the objects and arrays in it
	blanks bool // has white space between its tokens
}

// remembered reads a value that events repeat: the same JSON gives the value
// that read made of it before.
func remembered[V any](r *reader, m *memo[repeated[V]], read func(*reader) V, worth func(V) bool) V {
	if r.careful {
		return carefulWhole(r, read)
	}
	open := r.peek()
	if open != '{' && open != '[' {
		return read(r)
	}
	from := r.at
	// Where it ends can only be guessed. But bytes for which something was kept
	// are a whole value, so then that is where it ends.
	rest := r.data[from:min(from+memoKeyBytes, len(r.data))]
	if n := guessEnd(rest); n > 0 {
		if v, ok := m.find(rest[:n]); ok {
			r.at += n
			r.blanks = r.blanks || v.blanks
			r.deepest = max(r.deepest, r.depth+v.depth)
			return v.value
		}
	}
	deepest, blanks := r.deepest, r.blanks
	r.deepest, r.blanks = r.depth, false
	v := repeated[V]{value: read(r)}
	v.depth, v.blanks = r.deepest-r.depth, r.blanks
	r.deepest, r.blanks = max(deepest, r.deepest), blanks || r.blanks
	raw := r.data[from:r.at]
	if r.failed || r.faulty || len(raw) > memoKeyBytes || !worth(v.value) {
		return v.value
	}
	if before, ok := m.find(raw); ok { // the guess was wrong
		return before.value
	}
	m.keep(string(raw), v)
	return v.value
}

// guessEnd is where the object or array that data begins with ends if there are
// no brackets in its strings; 0 if not within data.
func guessEnd(data []byte) int {
	opening, closing := data[:1], data[0]+2 // as ASCII has them
	end, open := 0, 0
	for {
		n := bytes.IndexByte(data[end:], closing)
		if n < 0 {
			return 0
		}
		open += bytes.Count(data[end:end+n], opening) - 1
		if end += n + 1; open == 0 {
			return end
		}
	}
}
