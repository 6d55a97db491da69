package floor

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"rollcall"
)

// More names than there is room for leave those that rows have, and of the
// others the newest, whichever came first.
func TestNames_ForgetTheOldestThatNoRowHas(t *testing.T) {
	d := newNames()
	begun := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	who := func(i int, status string) *rollcall.Agent {
		return &rollcall.Agent{
			EventAt: begun.Add(time.Duration(i) * time.Second),
			Status:  rollcall.Status{ID: rollcall.AgentStatusID(status), Name: status, Type: rollcall.StatusCustom},
		}
	}
	say := func(was, is *rollcall.Agent) {
		d.note(was, is, &rollcall.Snapshot{Status: &is.Status})
		if d.bytes > d.room {
			t.Fatalf("%d bytes in a room of %d", d.bytes, d.room)
		}
	}
	ana := who(0, "ana's")
	say(nil, ana)
	const all = 50_000
	var ben *rollcall.Agent
	for i := range all {
		at := i + 2
		if i == 17 {
			at = all * 2
		}
		is := who(at, fmt.Sprint("status ", i))
		say(ben, is)
		ben = is
	}
	for _, id := range []string{"ana's", "status 17", fmt.Sprint("status ", all-1), fmt.Sprint("status ", all-1000)} {
		if d.kinds[nameOfStatus][id] == nil {
			t.Errorf("%s is forgotten", id)
		}
	}
	if d.kinds[nameOfStatus]["status 16"] != nil || !slices.IsSortedFunc(d.list, func(a, b *named) int { return int(a.is.Ordinal) - int(b.is.Ordinal) }) {
		t.Errorf("%d names, the first %+v", len(d.list), d.list[0].is)
	}
	if room := d.room; room > namesRoom+2*d.kinds[nameOfStatus]["ana's"].bytes+64 {
		t.Errorf("room for %d bytes", room)
	}
	// What was forgotten is new when it is named again.
	say(ben, who(all*3, "status 16"))
	if is := d.kinds[nameOfStatus]["status 16"].is; !is.ChangedAt.Equal(begun.Add(all * 3 * time.Second)) {
		t.Errorf("%+v", is)
	}
}
