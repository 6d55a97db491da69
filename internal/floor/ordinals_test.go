package floor

import (
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"rollcall"
)

// known is a row that has an id, and nothing else.
func known(id rollcall.AgentID, o uint32) *row {
	r := &row{ordinal: o}
	t := new(Text)
	t.Begin(id)
	r.setWords("", t)
	return r
}

// The table agrees with a map, whatever comes and goes in whichever order.
func TestOrdinals_AgreeWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := new(rows)
		table := ordinals{rows: all}
		model := make(map[rollcall.AgentID]uint32)
		ids := rapid.Map(rapid.IntRange(0, 200), func(n int) rollcall.AgentID { return rollcall.AgentID(fmt.Sprint("agent-", n)) })
		for o := range uint32(rapid.IntRange(0, 400).Draw(t, "steps")) {
			id := ids.Draw(t, "id")
			if was, here := model[id]; here {
				all.put(was, nil)
				table.remove(hashOf(id), was)
				delete(model, id)
				continue
			}
			all.put(o, known(id, o))
			table.put(hashOf(id), o)
			model[id] = o
		}
		if table.n != len(model) || 2*table.n > len(table.slots) {
			t.Fatalf("%d agents in %d slots, want %d", table.n, len(table.slots), len(model))
		}
		for n := range 201 {
			id := rollcall.AgentID(fmt.Sprint("agent-", n))
			want, here := model[id]
			if r := table.find(id); (r != nil) != here || (here && r.ordinal != want) {
				t.Fatalf("%s: found %+v, want %d, here %v", id, r, want, here)
			}
		}
	})
}

// Two ids may have one hash: then the rows tell which is which.
func TestOrdinals_TellIdsOfOneHashApart(t *testing.T) {
	ids, hashes := make([]rollcall.AgentID, 0, 2), make(map[uint32]rollcall.AgentID)
	for n := 0; len(ids) == 0; n++ { // some 80,000 until there are two
		id := rollcall.AgentID(strconv.Itoa(n))
		if other, ok := hashes[hashOf(id)]; ok {
			ids = append(ids, other, id)
		}
		hashes[hashOf(id)] = id
	}
	all := new(rows)
	table := ordinals{rows: all}
	for o, id := range ids {
		all.put(uint32(o), known(id, uint32(o)))
		table.put(hashOf(id), uint32(o))
	}
	var list [touchAtOnce]*row
	table.touch(ids, &list)
	for o, id := range ids {
		if r := table.find(id); r == nil || r.ordinal != uint32(o) {
			t.Errorf("%s: found %+v, want %d", id, r, o)
		}
	}
	all.put(0, nil)
	table.remove(hashOf(ids[0]), 0)
	if r := table.find(ids[1]); table.find(ids[0]) != nil || r == nil || r.ordinal != 1 || table.n != 1 {
		t.Errorf("after the first went: %+v of %d", r, table.n)
	}
}

// A row begins on a cache line if it takes whole ones, and then its answer
// takes one.
func TestRow_TakesThreeCacheLines(t *testing.T) {
	if size := rowBytes; size != 3*cacheLine {
		t.Errorf("a row takes %d bytes of memory, want %d: then it isn't on whole cache lines", size, 3*cacheLine)
	}
	if formBytes > cacheLine {
		t.Errorf("a form takes %d bytes, want no more than %d", formBytes, cacheLine)
	}
	if answerBytes != cacheLine {
		t.Errorf("an answer takes %d bytes, want %d", answerBytes, cacheLine)
	}
}
