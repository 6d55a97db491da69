package floor

import "runtime"

// postings are who stands under each key of one kind. A key is here as long as
// it has an agent.
type postings struct {
	hashTable
	all  []*keyed // by number; nil: free
	free []uint32 // numbers
}

// find gives a key, nil when nobody has it.
func (p *postings) find(key string) *keyed {
	hash := hashOf(key)
	for i, s := p.home(hash); s != 0; i, s = p.next(i) {
		if s.hash() == hash {
			if one := p.all[s.number()]; one.key == key {
				return one
			}
		}
	}
	return nil
}

// at finds the key, or makes it.
func (p *postings) at(key string) *keyed {
	if one := p.find(key); one != nil {
		return one
	}
	one := &keyed{key: key}
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

func (p *postings) remove(one *keyed) {
	p.hashTable.remove(hashOf(one.key), one.number)
	p.all[one.number] = nil
	p.free = append(p.free, one.number)
}

// union is some postings, none of them twice.
type union struct {
	postings []*posting
	disjoint bool         // nobody is in two of them
	room     [32]*posting // for the first
}

// collect adds who stands under any of the keys.
func collect[K ~string](u *union, in *postings, numbers int, keys []K) {
	var room [16]uint64
	seen := room[:]       // :: number of holders -> whether they are in
	one := len(keys) == 1 // lists none twice
	if !one && numbers > len(room)*wordBits {
		seen = make([]uint64, numbers/wordBits+1)
	}
	alone, found := 0, 0
	for len(keys) > 0 {
		some := keys[:min(len(keys), touchAtOnce)]
		keys = keys[len(some):]
		if len(some) > fewAtOnce {
			touchKeys(in, some)
		}
		for _, key := range some {
			k := in.find(string(key))
			if k == nil {
				continue
			}
			found++
			if k.len() > 0 {
				alone++
				u.postings = append(u.postings, &k.posting)
			}
			for _, h := range k.shared {
				if !one {
					word, bit := &seen[h.number/wordBits], uint64(1)<<(h.number%wordBits)
					if *word&bit != 0 {
						continue
					}
					*word |= bit
				}
				u.postings = append(u.postings, &h.posting)
			}
		}
	}
	u.disjoint = u.disjoint && (alone == 0 || found == 1)
}

// touchKeys touches what will be read of the keys, at most touchAtOnce.
func touchKeys[K ~string](p *postings, keys []K) {
	var numbers [touchAtOnce]uint32
	var found [touchAtOnce]*keyed
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
		if len(one.posting.list) > 0 {
			touched += int(one.posting.list[0])
		}
	}
	runtime.KeepAlive(touched)
}
