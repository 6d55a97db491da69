package floor

import (
	"hash/maphash"
	"runtime"
)

// hashTable is a hash table with open addressing that holds numbers alone. What
// they are the numbers of, and have its key, is elsewhere. So a million entries
// take 16 MB of which the garbage collector sees nothing, and many keys can be
// looked up while the processor waits for memory once (candidates).
type hashTable struct {
	slots []slot // a power of two of them, at most half in use
	n     int    // in use
}

// slot is a hash in the upper half and a number plus one in the lower; 0 is
// free. A number is in the slot that its hash says, or in the first behind it
// that was free.
type slot uint64

func newSlot(hash, number uint32) slot { return slot(hash)<<32 | (slot(number) + 1) }

func (s slot) hash() uint32   { return uint32(s >> 32) }
func (s slot) number() uint32 { return uint32(s) - 1 }

var hashSeed = maphash.MakeSeed()

func hashOf[K ~string](key K) uint32 { return uint32(maphash.String(hashSeed, string(key)) >> 32) }

// home is the slot that a hash says, and what is in it.
func (t *hashTable) home(hash uint32) (int, slot) {
	if len(t.slots) == 0 {
		return 0, 0
	}
	i := int(hash) & (len(t.slots) - 1)
	return i, t.slots[i]
}

// next is the slot behind one.
func (t *hashTable) next(i int) (int, slot) {
	i = (i + 1) & (len(t.slots) - 1)
	return i, t.slots[i]
}

// put puts a number in, which isn't there.
func (t *hashTable) put(hash, number uint32) {
	t.reserve(1)
	i, s := t.home(hash)
	for s != 0 {
		i, s = t.next(i)
	}
	t.slots[i] = newSlot(hash, number)
	t.n++
}

// remove takes a number out. Those behind it move up, so that none is cut off
// from the slot that its hash says.
func (t *hashTable) remove(hash, number uint32) {
	i, s := t.home(hash)
	for ; s != newSlot(hash, number); i, s = t.next(i) {
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

// reserve makes room for so many more.
func (t *hashTable) reserve(more int) {
	if larger := t.grown(more); larger != nil {
		t.slots = larger
	}
}

// grown gives slots with room for so many more, nil where these have it.
func (t *hashTable) grown(more int) []slot {
	const few = 64
	size := max(few, len(t.slots))
	for size < 2*(t.n+more) {
		size *= 2
	}
	if size == len(t.slots) {
		return nil
	}
	larger := hashTable{slots: make([]slot, size)}
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

// candidates appends the numbers that a search for each of the keys, at most
// touchAtOnce, will come upon first, which are theirs unless two keys have one
// hash. All slots are touched before.
func candidates[K ~string](t *hashTable, keys []K, numbers []uint32) []uint32 {
	var hashes [touchAtOnce]uint32
	var touched slot
	for i, key := range keys {
		hashes[i] = hashOf(key)
		_, s := t.home(hashes[i])
		touched += s
	}
	runtime.KeepAlive(touched)
	for _, hash := range hashes[:len(keys)] {
		i, s := t.home(hash)
		for s != 0 && s.hash() != hash {
			i, s = t.next(i)
		}
		if s != 0 {
			numbers = append(numbers, s.number())
		}
	}
	return numbers
}
