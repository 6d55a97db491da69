package archive_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/archive"
	"rollcall/internal/contactevent"
	"rollcall/internal/journal"
	"rollcall/internal/lobby"
	"rollcall/internal/replay"
)

const waitingRoom = "arn:aws:connect:eu-central-1:111122223333:instance/waiting"

func contactOf(t *testing.T, eventType, id string, second int) []byte {
	t.Helper()
	at := time.Date(2026, 11, 30, 12, 0, second, 0, time.UTC).Format(time.RFC3339)
	d, refusal := contactevent.Decode(fmt.Appendf(nil, `{"detail-type":%q,"time":%q,"detail":{"eventType":%q,"contactId":%q,"instanceArn":%q,"queueInfo":{"queueArn":"q"}}}`,
		contactevent.DetailType, at, eventType, id, waitingRoom), agentevent.DefaultLimits)
	if refusal != nil {
		t.Fatal(refusal)
	}
	return d.Record
}

// stateOf is what a journal makes, from its newest snapshot on.
func stateOf(t *testing.T, log journal.Log) *replay.State {
	t.Helper()
	state := replay.New(replay.Options{})
	list, err := log.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) > 0 {
		r, err := log.OpenSnapshot(t.Context(), list[0].Position)
		if err != nil {
			t.Fatal(err)
		}
		if state, err = replay.Load(t.Context(), r, list[0].Position, replay.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	for p, err := range log.Tail(t.Context(), state.Position()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := state.Apply(p); err != nil {
			t.Fatal(err)
		}
		if !p.Last().Before(log.End()) {
			break
		}
	}
	return state
}

// Who waits, and who has left, is carried by an export, also of a journal that has
// lost its beginning, and of an instance that has no agents; and a removal behind
// the state does in the copy what it did.
func TestExport_CarriesWhoWaits(t *testing.T) {
	instance, _ := rollcall.ParseARN(waitingRoom)
	forget, err := contactevent.AppendForgetting(nil, lobby.Forgetting{Instance: instance, Contact: "c0", Since: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	begun := [][]byte{contactOf(t, "QUEUED", "c0", 0), contactOf(t, "QUEUED", "c1", 1), contactOf(t, "QUEUED", "c2", 2), forget, contactOf(t, "DISCONNECTED", "c1", 3)}
	for name, c := range map[string]struct {
		behind [][]byte
		want   []rollcall.ContactID
	}{
		"as it is":   {[][]byte{contactOf(t, "QUEUED", "c3", 4)}, []rollcall.ContactID{"c2", "c3"}},
		"late":       {[][]byte{contactOf(t, "QUEUED", "c1", 1), contactOf(t, "QUEUED", "c0", 0)}, []rollcall.ContactID{"c2"}},
		"removed":    {[][]byte{controlOf(t, rollcall.NewRemoval(instance, time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)))}, nil},
		"begun anew": {[][]byte{controlOf(t, rollcall.NewRemoval(instance, time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC))), contactOf(t, "QUEUED", "c1", 1)}, []rollcall.ContactID{"c1"}},
	} {
		for _, trimmed := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", trimmed ", trimmed), func(t *testing.T) {
				from, to := inMemory(), inMemory()
				keep(t, from, begun)
				if trimmed {
					if _, err := from.PutSnapshot(t.Context(), stateOf(t, from).WriteSnapshot); err != nil {
						t.Fatal(err)
					}
					if err := from.Trim(t.Context(), from.End()); err != nil {
						t.Fatal(err)
					}
				}
				keep(t, from, c.behind)
				importInto(t, to, export(t, from))
				was, is := stateOf(t, from), stateOf(t, to)
				if !slices.EqualFunc(was.Restate(), is.Restate(), bytes.Equal) || was.Floors().Counts() != is.Floors().Counts() {
					t.Errorf("the copy is\n%s\nwant\n%s", is.Restate(), was.Restate())
				}
				waits, _ := is.Lobby().Waiting(instance)
				var ids []rollcall.ContactID
				for _, w := range waits {
					ids = append(ids, w.Contact)
				}
				if !slices.Equal(ids, c.want) {
					t.Errorf("%v wait, want %v", ids, c.want)
				}
			})
		}
	}
	log := inMemory()
	keep(t, log, begun)
	var dump bytes.Buffer
	if n, err := archive.Dump(t.Context(), log, &dump, archive.Filter{}, nil); n != 4 || err != nil || bytes.Contains(dump.Bytes(), []byte("ROLLCALL")) {
		t.Errorf("the dump has %d events, %v:\n%s", n, err, dump.Bytes())
	}
}
