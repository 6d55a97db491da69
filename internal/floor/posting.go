package floor

import "slices"

// posting is the set of one key's agents, say one queue's: a sorted list while
// it is small beside the floor, a bitset beyond. A list costs 4 bytes an agent
// but moves its tail when one comes or goes; a bitset costs the floor's size
// over 8 at most. So neither ever costs much more than the other would.
type posting struct {
	key    string
	number uint32 // in postings

	list  []uint32
	dense bitset // in use when it has blocks; then list is nil
}

// denseMin is the length up to which a posting is a list on every floor: there
// a change moves at most 16 KiB.
const denseMin = 4096

// denseShare: beyond denseMin, a posting is a list while it holds less than one
// in denseShare of the floor's agents, where both forms take equal memory.
const denseShare = 32

// listLimit is the longest list on a floor of so many agents.
func listLimit(agents int) int { return max(denseMin, agents/denseShare) }

func (p *posting) isDense() bool { return p.dense.blocks != nil }

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
			p.list = p.dense.appendTo(make([]uint32, 0, p.dense.n))
			p.dense = bitset{}
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
		for _, o := range p.list {
			p.dense.put(o, true)
		}
		p.list = nil
	}
}
