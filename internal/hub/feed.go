package hub

import (
	"slices"
	"sync"
	"sync/atomic"
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
	kept     *atomic.Int64 // bytes of the frames of all feeds
	watchers int           // of the hub's lock
	done     chan struct{} // closed with the last watcher

	mu      sync.Mutex
	frames  []Frame           // the newest; each begins where the one before ends
	bytes   int               // of them
	to      rollcall.Position // of the newest frame
	made    rollcall.Position // up to where the feed has looked: nothing to tell lies between to and made
	begun   bool              // to and made are told
	astray  bool              // a watcher has a version that the feed has not come to
	changed chan struct{}
}

func newFeed(q *Question, kept *atomic.Int64) *feed {
	f := &feed{question: q, kept: kept, done: make(chan struct{}), changed: make(chan struct{})}
	go f.run()
	return f
}

// run makes a frame when the floor has changed, at most one an interval. It
// looks at the floor first, which may take long: nobody holds a lock meanwhile.
func (f *feed) run() {
	maker, at := f.question.Feed()
	f.lose(at)
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
		switch {
		case !ok:
			maker, at = f.question.Feed()
			f.lose(at)
			from = at
		case frame.Bytes == nil:
			at = frame.To
			f.pass(at)
		default:
			if frame.since = at; !frame.whole() {
				frame.From = from
			}
			at, from = frame.To, frame.To
			f.publish(frame)
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
	all := f.kept.Add(int64(len(frame.Bytes)))
	for len(f.frames) > keptFrames || (f.bytes > keptBytes && len(f.frames) > 1) || (all > maxKept && len(f.frames) > 0) {
		all = f.drop(1)
	}
	f.to, f.made = frame.To, frame.To
	f.wake()
}

// pass says that nothing is to be told up to the position, but perhaps to a
// watcher that has come meanwhile.
func (f *feed) pass(at rollcall.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made = at
	if f.astray {
		f.wake()
	}
}

// drop forgets the n oldest frames, and tells how many bytes all feeds keep.
func (f *feed) drop(n int) (all int64) {
	bytes := 0
	for i := range n {
		bytes += len(f.frames[i].Bytes)
	}
	f.frames = slices.Delete(f.frames, 0, n)
	f.bytes -= bytes
	return f.kept.Add(-int64(bytes))
}

// lose begins a new chain of frames at the position.
func (f *feed) lose(at rollcall.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop(len(f.frames))
	f.to, f.made, f.begun = at, at, true
	f.wake()
}

func (f *feed) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// after gives the frames for a watcher at the position, or tells that none of
// them will do, or when to ask again.
func (f *feed) after(at rollcall.Position) (frames []Frame, behind bool, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun {
		return nil, false, f.changed
	}
	if at == f.to || (at.Epoch == f.made.Epoch && !at.Before(f.made)) {
		f.astray = f.astray || f.made.Before(at)
		return nil, false, f.changed
	}
	for i := range f.frames {
		if f.frames[i].leadsFrom(at) {
			return slices.Clone(f.frames[i:]), false, f.changed
		}
	}
	return nil, true, f.changed
}
