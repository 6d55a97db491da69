package floor

import (
	"iter"

	"rollcall"
)

// holders are the agents that have one shared value: a routing profile, which
// says what queues feed them, or a path of hierarchy groups. They are a posting
// of their own, which the value's keys list. So agents who have much in common
// are indexed once, and not with twenty queues each.
type holders struct {
	posting
	number uint32   // among the holders of values of one kind
	alone  []*keyed // the value's keys that list everybody one by one
}

// values are who holds the values of one kind. An agent who shares a value with
// nobody is listed with its keys himself, which costs no more than that.
type values[V comparable] struct {
	sole    map[V]uint32 // :: a value that one agent has -> his ordinal
	shared  map[V]*holders
	numbers int      // that were ever in use
	free    []uint32 // of them
}

func newValues[V comparable]() values[V] {
	return values[V]{sole: make(map[V]uint32), shared: make(map[V]*holders)}
}

// keys are those of a value, each with the postings of its kind. One may come
// twice.
type keys = iter.Seq2[*postings, string]

// join makes an agent a holder of the value.
func (v *values[V]) join(value V, o uint32, limit int, all keys) {
	h := v.shared[value]
	if h == nil {
		other, shared := v.sole[value]
		if !shared {
			v.sole[value] = o
			for in, key := range all {
				in.at(key).put(o, true, limit)
			}
			return
		}
		h = v.share(value, other, limit, all)
	}
	h.put(o, true, limit)
	for _, key := range h.alone {
		key.put(o, true, limit)
	}
}

// leave takes an agent from the holders of the value.
func (v *values[V]) leave(value V, o uint32, limit int, all keys) {
	h := v.shared[value]
	if h == nil {
		delete(v.sole, value)
		for in, key := range all {
			if one := in.find(key); one != nil { // else the key came before
				if one.put(o, false, limit); one.empty() {
					in.remove(one)
				}
			}
		}
		return
	}
	h.put(o, false, limit)
	for _, key := range h.alone {
		key.put(o, false, limit)
	}
	if h.len() == 1 {
		v.unshare(value, h, limit, all)
	}
}

// share makes holders of the one who has the value until now.
func (v *values[V]) share(value V, sole uint32, limit int, all keys) *holders {
	h := new(holders)
	h.put(sole, true, limit)
	if last := len(v.free) - 1; last >= 0 {
		h.number, v.free = v.free[last], v.free[:last]
	} else {
		h.number = uint32(v.numbers)
		v.numbers++
	}
	for in, key := range all {
		in.find(key).list(h, limit)
	}
	delete(v.sole, value)
	v.shared[value] = h
	return h
}

// unshare leaves the value to the one who still has it.
func (v *values[V]) unshare(value V, h *holders, limit int, all keys) {
	for in, key := range all {
		in.find(key).unlist(h, limit)
	}
	v.free = append(v.free, h.number)
	delete(v.shared, value)
	v.sole[value] = h.ordinals()[0]
}

// keysOfProfile are the profile itself, and the queues that feed whoever has
// it. Nobody can ask for an agent's own queue.
func (m *members) keysOfProfile(p *rollcall.RoutingProfile) keys {
	return func(yield func(*postings, string) bool) {
		for i := range p.InboundQueues {
			if q := &p.InboundQueues[i]; !q.Agent && !yield(&m.queues, string(q.ID)) {
				return
			}
		}
		yield(&m.profiles, string(p.ID))
	}
}

// keysOfPath are the groups on all levels of the path.
func (m *members) keysOfPath(path *rollcall.HierarchyPath) keys {
	return func(yield func(*postings, string) bool) {
		for i := range path {
			if id := path[i].ID; id != "" && !yield(&m.groups, string(id)) {
				return
			}
		}
	}
}
