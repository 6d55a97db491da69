package hub_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/hub"
)

func drawQuery(t *rapid.T) *rollcall.Query {
	return rapid.SampledFrom([]*rollcall.Query{
		{},
		{IncludeOffline: true},
		sales,
		{Traits: rollcall.Traits{Statuses: []string{"Lunch"}}},
		{Agents: []rollcall.AgentID{"ana", "ben"}, IncludeOffline: true},
	}).Draw(t, "query")
}

// Whatever happens and however late a watcher reads, its table is the list's.
func TestWatch_TablesAreWhatTheListAnswers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, func() {
			t := rt
			c, h := newCentre(), new(hub.Hub)
			var viewers []*viewer
			defer func() {
				for _, v := range viewers {
					v.watcher.Close()
				}
				if h.Feeds() != 0 {
					t.Fatalf("%d feeds are left of nobody", h.Feeds())
				}
			}()
			t.Repeat(map[string]func(*rapid.T){
				"event": func(t *rapid.T) {
					c.put(rapid.SampledFrom([]string{"ana", "ben", "cem", "dor"}).Draw(t, "agent"),
						rapid.SampledFrom([]string{"sales", "claims"}).Draw(t, "queue"),
						rapid.SampledFrom([]string{"Available", "Lunch", "Offline"}).Draw(t, "status"))
				},
				"forget": func(t *rapid.T) { c.forget(rapid.SampledFrom([]string{"ana", "ben", "cem"}).Draw(t, "agent")) },
				"time":   func(*rapid.T) { time.Sleep(300 * time.Millisecond) },
				"feeds":  func(*rapid.T) { synctest.Wait() },
				"join": func(t *rapid.T) {
					if len(viewers) < 8 {
						interval := rapid.SampledFrom([]time.Duration{0, time.Second / 4}).Draw(t, "interval")
						viewers = append(viewers, c.view(t, h, drawQuery(t), interval))
					}
				},
				"read": func(t *rapid.T) {
					if len(viewers) > 0 {
						rapid.SampledFrom(viewers).Draw(t, "viewer").read(t)
					}
				},
				"cut off": func(t *rapid.T) {
					if len(viewers) > 0 {
						rapid.SampledFrom(viewers).Draw(t, "viewer").resume(h)
					}
				},
				"all": func(t *rapid.T) {
					time.Sleep(time.Second)
					for _, v := range viewers {
						v.read(t)
						c.check(t, v)
					}
				},
			})
		})
	})
}

// inBubble runs body with its own time. What it panics with, as rapid does, comes
// out again.
func inBubble(t *testing.T, body func()) {
	t.Helper()
	var failure any
	synctest.Test(t, func(*testing.T) {
		defer func() { failure = recover() }()
		body()
	})
	if failure != nil {
		panic(failure)
	}
}

func TestWatch_OneFrameForAllThatWatchTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		one, two := c.view(t, h, sales, time.Second), c.view(t, h, sales, time.Second)
		other := c.view(t, h, &rollcall.Query{Queues: []rollcall.QueueID{"claims"}}, time.Second)
		defer one.watcher.Close()
		defer two.watcher.Close()
		defer other.watcher.Close()
		synctest.Wait()
		c.put("ana", "sales", "Available")
		synctest.Wait()
		if !one.woken.Load() || !two.woken.Load() {
			t.Error("the watchers were not woken")
		}
		a, _ := one.watcher.Poll()
		b, _ := two.watcher.Poll()
		if len(a) != 1 || len(b) != 1 || &a[0].Bytes[0] != &b[0].Bytes[0] {
			t.Errorf("frames %+v and %+v, want one that is shared", a, b)
		}
		if frames := other.read(t); frames != 0 {
			t.Errorf("a watcher of another queue got %d frames", frames)
		}
	})
}

// To begin a feed may take long, as it looks at all of the floor.
func TestWatch_NobodyWaitsForAnothersFeedToBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		_, page := c.rows(sales)
		slow := question(c.floor(), sales, 0)
		slow.Key = "slow"
		look, begin := make(chan struct{}), slow.Feed
		slow.Feed = func() (hub.Maker, rollcall.Position) {
			<-look
			return begin()
		}
		waits := &viewer{question: slow, query: sales, rows: map[string]string{"first": "Available"}}
		waits.watcher = h.Watch(slow, waits.wake)
		waits.watcher.From(page.Position)
		defer waits.watcher.Close()
		v := c.view(t, h, sales, 0)
		defer v.watcher.Close()
		synctest.Wait()
		c.put("ana", "sales", "Lunch")
		synctest.Wait()
		if v.read(t); v.rows["ana"] != "Lunch" {
			t.Error("a feed waits for another to begin")
		}
		if frames := waits.read(t); frames != 0 {
			t.Errorf("%d frames of a feed that has not begun", frames)
		}
		close(look)
		synctest.Wait()
		waits.read(t)
		c.check(t, waits)
	})
}

func TestWatch_OneFrameAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		v := c.view(t, h, sales, time.Second)
		defer v.watcher.Close()
		frames := 0
		for i := range 100 { // ten seconds
			c.put("ana", "sales", fmt.Sprint("status ", i))
			synctest.Wait()
			frames += v.read(t)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Second)
		frames += v.read(t)
		if frames < 10 || frames > 12 || v.rows["ana"] != "status 99" {
			t.Errorf("%d frames in ten seconds, the newest row %q", frames, v.rows["ana"])
		}
	})
}

func TestWatch_WhoReadsLateGetsTheNewestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		v := c.view(t, h, sales, 0)
		defer v.watcher.Close()
		for i := range 1000 {
			c.put("ana", "sales", fmt.Sprint("status ", i))
			synctest.Wait() // the feed makes a frame of each
		}
		if frames := v.read(t); frames != 1 || v.rows["ana"] != "status 999" {
			t.Errorf("%d frames for who slept through a thousand, the newest row %q", frames, v.rows["ana"])
		}
	})
}

func TestWatch_SaysThatItLostTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		_, old := c.rows(sales)
		for i := range 5000 { // more than the floor records
			c.put(fmt.Sprint("agent ", i%20), "sales", fmt.Sprint("status ", i))
		}
		lost := h.Watch(question(c.floor(), sales, 0), func() {})
		defer lost.Close()
		lost.From(old.Position)
		synctest.Wait()
		if _, behind := lost.Poll(); !behind {
			t.Error("a watcher from long ago is not behind")
		}
		if _, err := lost.CatchUp(); !errors.Is(err, hub.ErrLost) {
			t.Errorf("error %v, want ErrLost", err)
		}
		v := c.view(t, h, sales, 0)
		defer v.watcher.Close()
		c.put("ana", "sales", "Lunch")
		synctest.Wait()
		if v.read(t); v.rows["ana"] != "Lunch" {
			t.Error("the feed did not go on")
		}
	})
}

// Who comes with a version that the feed has passed by without a word is told
// nevertheless what became of it.
func TestWatch_WhoComesAndIsPassedByIsToldOfWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		first := c.view(t, h, sales, time.Second)
		defer first.watcher.Close()
		c.put("ana", "sales", "Available")
		synctest.Wait() // the frame with ana; the interval begins
		c.put("ben", "sales", "Available")
		second := c.view(t, h, sales, time.Second)
		defer second.watcher.Close()
		c.put("ben", "claims", "Available")
		time.Sleep(2 * time.Second) // to the feed ben was never there
		c.put("cem", "claims", "Available")
		time.Sleep(2 * time.Second)
		for _, v := range []*viewer{first, second} {
			v.read(t)
			c.check(t, v)
		}
	})
}

// Who comes between two frames of the feed has seen what those who were there
// before have not.
func TestWatch_WhoComesBetweenTwoFramesIsToldOfWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := newCentre(), new(hub.Hub)
		first := c.view(t, h, sales, time.Second)
		defer first.watcher.Close()
		c.put("ana", "sales", "Available")
		synctest.Wait() // the frame with ana; the interval begins
		c.put("ben", "sales", "Available")
		second := c.view(t, h, sales, time.Second)
		defer second.watcher.Close()
		second.read(t)
		c.put("ben", "claims", "Available")
		time.Sleep(2 * time.Second)
		for _, v := range []*viewer{first, second} {
			v.read(t)
			c.check(t, v)
		}
	})
}
