package simulate

import "time"

// timer is something that will happen. do is a method of Centre, agent or
// contact is whom it concerns.
type timer struct {
	at      time.Duration // since Config.Start
	seq     uint64        // keeps timers of one instant in the order in which they were set
	do      func(*Centre, timer)
	agent   *agent
	contact *contact
	turn    uint32 // of the agent or contact when the timer was set; 0 is any
}

// stale reports whether life has gone another way since the timer was set.
// Timers are never taken out of the heap; this is how they are cancelled.
func (t timer) stale() bool {
	switch {
	case t.turn == 0:
		return false
	case t.contact != nil:
		return t.turn != t.contact.turn
	default:
		return t.turn != t.agent.turn
	}
}

func (t timer) before(u timer) bool {
	return t.at < u.at || t.at == u.at && t.seq < u.seq
}

// timers is a heap with four children a node, earliest first: half as deep as a
// binary one, which counts when it no longer fits the processor's cache.
// (container/heap would also allocate for every timer.)
type timers struct {
	heap []timer
	seq  uint64
}

const arity = 4

func (ts *timers) push(t timer) {
	ts.seq++
	t.seq = ts.seq
	ts.heap = append(ts.heap, t)
	h, i := ts.heap, len(ts.heap)-1
	for i > 0 {
		parent := (i - 1) / arity
		if !t.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = t
}

// peek returns the earliest timer's time; ok is false when there is none.
func (ts *timers) peek() (at time.Duration, ok bool) {
	if len(ts.heap) == 0 {
		return 0, false
	}
	return ts.heap[0].at, true
}

// pop takes the earliest timer out. There must be one.
func (ts *timers) pop() timer {
	top, n := ts.heap[0], len(ts.heap)-1
	t := ts.heap[n]
	ts.heap[n] = timer{}
	ts.heap = ts.heap[:n]
	if n == 0 {
		return top
	}
	h, i := ts.heap, 0
	for {
		child := arity*i + 1
		if child >= n {
			break
		}
		for other := child + 1; other < min(arity*i+1+arity, n); other++ {
			if h[other].before(h[child]) {
				child = other
			}
		}
		if !h[child].before(t) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = t
	return top
}
