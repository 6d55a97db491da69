package simulate

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAppendStamp_AgreesWithPackageTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(1, time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()).Draw(t, "ms")
		want := time.UnixMilli(ms).UTC().Format(`"2006-01-02T15:04:05.000Z"`)
		if got := string(appendStamp(nil, stamp(ms))); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
	if got := string(appendStamp(nil, 0)); got != "null" {
		t.Errorf("no time is %s", got)
	}
}

func TestTimers_PopInOrderOfTimeThenOfSetting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ts timers
		var model []timer // sorted stably by time
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(model) > 0 && rapid.Bool().Draw(t, "pop") {
				if got := ts.pop(); got.turn != model[0].turn {
					t.Fatalf("timer %d at %v, want %d at %v", got.turn, got.at, model[0].turn, model[0].at)
				}
				model = model[1:]
				continue
			}
			u := timer{at: time.Duration(rapid.IntRange(0, 20).Draw(t, "at")), turn: uint32(ts.seq)}
			ts.push(u)
			model = append(model, u)
			slices.SortStableFunc(model, func(a, b timer) int { return int(a.at - b.at) })
		}
	})
}

func TestBench_KeepsTheLongestIdleFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bench
		agents := make([]agent, 5)
		var model []*agent
		for since := range rapid.Uint64Range(1, 50).Draw(t, "steps") {
			a := &agents[rapid.IntRange(0, 4).Draw(t, "agent")]
			if i := slices.Index(model, a); i >= 0 {
				b.remove(a, chat)
				model = slices.Delete(model, i, i+1)
			} else {
				b.push(a, chat, since+1)
				model = append(model, a)
			}
			var got []*agent
			for a := b.first; a != nil; a = a.seats[chat].next {
				got = append(got, a)
			}
			if !slices.Equal(got, model) || len(got) > 0 && b.last != got[len(got)-1] {
				t.Fatalf("%d on the bench, want %d, or in another order", len(got), len(model))
			}
		}
	})
}

// The worked example of cross-channel concurrency in the Administrator Guide,
// "Create a routing profile": chats and calls keep to themselves, tasks don't.
func TestAgent_AvailableSlotsObeyCrossChannelBehavior(t *testing.T) {
	p := &profile{slots: [channels]int8{voice: 1, chat: 3, task: 5}, alone: [channels]bool{voice: true, chat: true}}
	for _, test := range []struct {
		name       string
		used, want [channels]int8
	}{
		{"nothing", [channels]int8{}, [channels]int8{voice: 1, chat: 3, task: 5}},
		{"a chat", [channels]int8{chat: 1}, [channels]int8{chat: 2}},
		{"a call", [channels]int8{voice: 1}, [channels]int8{}},
		{"tasks", [channels]int8{task: 2}, [channels]int8{voice: 1, chat: 3, task: 3}},
		{"a chat and a task", [channels]int8{chat: 1, task: 1}, [channels]int8{chat: 2}},
		{"a call and a chat", [channels]int8{voice: 1, chat: 1}, [channels]int8{}},
	} {
		a := &agent{desk: &desk{profile: p}, used: test.used}
		if got := a.available(); got != test.want {
			t.Errorf("with %s: %v slots, want %v", test.name, got, test.want)
		}
	}
}

func TestLine_ForgetsWhoGaveUpAndIsBounded(t *testing.T) {
	c := New(Config{Agents: 1, Start: time.Unix(1e9, 0)})
	l := c.lines[0]
	for range 10 * l.limit {
		c.appear(l)
	}
	if n := len(l.waiting); n != l.limit {
		t.Errorf("%d wait in a line of at most %d", n, l.limit)
	}
	if l.head(c.now) == nil || l.head(c.now+24*time.Hour) != nil || len(l.waiting) != 0 {
		t.Errorf("nobody waits at first, or %d wait for a day", len(l.waiting))
	}
}
