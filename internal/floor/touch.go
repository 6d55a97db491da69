package floor

import (
	"runtime"

	"rollcall"
)

// What is touched is read without being wanted yet. On a large floor nearly
// everything that an event or a question needs must come from memory, and the
// processor waits some 100 ns for each line of it. But it can wait for ten and
// more at once, if it is told of them before it needs the first.

// cacheLine is how many bytes come from memory at once.
const cacheLine = 64

// touchAtOnce is how many rows, or other things, are touched at once; fewAtOnce
// come as fast by themselves.
const (
	touchAtOnce = 128
	fewAtOnce   = 3
)

// touch touches what the records of a batch will need.
func (f *Floors) touch(batch []rollcall.Record) {
	var ids [touchAtOnce]rollcall.AgentID
	for len(batch) > 0 {
		if batch[0].Event == nil {
			batch = batch[1:]
			continue
		}
		instance, n := batch[0].Event.Instance.Instance, 0
		for n < min(len(batch), touchAtOnce) && batch[n].Event != nil && batch[n].Event.Instance.Instance == instance {
			ids[n] = rollcall.AgentID(batch[n].Event.Agent.ID)
			n++
		}
		if fl := f.owner(instance); fl != nil {
			fl.touch(ids[:n])
		}
		batch = batch[n:]
	}
}

// touch touches all of the agents' rows, at most touchAtOnce.
func (fl *Floor) touch(ids []rollcall.AgentID) {
	var list [touchAtOnce]*row
	var touched uint32
	rows := fl.index.ordinals.touch(ids, &list)
	for _, r := range rows {
		touched += uint32(len(r.contacts)) + r.ordinal
	}
	for _, r := range rows {
		for i := int(r.answer.own); i < len(r.answer.text); i += cacheLine {
			touched += uint32(r.answer.text[i])
		}
		if len(r.contacts) > 0 {
			touched += uint32(r.contacts[0].State)
		}
	}
	runtime.KeepAlive(touched)
}
