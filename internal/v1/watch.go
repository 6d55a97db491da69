package v1

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/floor"
	"rollcall/internal/hub"
)

const (
	defaultInterval = 250 * time.Millisecond
	maxInterval     = 10 * time.Second

	stateTime    = time.Hour       // for which a state may be sent; a stream's age counts from then
	catchUpTime  = 2 * time.Second // how long a position that is still ahead is waited for
	watcherLooks = 2 * time.Second // how often a watcher looks whether it still may
)

// What a watch takes beside the filters of the list.
const (
	lastEventIDHeader    = "Last-Event-ID"
	lastEventIDParameter = "last-event-id"
	intervalParameter    = "interval"
)

// notWatched are the parameters of a list that a watch refuses, with the reason.
var notWatched = map[string]string{ // :: parameter -> why
	"limit":         "a watch sends everybody who matches",
	"cursor":        "a watch sends everybody who matches",
	"sort":          "a watch sends who changed; sort what you have",
	"longer-than":   "time alone would change who matches; compare activitySince with the clock",
	"not-heard-for": "time alone would change who matches; compare heardAt with the clock",
}

// watching is what a request to watch asks.
type watching struct {
	*question
	floor     *floor.Floor
	pass      access.Pass
	interval  time.Duration
	resources []rollcall.ARN // that the filters name
	lastID    string         // the id that the client says it had last; empty to begin
	ticket    *ticketPass    // that opens the stream; nil without one

	seat        *seat     // of the ticket; nil without one
	until, look time.Time // when the stream ends, and when it is looked at next whether it may go on
	draining    bool      // until is when the server's end has it end
}

// lastEventID is the id of the frame that the client says it had last.
func lastEventID(r *http.Request) string {
	return cmp.Or(r.Header.Get(lastEventIDHeader), r.URL.Query().Get(lastEventIDParameter))
}

// parseWatching reads a request to watch.
func (s *service) parseWatching(c *request, p *parameters) (*watching, error) {
	values := maps.Clone(c.values)
	w := &watching{floor: c.floor, pass: c.Pass, resources: filtered(c, c.floor.ARN()), interval: defaultInterval}
	if opened, ok := c.Pass.(*ticketPass); ok {
		w.pass, w.ticket = opened.Pass, opened
	}
	w.lastID = lastEventID(c.Request)
	values.Del(lastEventIDParameter)
	values.Del(ticketParameter)
	for name, why := range notWatched {
		if values.Has(name) {
			return nil, rollcall.Errorf(rollcall.CodeInvalid, "%s: can't be watched: %s", name, why)
		}
	}
	if given, ok := values[intervalParameter]; ok {
		interval, err := time.ParseDuration(given[0])
		if err != nil || interval < 0 || interval > maxInterval || len(given) > 1 {
			return nil, rollcall.Errorf(rollcall.CodeInvalid, "interval: %q: want a duration from 0s to %s, once", rollcall.Shorten(given[0]), maxInterval)
		}
		w.interval = interval.Round(time.Millisecond)
		values.Del(intervalParameter)
	}
	var err error
	w.question, err = s.parseQuestion(p, c.floor, values)
	return w, err
}

// watchAgents sends who matches, and from then on what changes.
func (s *service) watchAgents(c *request) error {
	w, err := s.parseWatching(c, &filters)
	if err != nil {
		return err
	}
	q := hub.Agents(w.key("agents"), w.floor, &w.query, w.interval, hub.Encoder{Page: s.view.page, Change: s.view.change})
	return s.watch(c, w, q, agentsWatch{w, &s.view})
}

// key names a feed: the same for all to whom the same bytes are sent.
func (w *watching) key(view string) string {
	return string(w.binding()) + view + strconv.FormatInt(int64(w.interval), 10)
}

// watched is what differs between what can be watched.
type watched interface {
	// synced is what says, behind a state, that it is whole.
	synced(at rollcall.Position, rows int) ([]byte, error)
	// resume gives what leads from a position to the newest, which the watcher then
	// has; nothing where that is the state. It is false where nobody can tell.
	resume(w *hub.Watcher, from rollcall.Position) (frames []byte, ok bool, err error)
}

// watch sends what is watched until the client goes, the stream is old enough,
// or the server ends. What takes a deep stack is done apart, since most of what a
// watcher takes is its stack.
func (s *service) watch(c *request, w *watching, q *hub.Question, what watched) error {
	w.known = known{} // the stream goes on for long, and needs no names any more
	return openEvents(c.Call, func(events *eventStream) error {
		if w.ticket != nil {
			w.seat = w.ticket.take(events.Wake)
			defer w.ticket.leave(w.seat)
		}
		w.until = time.Now().Add(stateTime)
		events.check = func() error { return s.over(events, w) }
		watcher := s.hub.Watch(q, events.Wake)
		defer watcher.Close()
		err := events.Apart(func() error { return s.start(events, w, watcher, what) })
		if !w.draining {
			w.until = time.Now().Add(aroundFifth(s.watchMaxAge))
		}
		for err == nil {
			if err = s.follow(events, w, watcher); errors.Is(err, hub.ErrLost) {
				err = events.Apart(func() error {
					return s.reset(events, watcher, what, "this watcher was too late, or too much changed at once, for changes alone")
				})
			}
		}
		if errors.Is(err, errOver) {
			return nil
		}
		return err
	})
}

// errOver says that a stream has come to its end.
var errOver = errors.New("the stream is over")

// start sends the state, or what the client lacks since the position it had.
func (s *service) start(events *eventStream, w *watching, watcher *hub.Watcher, what watched) error {
	if w.lastID == "" {
		return s.begin(events, watcher, what)
	}
	from, why := s.reachable(w.lastID)
	if why != "" {
		return s.reset(events, watcher, what, why)
	}
	frames, ok, err := what.resume(watcher, from)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.reset(events, watcher, what, "what changed since position "+from.String()+" is not recorded any more, or is too much")
	case frames == nil:
		return s.begin(events, watcher, what)
	}
	return events.send(frames)
}

// begin sends the state.
func (s *service) begin(events *eventStream, watcher *hub.Watcher, what watched) error {
	state, err := watcher.State()
	if err != nil {
		return err
	}
	for page, err := range state.Pages() {
		if err == nil {
			err = events.send(page)
		}
		if err != nil {
			return err
		}
	}
	synced, err := what.synced(state.At, state.Rows)
	if err != nil {
		return err
	}
	return events.send(synced)
}

// reachable gives the position that the client had, or why it can't go on from
// there.
func (s *service) reachable(id string) (from rollcall.Position, why string) {
	from, err := rollcall.ParsePosition(id)
	if err != nil {
		return from, fmt.Sprintf("%q is no id of an event of here", rollcall.Shorten(id))
	}
	if now := s.floors.Position(); from.Epoch != now.Epoch {
		return from, "the journal's epoch is " + now.Epoch.String() + " now: it was imported or salvaged since"
	}
	ctx, cancel := context.WithTimeout(context.Background(), catchUpTime)
	defer cancel()
	if err := s.floors.Wait(ctx, from); err != nil {
		return from, "this node has not seen position " + from.String() + " yet"
	}
	return from, ""
}

// reset says that what the client has is void, and begins anew. The empty id
// makes a client that is cut off in the state begin with all of it again.
func (s *service) reset(events *eventStream, watcher *hub.Watcher, what watched, why string) error {
	none := ""
	frames, err := encodeEvent("reset", &none, struct {
		Reason string `json:"reason"`
	}{why})
	if err != nil {
		return err
	}
	if err := events.send(frames); err != nil {
		return err
	}
	return s.begin(events, watcher, what)
}

// follow sends frame after frame.
func (s *service) follow(events *eventStream, w *watching, watcher *hub.Watcher) error {
	for {
		frames, behind := watcher.Poll()
		if behind {
			if err := events.Apart(func() (err error) { frames, err = watcher.CatchUp(); return err }); err != nil {
				return err
			}
		}
		for _, f := range frames {
			if err := events.send(f.Bytes); err != nil {
				return err
			}
		}
		if len(frames) > 0 {
			continue
		}
		if err := s.over(events, w); err != nil {
			return err
		}
		if err := events.tick(); err != nil {
			return err
		}
		if err := events.Wait(earliest(events.nextTick(), w.look, w.until)); err != nil {
			return err
		}
	}
}

// over tells when the stream must end, with errOver: when it is old enough, when
// its ticket has opened another, when the server ends, and when the watcher may no
// longer watch or the instance is gone, which is looked at now and then: the client
// is told when it asks again.
func (s *service) over(events *eventStream, w *watching) error {
	now := time.Now()
	if !w.draining && events.Draining() { // not all at once: they come back, perhaps all to one node
		w.draining = true
		w.until = earliest(w.until, now.Add(time.Duration(rand.Float64()*0.8*float64(s.drainTime)))) //nolint:gosec // spreads load
	}
	if !now.Before(w.until) || w.seat != nil && w.seat.taken.Load() {
		return errOver
	}
	if now.Before(w.look) {
		return nil
	}
	w.look = now.Add(aroundFifth(watcherLooks))
	return events.Apart(func() error {
		if fl, ok := s.floors.Floor(w.floor.ARN().Instance); !ok || fl != w.floor {
			return errOver
		}
		pass, err := access.Renew(w.pass)
		if err != nil || pass.Allow(access.ActionReadAgents, w.floor.ARN(), w.resources...) != nil {
			return errOver
		}
		return nil
	})
}

func earliest(times ...time.Time) time.Time { return slices.MinFunc(times, time.Time.Compare) }

// aroundFifth is the duration, a fifth more or less.
func aroundFifth(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreads load
}

// agentsWatch is the agents that a question selects.
type agentsWatch struct {
	*watching
	view *agentViewer
}

func (a agentsWatch) synced(at rollcall.Position, rows int) ([]byte, error) {
	return a.view.synced(at, rows)
}

// resume gives one change, if it isn't so large that the state is as well sent.
func (a agentsWatch) resume(w *hub.Watcher, from rollcall.Position) (frames []byte, ok bool, err error) {
	d, ok := a.floor.ChangedSince(&a.query, from)
	if !ok || len(d.Agents) > stateRows {
		return nil, false, nil
	}
	if len(d.Agents)+len(d.Left) > 0 {
		frames, err = a.view.change(&d)
		if errors.Is(err, errChangeTooLarge) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	synced, err := a.view.synced(d.Position, d.Total)
	w.From(d.Position)
	return append(frames, synced...), true, err
}
