package lobby_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/lobby"
)

var (
	north = rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "111122223333", Instance: "north"}
	south = rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "111122223333", Instance: "south"}
	noon  = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
)

func at(second int) time.Time { return noon.Add(time.Duration(second) * time.Second) }

func initiated(instance rollcall.ARN, id string, second int) *rollcall.ContactEvent {
	return &rollcall.ContactEvent{Type: rollcall.ContactInitiated, At: at(second), Instance: instance, Contact: rollcall.ContactID(id), Channel: "VOICE"}
}

func queued(instance rollcall.ARN, id, queue string, second int) *rollcall.ContactEvent {
	e := initiated(instance, id, second)
	e.Type, e.Queue, e.EnqueuedAt = rollcall.ContactQueued, rollcall.QueueID(queue), e.At
	return e
}

func left(instance rollcall.ARN, id string, second int) *rollcall.ContactEvent {
	e := initiated(instance, id, second)
	e.Type, e.LeftAt = rollcall.ContactDisconnected, e.At
	return e
}

func agent(instance rollcall.ARN, id string, state rollcall.ContactState, second int) *rollcall.Event {
	return &rollcall.Event{Instance: instance, At: at(second), Snapshot: &rollcall.Snapshot{Contacts: []rollcall.Contact{{ID: rollcall.ContactID(id), State: state}}}}
}

func waiting(l *lobby.Lobby, instance rollcall.ARN) string {
	waits, source := l.Waiting(instance)
	if !source {
		return "no source"
	}
	var b strings.Builder
	for _, w := range waits {
		fmt.Fprintf(&b, "%s in %s since %d, ", w.Contact, w.Queue, int(w.Since.Sub(noon).Seconds()))
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func TestLobby_TheNewestQueueCountsAndNotWhatCameLast(t *testing.T) {
	l := lobby.New(lobby.Bytes)
	for _, e := range []*rollcall.ContactEvent{queued(north, "c", "sales", 20), queued(north, "c", "claims", 10), queued(north, "b", "sales", 5), queued(south, "c", "x", 1)} {
		l.Apply(e)
	}
	if got := waiting(l, north); got != "b in sales since 5, c in sales since 20" {
		t.Errorf("waiting: %s", got)
	}
	l.Apply(queued(north, "c", "claims", 30))
	if got := waiting(l, north); got != "b in sales since 5, c in claims since 30" {
		t.Errorf("transferred: %s", got)
	}
	l.Remove(north)
	if a, b := waiting(l, north), waiting(l, south); a != "no source" || b != "c in x since 1" {
		t.Errorf("after its removal: %s, and the other has %s", a, b)
	}
}

func TestLobby_AnAgentEndsAWaitOnceConnected(t *testing.T) {
	for state, ends := range map[rollcall.ContactState]bool{
		rollcall.StateIncoming: false, rollcall.StatePending: false, rollcall.StateConnecting: false, rollcall.StateMissed: false,
		rollcall.StateRejected: false, rollcall.StateError: false,
		rollcall.StateConnected: true, rollcall.StateConnectedOnHold: true, rollcall.StatePaused: true, rollcall.StateEnded: true,
	} {
		l := lobby.New(lobby.Bytes)
		l.Follow(agent(north, "c", state, 0))
		if got := waiting(l, north); got != "no source" {
			t.Errorf("an agent event began a source: %s", got)
		}
		l.Apply(queued(north, "c", "q", 1))
		l.Follow(agent(north, "c", state, 2))
		want := map[bool]string{true: "", false: "c in q since 1"}[ends]
		if got := waiting(l, north); got != want {
			t.Errorf("%s: waiting %q, want %q", state, got, want)
		}
	}
}

func TestLobby_ForgetsGoneContactsAfterADay(t *testing.T) {
	const hours = 3600
	l := lobby.New(lobby.Bytes)
	l.Apply(left(north, "c", 0))
	l.Apply(initiated(north, "other", 23*hours))
	l.Apply(queued(north, "c", "q", -10))
	if got := waiting(l, north); got != "" {
		t.Errorf("within a day: %s", got)
	}
	l.Apply(queued(north, "old", "q", 10))
	l.Apply(initiated(north, "other", 26*hours))
	if n, _ := l.Counts(); n != 1 {
		t.Errorf("%d contacts are remembered, want the one that waits", n)
	}
	l.Apply(queued(north, "c", "q", -10))
	if got := waiting(l, north); got != "old in q since 10" {
		t.Errorf("an event more than a day late: %s", got)
	}
	l.Apply(left(north, "old", 20))
	if got := waiting(l, north); got != "" {
		t.Errorf("the end of a wait, more than a day late: %s", got)
	}
}

func TestLobby_IsBoundedAndKeepsWhoWaitsLongest(t *testing.T) {
	const most = 100 << 10
	l := lobby.New(most)
	l.Apply(queued(north, "caller", "q", 0))
	l.Apply(queued(south, "small", "q", 0))
	for i := range 10_000 {
		l.Apply(left(north, fmt.Sprint("gone", i), i))
		if _, bytes := l.Counts(); bytes > most {
			t.Fatalf("after %d it keeps %d bytes", i, bytes)
		}
	}
	if a, b := waiting(l, north), waiting(l, south); a != "caller in q since 0" || b != "small in q since 0" {
		t.Errorf("waiting: %s, and %s", a, b)
	}
	for i := range 10_000 {
		l.Apply(left(rollcall.ARN{Instance: rollcall.InstanceID(strconv.Itoa(i))}, "c", i))
		if _, bytes := l.Counts(); bytes > most {
			t.Fatalf("with %d instances it keeps %d bytes", i, bytes)
		}
	}
}

func TestLobby_ListsOverdueWaits(t *testing.T) {
	l := lobby.New(lobby.Bytes)
	for i := range 5 {
		l.Apply(queued(north, fmt.Sprint("c", i), "q", i))
	}
	l.Apply(queued(south, "s", "q", 0))
	overdue := l.Overdue(at(3), 3)
	if len(overdue) != 3 || overdue[2].Contact != "c2" {
		t.Fatalf("overdue: %v", overdue)
	}
	for i := range overdue {
		l.Forget(&overdue[i])
		l.Forget(&overdue[i])
	}
	l.Apply(queued(north, "c0", "q", 0)) // again
	l.Apply(queued(north, "c1", "q", 9)) // anew
	if got := waiting(l, north); got != "c3 in q since 3, c4 in q since 4, c1 in q since 9" {
		t.Errorf("waiting: %s", got)
	}
	if overdue = l.Overdue(at(3), 3); len(overdue) != 1 || overdue[0].Instance != south {
		t.Errorf("then overdue: %v", overdue)
	}
}

// history is everything that came, from which a model tells by brute force who
// waits: nothing is kept but what came.
type history []any

func (h history) waits() (waits []rollcall.Wait) {
	newest, gone, forgotten := map[rollcall.ContactID]rollcall.Wait{}, map[rollcall.ContactID]bool{}, map[rollcall.ContactID]time.Time{}
	for _, came := range h {
		switch e := came.(type) {
		case *rollcall.ContactEvent:
			if is := newest[e.Contact]; e.Queue != "" && (e.EnqueuedAt.After(is.Since) || e.EnqueuedAt.Equal(is.Since) && e.Queue > is.Queue) {
				newest[e.Contact] = rollcall.Wait{Contact: e.Contact, Channel: e.Channel, Queue: e.Queue, Since: e.EnqueuedAt}
			}
			gone[e.Contact] = gone[e.Contact] || !e.LeftAt.IsZero()
		case *rollcall.Event:
			c := e.Snapshot.Contacts[0]
			gone[c.ID] = gone[c.ID] || c.State != rollcall.StateConnecting
		case *lobby.Forgetting:
			if is, there := newest[e.Contact]; there && !gone[e.Contact] && !is.Since.After(e.Since) && is.Since.After(forgotten[e.Contact]) {
				forgotten[e.Contact] = e.Since
			}
		}
	}
	for id, w := range newest {
		if !gone[id] && w.Since.After(forgotten[id]) {
			waits = append(waits, w)
		}
	}
	slices.SortFunc(waits, func(a, b rollcall.Wait) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Contact, b.Contact))
	})
	return waits
}

func take(l *lobby.Lobby, came any) {
	switch e := came.(type) {
	case *rollcall.ContactEvent:
		l.Apply(e)
	case *rollcall.Event:
		l.Follow(e)
	case *lobby.Forgetting:
		l.Forget(e)
	}
}

// Whatever of the contacts' lives comes, in whatever order and however often, who
// waits is who waits by all that came; and a lobby that was written down and read
// again goes on the same.
func TestLobby_AgreesWithBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lives history
		for i := range rapid.IntRange(1, 6).Draw(t, "contacts") {
			id, second := fmt.Sprint("c", i), rapid.IntRange(0, 50).Draw(t, "begins")
			lives = append(lives, initiated(north, id, second))
			for range rapid.IntRange(0, 3).Draw(t, "queues") {
				second += rapid.IntRange(0, 20).Draw(t, "later")
				lives = append(lives, queued(north, id, rapid.SampledFrom([]string{"q1", "q2"}).Draw(t, "queue"), second))
				if rapid.Bool().Draw(t, "rings") {
					lives = append(lives, agent(north, id, rollcall.StateConnecting, second+1))
				}
				if rapid.IntRange(0, 5).Draw(t, "forget") == 0 {
					lives = append(lives, &lobby.Forgetting{Instance: north, Contact: rollcall.ContactID(id), Since: at(second)})
				}
			}
			switch rapid.IntRange(0, 2).Draw(t, "ends") {
			case 0:
				lives = append(lives, left(north, id, second+5))
			case 1:
				lives = append(lives, agent(north, id, rapid.SampledFrom([]rollcall.ContactState{rollcall.StateConnected, rollcall.StateEnded}).Draw(t, "state"), second+5))
			}
		}
		comes := history{initiated(north, "first", 0)}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(lives)-1), 0, 3*len(lives)).Draw(t, "comes") {
			comes = append(comes, lives[i]) // some never, some again
		}
		l, again := lobby.New(lobby.Bytes), rapid.IntRange(0, len(comes)).Draw(t, "read again")
		for i, came := range comes {
			if i == again {
				fresh := lobby.New(lobby.Bytes)
				for _, s := range l.Restate() {
					fresh.Restated(&s)
				}
				if diff := gocmp.Diff(l.Restate(), fresh.Restate()); diff != "" {
					t.Fatalf("read again it differs (-was +is):\n%s", diff)
				}
				l = fresh
			}
			take(l, came)
			want := comes[:i+1].waits()
			if got, _ := l.Waiting(north); !slices.Equal(got, want) {
				t.Fatalf("after %d: waiting %v, want %v", i+1, got, want)
			}
		}
	})
}
