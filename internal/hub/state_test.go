package hub_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/floor"
	"rollcall/internal/hub"
)

// counting is a question that counts how often its answer is looked for and
// written.
func counting(c *centre, looks, pages *int) *hub.Question {
	var mu sync.Mutex
	q := hub.Agents("counting", c.floor(), sales, 0, hub.Encoder{Change: encode, Page: func(rows *floor.Rows, from int) ([]byte, int, error) {
		mu.Lock()
		defer mu.Unlock()
		*pages++
		return encodePage(rows, from)
	}})
	look := q.State
	q.State = func() (*hub.State, error) {
		mu.Lock()
		*looks++
		mu.Unlock()
		time.Sleep(time.Millisecond) // as all take a while
		return look()
	}
	return q
}

// A thousand who come at once while the floor changes are not a thousand looks at
// it.
func TestState_WhoBeginTogetherShareIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		for _, agent := range []string{"ana", "ben", "cem"} {
			c.put(agent, "sales", "Available")
		}
		var looks, pages int
		q := counting(c, &looks, &pages)
		var all sync.WaitGroup
		const rounds, watchers = 10, 100
		for range rounds {
			c.put("ana", "sales", "Lunch")
			at := c.at
			for range watchers {
				all.Go(func() {
					v := &viewer{question: q, query: sales, rows: map[string]string{}}
					v.watcher = h.Watch(q, v.wake)
					defer v.watcher.Close()
					state := v.begin(t)
					if state.At.Before(at) || len(v.rows) != 4 {
						t.Errorf("a state of %s with %d agents, of a floor that was at %s before", state.At, len(v.rows), at)
					}
				})
			}
			time.Sleep(100 * time.Microsecond)
		}
		all.Wait()
		if looks > rounds || pages > 2*looks {
			t.Errorf("%d looks at the floor and %d pages of two for %d watchers", looks, pages, rounds*watchers)
		}
	})
}

// While nothing changes who comes shares what others are sent, but rows say how old
// they are: so not for long.
func TestState_IsSharedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		var looks, pages int
		q := counting(c, &looks, &pages)
		w := h.Watch(q, func() {})
		defer w.Close()
		first, _ := w.State()
		time.Sleep(time.Second / 2)
		second, _ := w.State()
		time.Sleep(time.Second / 2)
		third, _ := w.State()
		if first != second || second == third || looks != 2 {
			t.Errorf("%d looks, want one for the first two and another a second later", looks)
		}
		c.put("ana", "sales", "Lunch")
		if fourth, _ := w.State(); fourth == third || fourth.At != c.at {
			t.Errorf("a state of %s after a change at %s", fourth.At, c.at)
		}
	})
}
