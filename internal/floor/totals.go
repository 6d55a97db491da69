package floor

import (
	"sync"

	"rollcall"
)

// totals remembers how many agents match the questions that are dear to count:
// whoever pages through an answer, or asks again while nothing changes, pays for
// the page alone. A total is of one version of the floor, and gone with it.
type totals struct {
	mu      sync.Mutex
	version uint64
	dear    int            // dearSize; tests make it small
	of      map[string]int // :: question -> agents that match
	bytes   int            // of the questions
}

const (
	// dearSize is the size of a question's smallest set from which on its total
	// is remembered. To count less costs about as much as to look it up.
	dearSize = 1000
	// maxTotalsBytes bounds the questions remembered. Beyond, all are forgotten.
	maxTotalsBytes = 1 << 20
)

func (t *totals) find(question []byte, version uint64) (total int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.version != version {
		return 0, false
	}
	total, ok = t.of[string(question)]
	return total, ok
}

func (t *totals) put(question []byte, version uint64, total int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case version < t.version:
		return // somebody was faster, on a newer floor
	case version > t.version || t.bytes+len(question) > maxTotalsBytes:
		t.version, t.of, t.bytes = version, nil, 0
	}
	if t.of == nil {
		t.of = make(map[string]int)
	}
	t.of[string(question)] = total
	t.bytes += len(question)
}

// questionRoom is what most questions fit in: ids are 36 characters long.
func questionRoom(q *rollcall.Query) int {
	return 16 + 40*(len(q.Queues)+len(q.RoutingProfiles)+len(q.Agents)+len(q.HierarchyGroups))
}

// appendQuestion appends what a query selects by.
func appendQuestion(dst []byte, q *rollcall.Query) []byte {
	dst = append(dst, byte(q.ContactStates), byte(q.ContactStates>>8), 0)
	if q.IncludeOffline {
		dst[len(dst)-1] = 1
	}
	dst = appendKeys(dst, q.Queues)
	dst = appendKeys(dst, q.RoutingProfiles)
	dst = appendKeys(dst, q.Agents)
	return appendKeys(dst, q.HierarchyGroups)
}

func appendKeys[K ~string](dst []byte, keys []K) []byte {
	dst = appendCount(dst, len(keys), false)
	for _, key := range keys {
		dst = appendWord(dst, string(key))
	}
	return dst
}
