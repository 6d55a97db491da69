package floor

import (
	"runtime"
	"slices"
	"strings"
)

// postings are the sets of one kind of key. A posting lives as long as it has
// an agent.
type postings[K ~string] struct {
	hashTable
	all      []*posting // by number; nil: free
	free     []uint32   // numbers
	from, to []K        // scratch for move
}

// move takes the ordinal out of the postings that only from names and puts it
// into those that only to names.
func (p *postings[K]) move(o uint32, limit int, from, to []K) {
	for _, key := range from {
		one := p.find(key)
		if one == nil || slices.Contains(to, key) {
			continue
		}
		if one.put(o, false, limit); one.len() == 0 {
			p.remove(one)
		}
	}
	for _, key := range to {
		one := p.find(key)
		if one == nil {
			one = p.add(key)
		}
		one.put(o, true, limit)
	}
	p.from, p.to = from, to
}

// find gives the posting of a key, nil when there is none.
func (p *postings[K]) find(key K) *posting {
	hash := hashOf(key)
	for i, s := p.home(hash); s != 0; i, s = p.next(i) {
		if s.hash() == hash {
			if one := p.all[s.number()]; one.key == string(key) {
				return one
			}
		}
	}
	return nil
}

// add makes the posting of a key that has none.
func (p *postings[K]) add(key K) *posting {
	one := &posting{key: strings.Clone(string(key))}
	if last := len(p.free) - 1; last >= 0 {
		one.number, p.free = p.free[last], p.free[:last]
		p.all[one.number] = one
	} else {
		one.number = uint32(len(p.all))
		p.all = append(p.all, one)
	}
	p.put(hashOf(key), one.number)
	return one
}

func (p *postings[K]) remove(one *posting) {
	p.hashTable.remove(hashOf(one.key), one.number)
	p.all[one.number] = nil
	p.free = append(p.free, one.number)
}

// appendAll appends the postings of the keys that have one.
func (p *postings[K]) appendAll(list []*posting, keys []K) []*posting {
	for len(keys) > 0 {
		some := keys[:min(len(keys), touchAtOnce)]
		keys = keys[len(some):]
		if len(some) > fewAtOnce {
			p.touch(some)
		}
		for _, key := range some {
			if one := p.find(key); one != nil {
				list = append(list, one)
			}
		}
	}
	return list
}

// touch touches what will be read of the keys' postings, at most touchAtOnce.
func (p *postings[K]) touch(keys []K) {
	var numbers [touchAtOnce]uint32
	var found [touchAtOnce]*posting
	wanted := candidates(&p.hashTable, keys, numbers[:0])
	for i, number := range wanted {
		found[i] = p.all[number]
	}
	touched := 0
	for _, one := range found[:len(wanted)] {
		touched += len(one.key)
	}
	for _, one := range found[:len(wanted)] {
		if one.key != "" {
			touched += int(one.key[0])
		}
		if len(one.list) > 0 {
			touched += int(one.list[0])
		}
	}
	runtime.KeepAlive(touched)
}
