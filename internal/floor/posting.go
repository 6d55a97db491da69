package floor

import "slices"

// posting is a set of agents, say those of one routing profile: a sorted list
// while it is small beside the floor, a bitset beyond. A list costs 4 bytes an
// agent but moves its tail when one comes or goes; a bitset costs the floor's
// size over 8 at most. So neither ever costs much more than the other would.
type posting struct {
	list  []uint32
	dense *bitset // nil: list is in use
}

// denseMin is the length up to which a posting is a list on every floor.
const denseMin = 64

// denseShare: beyond denseMin, a posting is a list while it holds less than one
// in denseShare of the floor's agents, where both forms take equal memory.
const denseShare = 32

// listLimit is the longest list on a floor of so many agents.
func listLimit(agents int) int { return max(denseMin, agents/denseShare) }

func (p *posting) isDense() bool { return p.dense != nil }

func (p *posting) len() int {
	if p.isDense() {
		return p.dense.n
	}
	return len(p.list)
}

// put makes the posting hold the ordinal, or not.
func (p *posting) put(o uint32, in bool, limit int) {
	if p.isDense() {
		p.dense.put(o, in)
		if p.dense.n < limit/2 { // half, so that it does not flap
			*p = posting{list: p.ordinals()}
		}
		return
	}
	at, had := len(p.list), false
	if at > 0 && p.list[at-1] >= o { // new agents come at the end
		at, had = slices.BinarySearch(p.list, o)
	}
	switch {
	case in && !had:
		p.list = slices.Insert(p.list, at, o)
	case !in && had:
		p.list = slices.Delete(p.list, at, at+1)
	}
	if len(p.list) > limit {
		dense := new(bitset)
		dense.unite(p)
		*p = posting{dense: dense}
	}
}

// unite puts the others' agents into the posting.
func (p *posting) unite(others []*holders, limit int) {
	all := new(bitset)
	all.unite(p)
	for _, o := range others {
		all.unite(&o.posting)
	}
	*p = posting{dense: all}
	if all.n <= limit {
		*p = posting{list: p.ordinals()}
	}
}

// ordinals are the agents in order, in a list that may be the posting's own.
func (p *posting) ordinals() []uint32 {
	if p.isDense() {
		return p.dense.appendTo(make([]uint32, 0, p.dense.n))
	}
	return p.list
}
