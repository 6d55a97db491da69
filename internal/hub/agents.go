package hub

import (
	"math"
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// maxCatchUp is how many agents' rows one watcher gets of its own to catch up:
// beyond that it begins anew, a part at a time, and takes no more memory.
const maxCatchUp = 500

// Agents is the question who matches the query. The encoder writes what became
// of them, as it is sent; it is called by several goroutines at once.
func Agents(key string, fl *floor.Floor, query *rollcall.Query, interval time.Duration, encode func(*floor.Delta) ([]byte, error)) *Question {
	q := &Question{Key: key, Floor: fl, Interval: interval}
	frame := func(from rollcall.Position, d *floor.Delta, loose bool) (f Frame, err error) {
		f = Frame{From: from, To: d.Position, Loose: loose}
		if len(d.Agents)+len(d.Left) > 0 {
			f.Bytes, err = encode(d)
		}
		return f, err
	}
	q.Frame = func(from rollcall.Position, loose bool) (Frame, bool) {
		d, ok := fl.ChangedSince(query, from)
		if !ok || len(d.Agents) > maxCatchUp {
			return Frame{}, false
		}
		f, err := frame(from, &d, loose)
		return f, err == nil
	}
	q.Feed = func() (Maker, rollcall.Position) {
		page := fl.Select(query, rollcall.Cursor{}, math.MaxInt)
		here := make(map[rollcall.AgentID]struct{}, len(page.Agents)) // whom the feed has shown
		for _, a := range page.Agents {
			here[a.ID] = struct{}{}
		}
		return func(from rollcall.Position, loose bool) (Frame, bool) {
			d, ok := fl.ChangedSince(query, from)
			if !ok {
				return Frame{}, false
			}
			d.Left = slices.DeleteFunc(d.Left, func(id rollcall.AgentID) bool {
				_, was := here[id]
				delete(here, id)
				return !was && !loose
			})
			for _, a := range d.Agents {
				here[a.ID] = struct{}{}
			}
			f, err := frame(from, &d, loose)
			return f, err == nil
		}, page.Position
	}
	return q
}
