package floor

import (
	"runtime"

	"rollcall"
)

// ordinals finds agents by their ids, which are in the rows.
type ordinals struct {
	hashTable
	rows *rows
}

// find gives the agent's row, nil when there is none.
func (t *ordinals) find(id rollcall.AgentID) *row {
	hash := hashOf(id)
	for i, s := t.home(hash); s != 0; i, s = t.next(i) {
		if s.hash() == hash {
			if r := t.rows.get(s.number()); r != nil && r.id() == id {
				return r
			}
		}
	}
	return nil
}

// appendAll appends the ordinals of the agents named, as far as they are here.
func (t *ordinals) appendAll(list []uint32, ids []rollcall.AgentID) []uint32 {
	for len(ids) > 0 {
		some := ids[:min(len(ids), touchAtOnce)]
		ids = ids[len(some):]
		if len(some) > fewAtOnce {
			t.touch(some, new([touchAtOnce]*row))
		}
		for _, id := range some {
			if r := t.find(id); r != nil {
				list = append(list, r.ordinal)
			}
		}
	}
	return list
}

// touch touches what find will read of each agent, at most touchAtOnce, and
// gives their rows in list.
func (t *ordinals) touch(ids []rollcall.AgentID, list *[touchAtOnce]*row) []*row {
	var numbers [touchAtOnce]uint32
	found := list[:0]
	for _, o := range candidates(&t.hashTable, ids, numbers[:0]) {
		if r := t.rows.get(o); r != nil {
			found = append(found, r)
		}
	}
	var touched uint32
	for _, r := range found {
		touched += r.answer.own
	}
	for _, r := range found {
		touched += uint32(r.answer.text[0])
	}
	runtime.KeepAlive(touched)
	return found
}
