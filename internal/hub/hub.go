// Package hub pushes what becomes of a floor to whoever watches it.
//
// It keeps versions, not queues. The floor knows which of its agents changed
// since any recent position (floor.ChangedSince), so what a watcher is owed is
// told by one position: that of the version it has. Nothing waits for a
// watcher, and a watcher costs the writer nothing and takes no memory that
// grows: who reads slowly gets fewer frames, each from the newest version.
//
// All who watch the same question share a Feed. Who begins is given a State, which
// those who begin at about the same time share as well. When the floor has changed,
// and the question's interval is over, the feed makes one frame, which every
// watcher writes. One that missed the frames that it needed, or comes with a
// version of its own, makes one for itself, and is with the others again at the
// next: while there are such, the feed makes loose frames, which lead to the new
// version from any that lies between.
package hub

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// Frame is what brings whoever has the version From up to To. From lies before
// every version, with Pack 0, where the frame is a whole answer.
type Frame struct {
	From, To rollcall.Position
	Loose    bool   // it does so from any version since, too
	Bytes    []byte // as they are sent; nil when the answer is the same in all these versions

	since rollcall.Position // up to which the answer was that of From; set by the feed
}

// leadsFrom tells whether the frame brings a version up to To.
func (f *Frame) leadsFrom(at rollcall.Position) bool {
	between := f.Loose && at.Epoch == f.To.Epoch && !at.Before(f.since) && at.Before(f.To)
	return at == f.From || at == f.since || between || (f.whole() && at.Before(f.To))
}

// whole tells whether the frame is a whole answer, which replaces any before it.
func (f *Frame) whole() bool { return f.From.Pack == 0 }

// Maker makes the frame that leads from the position to the floor's newest
// version; a loose one if asked, which may tell more than needs be. It is false
// where the floor can't tell the way any more.
type Maker func(from rollcall.Position, loose bool) (Frame, bool)

// Question is what is watched.
type Question struct {
	Key      string // the same for all whose frames are the same bytes
	Floor    *floor.Floor
	Interval time.Duration // at least, between two frames of the feed

	// State gives the whole answer, of the floor as it is when it is called.
	State func() (*State, error)
	// Frame makes loose frames, for a watcher that lags behind its feed.
	Frame Maker
	// Feed makes what makes the feed's frames, for versions from the position on.
	// It is used by one goroutine.
	Feed func() (Maker, rollcall.Position)
}

// ErrLost says that the floor can't tell any more what a watcher lacks: it must
// begin anew.
var ErrLost = errors.New("what changed since is not recorded any more")

// Hub has the feeds. The zero Hub is ready. It is safe for concurrent use.
type Hub struct {
	Now func() time.Time // tells how old states are; nil: time.Now

	kept  atomic.Int64 // bytes of the frames that feeds keep
	mu    sync.Mutex
	feeds map[string]*feed
}

// Watcher follows a feed. One goroutine uses it.
type Watcher struct {
	hub      *Hub
	feed     *feed
	question *Question
	at       rollcall.Position
	wake     func()
}

// Watch begins to watch. The watcher needs State or From next, and is closed when
// it is done. Whenever it is worth asking again what it lacks wake is called, by
// another goroutine: it must not wait, and may be called once more after Close.
func (h *Hub) Watch(q *Question, wake func()) *Watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[q.Key]
	if f == nil || f.question.Floor != q.Floor { // another life of the instance
		f = newFeed(q, h)
		if h.feeds == nil {
			h.feeds = make(map[string]*feed)
		}
		h.feeds[q.Key] = f
	}
	w := &Watcher{hub: h, feed: f, question: q, wake: wake}
	f.join(w)
	return w
}

// State gives the question's answer, as it is by now: the watcher has that
// version.
func (w *Watcher) State() (*State, error) {
	state, err := w.feed.state()
	if err == nil {
		w.at = state.At
	}
	return state, err
}

// From is for somebody who has the question's answer of the position.
func (w *Watcher) From(at rollcall.Position) { w.at = at }

// Close ends it, and with the last watcher the feed.
func (w *Watcher) Close() {
	h := w.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.feed.leave(w) > 0 {
		return
	}
	close(w.feed.done)
	if h.feeds[w.question.Key] == w.feed {
		delete(h.feeds, w.question.Key)
	}
}

func (h *Hub) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

// Feeds tells how many there are, for metrics.
func (h *Hub) Feeds() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.feeds)
}

// Poll gives the frames that the watcher lacks, in order; with the last the
// watcher has the version To. If it is behind there are none that lead on, and
// CatchUp makes one. If it lacks nothing, it is worth asking again when it is
// woken.
func (w *Watcher) Poll() (frames []Frame, behind bool) {
	frames, behind = w.feed.after(w.at)
	if len(frames) > 0 {
		w.at = frames[len(frames)-1].To
	}
	return frames, behind
}

// CatchUp is Poll for a watcher that is behind. The error is ErrLost.
func (w *Watcher) CatchUp() ([]Frame, error) {
	for {
		frame, ok := w.question.Frame(w.at, true)
		if !ok {
			return nil, ErrLost
		}
		if w.at = frame.To; frame.Bytes != nil {
			return []Frame{frame}, nil
		}
		if frames, behind := w.Poll(); !behind {
			return frames, nil
		}
	}
}
