package replay_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
	"rollcall/internal/replay"
)

var update = flag.Bool("update", false, "write the golden snapshot of a version that is not released yet")

const (
	arn   = "arn:aws:connect:eu-central-1:111122223333:instance/i1"
	other = "arn:aws:connect:us-east-1:111122223333:instance/i1"
)

func contact(t *testing.T, instance, eventType, id string, second int) []byte {
	t.Helper()
	at := time.Date(2026, 11, 30, 12, 0, second, 0, time.UTC).Format(time.RFC3339)
	d, refusal := contactevent.Decode(fmt.Appendf(nil, `{"detail-type":%q,"time":%q,"detail":{"eventType":%q,"contactId":%q,"instanceArn":%q,"queueInfo":{"queueArn":%q}}}`,
		contactevent.DetailType, at, eventType, id, instance, instance+"/queue/sales"), agentevent.DefaultLimits)
	if refusal != nil {
		t.Fatal(refusal)
	}
	return d.Record
}

func agentWith(t *testing.T, contact string) []byte {
	t.Helper()
	batch, err := agentevent.Decode(fmt.Appendf(nil, `{"AgentARN":"%s/agent/ana","EventType":"STATE_CHANGE","EventTimestamp":"2026-11-30T12:00:30Z",
		"CurrentAgentSnapshot":{"Contacts":[{"ContactId":%q,"State":"CONNECTED"}]}}`, arn, contact), agentevent.DefaultLimits)
	if err != nil || len(batch.Refused) > 0 {
		t.Fatal(err, batch.Refused)
	}
	return batch.Documents[0].Record
}

func waiting(s *replay.State) (ids []rollcall.ContactID) {
	at, _ := rollcall.ParseARN(arn)
	waits, _ := s.Lobby().Waiting(at)
	for _, w := range waits {
		ids = append(ids, w.Contact)
	}
	return ids
}

func TestState_ContactEventsMakeTheLobby(t *testing.T) {
	s := replay.New(replay.Options{})
	got := apply(t, s, pack(1, contact(t, arn, "QUEUED", "c1", 1), contact(t, arn, "QUEUED", "c2", 2), contact(t, other, "QUEUED", "c3", 3), []byte("\x03{}")))
	want := []rollcall.Effect{rollcall.EffectElsewhere, rollcall.EffectElsewhere, rollcall.EffectForeign, rollcall.EffectUnreadable}
	if !slices.Equal(got, want) {
		t.Errorf("effects %v, want %v", got, want)
	}
	fl, ok := s.Floors().Floor("i1")
	if !ok || fl.ARN().String() != arn || !slices.Equal(waiting(s), []rollcall.ContactID{"c1", "c2"}) {
		t.Fatalf("the first contact event began %v; %v wait", fl, waiting(s))
	}
	at, changed := fl.Changed()
	if at != pack(1, nil, nil).Last() {
		t.Errorf("the newest change is of %s", at)
	}
	apply(t, s, pack(2, contact(t, other, "QUEUED", "c3", 3)))
	select {
	case <-changed:
		t.Error("watchers of the instance are to look again for an event of another")
	default:
	}
	apply(t, s, pack(3, contact(t, arn, "DISCONNECTED", "c1", 5), agentWith(t, "c2")))
	<-changed
	if got := waiting(s); len(got) > 0 {
		t.Errorf("%v wait still", got)
	}
	since, _ := agentevent.Records(rollcall.NewRemoval(fl.ARN(), fl.Since()))
	apply(t, s, pack(4, contact(t, arn, "QUEUED", "c4", 6), since[0]))
	if n, _ := s.Lobby().Counts(); n != 0 || s.Floors().Counts().Instances != 0 {
		t.Errorf("after the removal %d contacts are remembered, of %d instances", n, s.Floors().Counts().Instances)
	}
}

func TestState_SnapshotsHoldTheLobby_Golden(t *testing.T) {
	s := replay.New(replay.Options{})
	apply(t, s, pack(1, contact(t, arn, "QUEUED", "c1", 1), contact(t, arn, "QUEUED", "c2", 2), contact(t, arn, "DISCONNECTED", "c3", 4)))
	path := filepath.Join("testdata", "snapshot_v3_lobby.snapshot")
	if *update {
		var snapshot bytes.Buffer
		if _, err := s.WriteSnapshot(&snapshot); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, snapshot.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := replay.Load(t.Context(), bytes.NewReader(golden), s.Position(), replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if fl, ok := again.Floors().Floor("i1"); !ok || fl.ARN().String() != arn || !slices.EqualFunc(again.Restate(), s.Restate(), bytes.Equal) {
		t.Errorf("read again it is %q of %v, want %q", again.Restate(), fl, s.Restate())
	}
	apply(t, again, pack(2, contact(t, arn, "QUEUED", "c3", 3)))
	if got := waiting(again); !slices.Equal(got, []rollcall.ContactID{"c1", "c2"}) {
		t.Errorf("then %v wait: c3 had ended", got)
	}
}
