package hub

import (
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// maxCatchUp is how many agents' rows one watcher gets of its own to catch up:
// beyond that it begins anew, a part at a time, and takes no more memory.
const maxCatchUp = 500

// Encoder writes agents as they are sent. It is called by several goroutines at
// once.
type Encoder struct {
	// Page writes a page of a state, that begins with the row at from, and tells
	// where the next begins: 0 after the last.
	Page func(rows *floor.Rows, from int) (bytes []byte, next int, err error)
	// Change writes what became of them. An error says that it is too much: who
	// watches begins anew.
	Change func(*floor.Delta) ([]byte, error)
}

// Agents is the question who matches the query.
func Agents(key string, fl *floor.Floor, query *rollcall.Query, interval time.Duration, encode Encoder) *Question {
	q := &Question{Key: key, Floor: fl, Interval: interval}
	q.State = func() (*State, error) {
		rows := fl.SelectRows(query)
		return NewState(rows.Position, rows.Len(), func(from int) ([]byte, int, error) { return encode.Page(&rows, from) }), nil
	}
	frame := func(from rollcall.Position, d *floor.Delta, loose bool) (f Frame, err error) {
		f = Frame{From: from, To: d.Position, Loose: loose}
		if len(d.Agents)+len(d.Left) > 0 {
			f.Bytes, err = encode.Change(d)
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
		rows := fl.SelectRows(query)
		here := make(map[rollcall.AgentID]struct{}, rows.Len()) // whom the feed has shown
		for i := range rows.Len() {
			here[rows.Agent(i).ID] = struct{}{}
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
		}, rows.Position
	}
	return q
}
