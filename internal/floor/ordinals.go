package floor

import (
	"hash/maphash"
	"runtime"

	"rollcall"
)

// ordinals finds agents by their ids: a hash table with open addressing that
// holds numbers alone. The ids are in the rows. So a million agents take 16 MB
// of which the garbage collector sees nothing, and many can be looked up while
// the processor waits for memory once (touch).
type ordinals struct {
	rows  *rows
	slots []slot // a power of two of them, at most half in use
	n     int    // in use
}

// slot is a hash in the upper half and an ordinal plus one in the lower; 0 is
// free. An agent is in the slot that its hash says, or in the first behind it
// that was free.
type slot uint64

func newSlot(hash, o uint32) slot { return slot(hash)<<32 | (slot(o) + 1) }

func (s slot) hash() uint32    { return uint32(s >> 32) }
func (s slot) ordinal() uint32 { return uint32(s) - 1 }

var idSeed = maphash.MakeSeed()

func hashID(id rollcall.AgentID) uint32 {
	return uint32(maphash.String(idSeed, string(id)) >> 32)
}

// find gives the agent's row, nil when there is none.
func (t *ordinals) find(id rollcall.AgentID) *row {
	hash := hashID(id)
	for i, s := t.home(hash); s != 0; i, s = t.next(i) {
		if s.hash() == hash {
			if r := t.rows.get(s.ordinal()); r != nil && r.id() == id {
				return r
			}
		}
	}
	return nil
}

// home is the slot that a hash says, and what is in it.
func (t *ordinals) home(hash uint32) (int, slot) {
	if len(t.slots) == 0 {
		return 0, 0
	}
	i := int(hash) & (len(t.slots) - 1)
	return i, t.slots[i]
}

// next is the slot behind one.
func (t *ordinals) next(i int) (int, slot) {
	i = (i + 1) & (len(t.slots) - 1)
	return i, t.slots[i]
}

// put makes the agent's ordinal known.
func (t *ordinals) put(id rollcall.AgentID, o uint32) {
	if larger := t.grown(1); larger != nil {
		t.slots = larger
	}
	hash := hashID(id)
	i, s := t.home(hash)
	for ; s != 0; i, s = t.next(i) {
		if s.hash() == hash {
			if r := t.rows.get(s.ordinal()); r != nil && r.id() == id {
				t.n--
				break
			}
		}
	}
	t.slots[i] = newSlot(hash, o)
	t.n++
}

// remove forgets the agent. Those behind it move up, so that none is cut off
// from the slot that its hash says.
func (t *ordinals) remove(id rollcall.AgentID, o uint32) {
	i, s := t.home(hashID(id))
	for ; s.ordinal() != o; i, s = t.next(i) {
		if s == 0 {
			return
		}
	}
	mask := len(t.slots) - 1
	for j, s := t.next(i); s != 0; j, s = t.next(j) {
		home, _ := t.home(s.hash())
		if (j-home)&mask >= (j-i)&mask {
			t.slots[i], i = s, j
		}
	}
	t.slots[i] = 0
	t.n--
}

// grown gives a table with room for so many more, nil where this one has it.
func (t *ordinals) grown(more int) []slot {
	const few = 64
	size := max(few, len(t.slots))
	for size < 2*(t.n+more) {
		size *= 2
	}
	if size == len(t.slots) {
		return nil
	}
	larger := ordinals{slots: make([]slot, size)}
	for _, s := range t.slots {
		if s != 0 {
			i, taken := larger.home(s.hash())
			for taken != 0 {
				i, taken = larger.next(i)
			}
			larger.slots[i] = s
		}
	}
	return larger.slots
}

// touch touches what find will read of each agent, at most touchAtOnce: the
// slots first, then the rows, then the ids. It gives those rows in list.
func (t *ordinals) touch(ids []rollcall.AgentID, list *[touchAtOnce]*row) []*row {
	var hashes [touchAtOnce]uint32
	var touched slot
	for i, id := range ids {
		hashes[i] = hashID(id)
		_, s := t.home(hashes[i])
		touched += s
	}
	found := list[:0]
	for _, hash := range hashes[:len(ids)] {
		i, s := t.home(hash)
		for s != 0 && s.hash() != hash {
			i, s = t.next(i)
		}
		if s == 0 {
			continue
		}
		if r := t.rows.get(s.ordinal()); r != nil {
			found = append(found, r)
		}
	}
	var sum uint32
	for _, r := range found {
		sum += r.answer.own
	}
	for _, r := range found {
		sum += uint32(r.answer.text[r.answer.own])
	}
	runtime.KeepAlive(touched)
	runtime.KeepAlive(sum)
	return found
}
