package hub

import (
	"iter"
	"sync"
	"time"
	"weak"

	"rollcall"
)

// State is the whole answer of one version, in pages. A page is put together for
// the first who is sent it, and is there for others as long as somebody is being
// sent it: what states take is a page for each who is slow.
type State struct {
	At   rollcall.Position
	Rows int

	make   func(from int) (bytes []byte, next int, err error)
	madeAt time.Time

	mu    sync.Mutex
	pages map[int]weak.Pointer[statePage] // :: row at which it begins -> page
}

type statePage struct {
	bytes []byte
	next  int // row at which the page after this one begins; 0: it is the last
}

// NewState makes the state of a version. page gives the page that begins at a row,
// and where the next begins; 0 after the last.
func NewState(at rollcall.Position, rows int, page func(from int) (bytes []byte, next int, err error)) *State {
	return &State{At: at, Rows: rows, make: page, pages: make(map[int]weak.Pointer[statePage])}
}

// Pages gives them in order, up to the first that can't be put together.
func (s *State) Pages() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for from, more := 0, true; more; {
			p, err := s.page(from)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(p.bytes, nil) {
				return
			}
			from, more = p.next, p.next > 0
		}
	}
}

func (s *State) page(from int) (*statePage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[from].Value(); p != nil {
		return p, nil
	}
	p := new(statePage)
	var err error
	if p.bytes, p.next, err = s.make(from); err != nil {
		return nil, err
	}
	s.pages[from] = weak.Make(p)
	return p, nil
}

// maxStateAge is how long a state is given to others while nothing changes: rows
// say, too, how old they are.
const maxStateAge = time.Second

// A feed makes at most one state in the time that it takes to put its pages
// together, about so long for each row, but at least one in maxStatePause: while
// the floor changes and many come, they wait a little and share one.
const (
	statePause    = 10 * time.Microsecond
	maxStatePause = time.Second
)

// states are those that a feed gives to who begins.
type states struct {
	mu     sync.Mutex
	newest weak.Pointer[State]
	next   *coming // not begun yet; nil while nobody waits
	making bool
}

// coming is a state that will be of a version as new as when it was asked for.
type coming struct {
	done  chan struct{} // closed when it is there
	state *State
	err   error
}

// state gives the answer of the newest version.
func (f *feed) state() (*State, error) {
	now := f.question.Floor.Position()
	s := &f.states
	s.mu.Lock()
	if newest := s.newest.Value(); newest != nil && newest.At == now && f.hub.now().Sub(newest.madeAt) < maxStateAge {
		s.mu.Unlock()
		return newest, nil
	}
	if s.next == nil {
		s.next = &coming{done: make(chan struct{})}
	}
	next := s.next
	if !s.making {
		s.making = true
		go f.makeStates()
	}
	s.mu.Unlock()
	<-next.done
	return next.state, next.err
}

// makeStates makes states as long as somebody waits for one.
func (f *feed) makeStates() {
	for s := &f.states; ; {
		s.mu.Lock()
		next := s.next
		s.next, s.making = nil, next != nil
		s.mu.Unlock()
		if next == nil {
			return
		}
		var pause time.Duration
		madeAt := f.hub.now()
		if next.state, next.err = f.question.State(); next.err == nil {
			pause = min(time.Duration(next.state.Rows)*statePause, maxStatePause)
			next.state.madeAt = madeAt
			s.mu.Lock()
			s.newest = weak.Make(next.state)
			s.mu.Unlock()
		}
		close(next.done)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-f.done:
		}
		timer.Stop()
	}
}
