package hub

import (
	"maps"
	"slices"
	"sync"
	"time"

	"rollcall"
)

// A feed keeps its newest frames for watchers that are a little late: the last
// in any case, as long as all feeds together keep no more than maxKept bytes.
const (
	keptFrames = 16
	keptBytes  = 256 << 10
	maxKept    = 64 << 20
)

// feed makes the frames of one question.
type feed struct {
	question *Question
	hub      *Hub
	done     chan struct{} // closed with the last watcher
	states   states
	waking   []*Watcher // of run

	mu       sync.Mutex
	watchers map[*Watcher]struct{}
	frames   []Frame           // the newest; each begins where the one before ends
	bytes    int               // of them
	to       rollcall.Position // of the newest frame
	made     rollcall.Position // up to where the feed has looked: nothing to tell lies between to and made
	begun    bool              // to and made are told
	astray   bool              // a watcher has a version that the feed has not come to
}

func newFeed(q *Question, h *Hub) *feed {
	f := &feed{question: q, hub: h, done: make(chan struct{}), watchers: make(map[*Watcher]struct{})}
	go f.run()
	return f
}

func (f *feed) join(w *Watcher) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[w] = struct{}{}
}

// leave tells how many watchers are left.
func (f *feed) leave(w *Watcher) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, w)
	return len(f.watchers)
}

// run makes a frame when the floor has changed, at most one an interval. It
// looks at the floor first, which may take long: nobody holds a lock meanwhile.
func (f *feed) run() {
	maker, at := f.question.Feed()
	f.lose(at)
	f.wake()
	from := at // where the frame to be sent next begins
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		newest, changed := f.question.Floor.Changed()
		if !at.Before(newest) && at.Epoch == newest.Epoch || newest.IsZero() {
			select {
			case <-changed:
				continue
			case <-f.done:
				f.lose(at)
				return
			}
		}
		frame, ok := maker(at, f.takeAstray())
		news := true
		switch {
		case !ok:
			maker, at = f.question.Feed()
			f.lose(at)
			from = at
		case frame.Bytes == nil:
			at = frame.To
			news = f.pass(at)
		default:
			if frame.since = at; !frame.whole() {
				frame.From = from
			}
			at, from = frame.To, frame.To
			f.publish(frame)
		}
		if news {
			f.wake()
		}
		pause.Reset(f.question.Interval)
		select {
		case <-pause.C:
		case <-f.done:
			f.lose(at)
			return
		}
	}
}

func (f *feed) takeAstray() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	astray := f.astray
	f.astray = false
	return astray
}

func (f *feed) publish(frame Frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if frame.whole() {
		f.drop(len(f.frames))
	}
	f.frames = append(f.frames, frame)
	f.bytes += len(frame.Bytes)
	all := f.hub.kept.Add(int64(len(frame.Bytes)))
	for len(f.frames) > keptFrames || (f.bytes > keptBytes && len(f.frames) > 1) || (all > maxKept && len(f.frames) > 0) {
		all = f.drop(1)
	}
	f.to, f.made = frame.To, frame.To
}

// pass says that nothing is to be told up to the position, but perhaps to a
// watcher that has come meanwhile.
func (f *feed) pass(at rollcall.Position) (news bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made = at
	return f.astray
}

// drop forgets the n oldest frames, and tells how many bytes all feeds keep.
func (f *feed) drop(n int) (all int64) {
	bytes := 0
	for i := range n {
		bytes += len(f.frames[i].Bytes)
	}
	f.frames = slices.Delete(f.frames, 0, n)
	f.bytes -= bytes
	return f.hub.kept.Add(-int64(bytes))
}

// lose begins a new chain of frames at the position.
func (f *feed) lose(at rollcall.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop(len(f.frames))
	f.to, f.made, f.begun = at, at, true
}

// wake wakes the watchers. No lock is held, since they will want it.
func (f *feed) wake() {
	f.mu.Lock()
	f.waking = slices.AppendSeq(f.waking[:0], maps.Keys(f.watchers))
	f.mu.Unlock()
	for _, w := range f.waking {
		w.wake()
	}
	clear(f.waking)
}

// after gives the frames for a watcher at the position, or tells that none of
// them will do. With neither it lacks nothing.
func (f *feed) after(at rollcall.Position) (frames []Frame, behind bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun {
		return nil, false
	}
	if at == f.to || (at.Epoch == f.made.Epoch && !at.Before(f.made)) {
		f.astray = f.astray || f.made.Before(at)
		return nil, false
	}
	for i := range f.frames {
		if f.frames[i].leadsFrom(at) {
			return slices.Clone(f.frames[i:]), false
		}
	}
	return nil, true
}
