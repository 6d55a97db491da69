package v1

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
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

	stateRows    = 500             // at most, in a frame
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
	resources []rollcall.ARN                 // that the filters name
	lastID    string                         // the id that the client says it had last; empty to begin
	take      func() (taken <-chan struct{}) // of a ticket that opens the stream; nil without one
	taken     <-chan struct{}                // closed when another stream takes this one's place; nil: never
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
		w.pass, w.take = opened.Pass, opened.take
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
	q := hub.Agents(w.key("agents"), w.floor, &w.query, w.interval, s.view.change)
	return s.watch(c, w, q, agentsWatch{w, &s.view})
}

// key names a feed: the same for all to whom the same bytes are sent.
func (w *watching) key(view string) string {
	return string(w.binding()) + view + strconv.FormatInt(int64(w.interval), 10)
}

// watched is what differs between what can be watched.
type watched interface {
	// begin sends the whole answer, and tells of which position it is.
	begin(*eventStream) (rollcall.Position, error)
	// resume sends what leads from a position to the newest. It is false where
	// nobody can tell.
	resume(*eventStream, rollcall.Position) (rollcall.Position, bool, error)
}

// watch sends what is watched until the client goes, the stream is old enough,
// or the server ends.
func (s *service) watch(c *request, w *watching, q *hub.Question, what watched) error {
	w.known = known{} // the stream goes on for long, and needs no names any more
	return openEvents(c.Call, s.now, func(events *eventStream) error {
		if w.take != nil {
			w.taken = w.take()
		}
		at, err := s.start(events, w, what)
		for err == nil {
			watcher := s.hub.Watch(q, at)
			err = s.follow(events, w, watcher)
			watcher.Close()
			if errors.Is(err, hub.ErrLost) {
				at, err = s.reset(events, what, "this watcher was too late: what changed since is not recorded any more")
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
func (s *service) start(events *eventStream, w *watching, what watched) (rollcall.Position, error) {
	if w.lastID == "" {
		return what.begin(events)
	}
	from, why := s.reachable(events.Context(), w.lastID)
	if why != "" {
		return s.reset(events, what, why)
	}
	at, ok, err := what.resume(events, from)
	if err == nil && !ok {
		return s.reset(events, what, "what changed since position "+from.String()+" is not recorded any more")
	}
	return at, err
}

// reachable gives the position that the client had, or why it can't go on from
// there.
func (s *service) reachable(ctx context.Context, id string) (from rollcall.Position, why string) {
	from, err := rollcall.ParsePosition(id)
	if err != nil {
		return from, fmt.Sprintf("%q is no id of an event of here", rollcall.Shorten(id))
	}
	if now := s.floors.Position(); from.Epoch != now.Epoch {
		return from, "the journal's epoch is " + now.Epoch.String() + " now: it was imported or salvaged since"
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	if err := s.floors.Wait(ctx, from); err != nil {
		return from, "this node has not seen position " + from.String() + " yet"
	}
	return from, ""
}

// reset says that what the client has is void, and begins anew. The empty id
// makes a client that is cut off in the state begin with all of it again.
func (s *service) reset(events *eventStream, what watched, why string) (rollcall.Position, error) {
	none := ""
	frames, err := encodeEvent("reset", &none, struct {
		Reason string `json:"reason"`
	}{why})
	if err != nil {
		return rollcall.Position{}, err
	}
	if err := events.send(frames); err != nil {
		return rollcall.Position{}, err
	}
	return what.begin(events)
}

// follow sends frame after frame.
func (s *service) follow(events *eventStream, w *watching, watcher *hub.Watcher) error {
	old := time.NewTimer(aroundFifth(s.watchMaxAge))
	defer old.Stop()
	look := time.NewTicker(aroundFifth(watcherLooks))
	defer look.Stop()
	draining := events.Draining()
	var drained <-chan time.Time
	for {
		frames, changed, err := watcher.Poll()
		if err != nil {
			return err
		}
		for _, f := range frames {
			if err := events.send(f.Bytes); err != nil {
				return err
			}
		}
		if len(frames) > 0 {
			continue
		}
		select {
		case <-changed:
		case <-look.C:
			if s.over(w) {
				return errOver
			}
			if err := events.tick(); err != nil {
				return err
			}
		case <-draining: // not all at once: they come back, perhaps all to one node
			draining = nil
			drained = time.After(time.Duration(rand.Float64() * 0.8 * float64(s.drainTime))) //nolint:gosec // spreads load
		case <-drained:
			return errOver
		case <-old.C:
			return errOver
		case <-events.Context().Done():
			return errOver
		case <-w.taken:
			return errOver
		}
	}
}

// over tells whether the watcher may no longer watch, or the instance is gone:
// the client is told when it asks again.
func (s *service) over(w *watching) bool {
	if fl, ok := s.floors.Floor(w.floor.ARN().Instance); !ok || fl != w.floor {
		return true
	}
	pass, err := access.Renew(w.pass)
	return err != nil || pass.Allow(access.ActionReadAgents, w.floor.ARN(), w.resources...) != nil
}

// aroundFifth is the duration, a fifth more or less.
func aroundFifth(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreads load
}

// agentsWatch is the agents that a question selects.
type agentsWatch struct {
	*watching
	view *agentViewer
}

func (a agentsWatch) begin(events *eventStream) (rollcall.Position, error) {
	page := a.floor.Select(&a.query, rollcall.Cursor{}, math.MaxInt)
	rows := page.Agents
	for more := true; more; {
		some := rows[:min(len(rows), stateRows)]
		rows = rows[len(some):]
		more = len(rows) > 0
		frame, err := encodeEvent("state", nil, stateView{a.view.agents(some), more})
		if err == nil {
			err = events.send(frame)
		}
		if err != nil {
			return page.Position, err
		}
	}
	return page.Position, a.synced(events, page.Position, page.Total)
}

func (a agentsWatch) synced(events *eventStream, at rollcall.Position, total int) error {
	frame, err := a.view.synced(at, total)
	if err != nil {
		return err
	}
	return events.send(frame)
}

// resume sends one change, if it isn't so large that the state is as well sent.
func (a agentsWatch) resume(events *eventStream, from rollcall.Position) (rollcall.Position, bool, error) {
	d, ok := a.floor.ChangedSince(&a.query, from)
	if !ok || len(d.Agents) > stateRows {
		return d.Position, false, nil
	}
	if len(d.Agents)+len(d.Left) > 0 {
		frame, err := a.view.change(&d)
		if err == nil {
			err = events.send(frame)
		}
		if err != nil {
			return d.Position, true, err
		}
	}
	return d.Position, true, a.synced(events, d.Position, d.Total)
}
