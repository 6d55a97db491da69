package connect

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"
	"weak"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/tally"
)

const (
	// maxCountedRows bounds what a census remembers of counts: some 140 bytes a
	// row. More is counted each time.
	maxCountedRows = 10_000
	// maxKeptRows bounds the counts that are being paged through. Beyond, the
	// oldest is given up.
	maxKeptRows = 100_000
)

// census is a floor's, followed as far as somebody asks. It costs what changed
// since the question before.
type census struct {
	mu      sync.Mutex
	agents  *tally.Census // nil: nobody asked so far
	at      rollcall.Position
	counted map[string][]tally.Row // :: question -> its rows, of this version
	rows    int                    // in counted
}

// count gives what make counts, once for a version of the floor and a question.
// Nobody may change it.
func (c *census) count(fl *floor.Floor, question string, count func(*tally.Census) []tally.Row) []tally.Row {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.follow(fl)
	rows, ok := c.counted[question]
	if ok {
		return rows
	}
	rows = count(c.agents)
	if len(rows) > maxCountedRows {
		return rows
	}
	if c.rows += len(rows) + 1; c.counted == nil || c.rows > maxCountedRows {
		c.counted, c.rows = make(map[string][]tally.Row), len(rows)+1
	}
	c.counted[question] = rows
	return rows
}

// follow takes in what changed, or everybody where that can't be told.
func (c *census) follow(fl *floor.Floor) {
	everybody := rollcall.Query{IncludeOffline: true}
	if c.agents != nil {
		if d, ok := fl.ChangedSince(&everybody, c.at); ok && c.take(&d) {
			c.at = d.Position
			return
		}
	}
	page, _, each := fl.SelectEach(&everybody, rollcall.Cursor{}, math.MaxInt)
	c.agents, c.at, c.counted = tally.NewCensus(each), page.Position, nil
}

// take takes in what changed. It is false when some have left: who they were is
// not known.
func (c *census) take(d *floor.Delta) bool {
	if len(d.Agents) > 0 {
		c.counted = nil
	}
	for _, a := range d.Agents {
		if !c.agents.Put(a) {
			return false
		}
	}
	return len(d.Left) == 0 && c.agents.Agents() == d.Total
}

// censuses are those of all floors that somebody asked about, and go with them.
type censuses struct {
	mu   sync.Mutex
	of   map[weak.Pointer[floor.Floor]]*census
	kept []*keptCount // oldest first
	rows int          // in kept
}

// keptCount is a count that somebody pages through.
type keptCount struct {
	id       rollcall.Epoch // in page tokens
	question string
	rows     []tally.Row
	at       time.Time
	source   bool // contacts that wait are counted
}

func (cs *censuses) find(fl *floor.Floor) *census {
	key := weak.Make(fl)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c := cs.of[key]
	if c == nil {
		if cs.of == nil {
			cs.of = make(map[weak.Pointer[floor.Floor]]*census)
		}
		c = new(census)
		cs.of[key] = c
		runtime.AddCleanup(fl, func(key weak.Pointer[floor.Floor]) {
			cs.mu.Lock()
			defer cs.mu.Unlock()
			delete(cs.of, key)
		}, key)
	}
	return c
}

// keep keeps a count for its next pages, for as long as a token is taken.
func (cs *censuses) keep(k *keptCount, now time.Time) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if k.id == 0 {
		k.id = rollcall.Epoch(rand.Uint64() | 1) //nolint:gosec // it is no secret: tokens are sealed
		cs.kept = append(cs.kept, k)
		cs.rows += len(k.rows)
	}
	for len(cs.kept) > 1 && (cs.rows > maxKeptRows || now.Sub(cs.kept[0].at) > 2*tokenLife) {
		cs.rows -= len(cs.kept[0].rows)
		cs.kept = slices.Delete(cs.kept, 0, 1)
	}
}

// resume finds a count that is kept, or gives nil.
func (cs *censuses) resume(id rollcall.Epoch, question string) *keptCount {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	i := slices.IndexFunc(cs.kept, func(k *keptCount) bool { return k.id == id && k.question == question })
	if i < 0 {
		return nil
	}
	return cs.kept[i]
}
