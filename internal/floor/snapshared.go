package floor

import (
	"encoding/binary"

	"rollcall"
)

// sharedWriter numbers what rows share, from 1; 0 is none. Equal values get one
// number, whether or not they are one in memory, so that a snapshot depends on
// the state alone.
type sharedWriter struct {
	words    table[string]
	queues   table[*rollcall.Queue]
	profiles table[*rollcall.RoutingProfile]
	paths    table[*rollcall.HierarchyPath]
	statuses table[*rollcall.Status]
	lists    table[*rollcall.Concurrency] // by the first element
	scratch  []byte

	v4 bool // there is what is of version 4
}

func newSharedWriter() *sharedWriter {
	return &sharedWriter{
		words: newTable[string](), queues: newTable[*rollcall.Queue](), profiles: newTable[*rollcall.RoutingProfile](),
		paths: newTable[*rollcall.HierarchyPath](), statuses: newTable[*rollcall.Status](), lists: newTable[*rollcall.Concurrency](),
	}
}

// table is the values of one kind.
type table[K comparable] struct {
	known   map[K]uint64      // :: what is at hand, mostly a pointer -> number
	numbers map[string]uint64 // :: encoded value -> number
	entries []string          // encoded values in the order of their numbers
}

func newTable[K comparable]() table[K] {
	return table[K]{known: make(map[K]uint64), numbers: make(map[string]uint64)}
}

// add gives the number of an encoded value.
func (t *table[K]) add(encoded []byte) uint64 {
	n, ok := t.numbers[string(encoded)]
	if !ok {
		t.entries = append(t.entries, string(encoded))
		n = uint64(len(t.entries))
		t.numbers[t.entries[n-1]] = n
	}
	return n
}

// collect numbers everything that the row shares.
func (s *sharedWriter) collect(r *row) {
	s.word(string(r.eventType))
	s.v4 = s.v4 || r.eventType == rollcall.EventSeed
	s.status(r.status)
	s.profile(r.profile)
	s.path(r.hierarchy)
	s.slots(r.concurrency)
	for i := range r.contacts {
		c := &r.contacts[i]
		s.word(string(c.Channel))
		s.word(c.InitiationMethod)
		if c.StateWord != "" {
			s.word(c.StateWord)
			s.v4 = true
		}
		s.queue(c.Queue)
	}
}

// write writes the tables in the order in which they refer to each other.
func (s *sharedWriter) write(b *blockWriter) error {
	for _, t := range [...]struct {
		kind    kind
		entries []string
	}{
		{kindWords, s.words.entries},
		{kindQueues, s.queues.entries},
		{kindProfiles, s.profiles.entries},
		{kindPaths, s.paths.entries},
		{kindStatuses, s.statuses.entries},
		{kindSlots, s.lists.entries},
	} {
		var dst []byte
		for i, entry := range t.entries {
			dst = append(dst, entry...)
			if len(dst) < blockBytes && i+1 < len(t.entries) {
				continue
			}
			if err := b.write(t.kind, dst); err != nil {
				return err
			}
			dst = dst[:0]
		}
	}
	return nil
}

func (s *sharedWriter) word(w string) uint64 {
	n, ok := s.words.known[w]
	if !ok {
		s.scratch = appendWord(s.scratch[:0], w)
		n = s.words.add(s.scratch)
		s.words.known[w] = n
	}
	return n
}

func (s *sharedWriter) queue(q *rollcall.Queue) uint64 {
	if q == nil {
		return 0
	}
	n, ok := s.queues.known[q]
	if !ok {
		n = s.queueValue(q)
		s.queues.known[q] = n
	}
	return n
}

func (s *sharedWriter) queueValue(q *rollcall.Queue) uint64 {
	s.scratch = appendQueue(s.scratch[:0], q)
	return s.queues.add(s.scratch)
}

func (s *sharedWriter) profile(p *rollcall.RoutingProfile) uint64 {
	if p == nil {
		return 0
	}
	n, ok := s.profiles.known[p]
	if !ok {
		dst := appendWord(appendWord(appendWord(nil, string(p.ID)), p.ARN), p.Name)
		dst = appendCount(dst, len(p.InboundQueues), p.InboundQueues == nil)
		for i := range p.InboundQueues {
			dst = binary.AppendUvarint(dst, s.queueValue(&p.InboundQueues[i]))
		}
		n = s.profiles.add(binary.AppendUvarint(dst, s.queue(p.DefaultOutboundQueue)))
		s.profiles.known[p] = n
	}
	return n
}

func (s *sharedWriter) path(p *rollcall.HierarchyPath) uint64 {
	if p == nil {
		return 0
	}
	n, ok := s.paths.known[p]
	if !ok {
		s.scratch = appendPath(s.scratch[:0], p)
		n = s.paths.add(s.scratch)
		s.paths.known[p] = n
	}
	return n
}

func (s *sharedWriter) status(of *rollcall.Status) uint64 {
	n, ok := s.statuses.known[of]
	if !ok {
		s.scratch = appendStatus(s.scratch[:0], of)
		n = s.statuses.add(s.scratch)
		s.statuses.known[of] = n
	}
	return n
}

func (s *sharedWriter) slots(list []rollcall.Concurrency) uint64 {
	if len(list) == 0 {
		return 0
	}
	n, ok := s.lists.known[&list[0]]
	if !ok {
		s.scratch = appendSlots(s.scratch[:0], list)
		n = s.lists.add(s.scratch)
		s.lists.known[&list[0]] = n
	}
	return n
}
