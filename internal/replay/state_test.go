package replay_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// tally is a part for tests: it keeps the lines of its records, and counts what
// agent events did.
type tally struct {
	lines []string
	did   map[rollcall.Effect]int
	at    rollcall.Position // of the newest record
}

const form = 0x7e

func (t *tally) Apply(at rollcall.Position, record []byte) error {
	t.lines, t.at = append(t.lines, string(record[1:])), at
	return nil
}

func (t *tally) Follow(_ *rollcall.Event, did rollcall.Change) { t.did[did.Effect]++ }

func (t *tally) Restate() (records [][]byte) {
	for _, line := range t.lines {
		records = append(records, record(line))
	}
	return records
}

func record(line string) []byte { return append([]byte{form}, line...) }

var errMeaning = errors.New("no meaning")

func tallies(t *testing.T) {
	t.Helper()
	replay.SetKinds(t, replay.Kind{
		Form: form, Own: func([]byte) bool { return true },
		Mine: func(line []byte) bool { return bytes.HasPrefix(line, []byte("tally")) },
		Describe: func(record []byte) (replay.About, error) {
			if bytes.Contains(record, []byte("bad")) {
				return replay.About{}, errMeaning
			}
			return replay.About{}, nil
		},
		Begin: func(*replay.State) replay.Part { return &tally{did: make(map[rollcall.Effect]int)} },
	})
}

func removal(t *testing.T) []byte {
	t.Helper()
	arn, _ := rollcall.ParseARN("arn:aws:connect:eu-central-1:111122223333:instance/i1")
	records, err := agentevent.Records(rollcall.NewRemoval(arn, time.Unix(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return records[0]
}

func pack(sequence uint64, records ...[]byte) journal.Pack {
	return journal.Pack{Epoch: 7, Sequence: sequence, Records: records}
}

func apply(t *testing.T, s *replay.State, p journal.Pack) (effects []rollcall.Effect) {
	t.Helper()
	changes, err := s.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		effects = append(effects, c.Effect)
	}
	return effects
}

func TestState_GivesEachRecordToWhatItIsOf(t *testing.T) {
	tallies(t)
	s := replay.New(replay.Options{})
	first := pack(1, record("tally 1"), removal(t), record("tally bad"), record("tally 2"))
	want := []rollcall.Effect{rollcall.EffectElsewhere, rollcall.EffectRepeated, rollcall.EffectUnreadable, rollcall.EffectElsewhere}
	if got := apply(t, s, first); !slices.Equal(got, want) {
		t.Errorf("effects %v, want %v", got, want)
	}
	if got := apply(t, s, first); got != nil {
		t.Errorf("the same pack again did %v", got)
	}
	is, _ := s.Part(form).(*tally)
	if got := strings.Join(is.lines, ", "); got != "tally 1, tally 2" || is.did[rollcall.EffectRepeated] != 1 {
		t.Errorf("the part has %q and followed %v", got, is.did)
	}
	if at := first.Last(); s.Position() != at || is.at != at {
		t.Errorf("at %s and %s, want %s", s.Position(), is.at, at)
	}
}

func TestState_AppliesNothingOfAPackThatWantsANewerRelease(t *testing.T) {
	tallies(t)
	s := replay.New(replay.Options{})
	_, err := s.Apply(pack(1, record("tally 1"), []byte{0x7f, '{', '}'}))
	var newer *agentevent.NewerError
	if !errors.As(err, &newer) || !strings.Contains(err.Error(), pack(1, nil, nil).Last().String()) {
		t.Errorf("a form of a newer release: %v", err)
	}
	if is, _ := s.Part(form).(*tally); len(is.lines) != 0 || !s.Position().IsZero() {
		t.Errorf("it applied %v, at %s", is.lines, s.Position())
	}
}

func TestState_SnapshotsHoldAllParts(t *testing.T) {
	tallies(t)
	s := replay.New(replay.Options{})
	apply(t, s, pack(1, record("tally 1"), record("tally "+strings.Repeat("long ", 100_000))))
	var snapshot bytes.Buffer
	at, err := s.WriteSnapshot(&snapshot)
	if err != nil || at != s.Position() {
		t.Fatalf("wrote %s, %v", at, err)
	}
	same := func(name string, again *replay.State, err error, at rollcall.Position) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.EqualFunc(again.Restate(), s.Restate(), bytes.Equal) || again.Position() != at {
			t.Errorf("%s has another state, at %s", name, again.Position())
		}
	}
	again, err := replay.Load(t.Context(), bytes.NewReader(snapshot.Bytes()), at, replay.Options{})
	same("loaded", again, err, at)

	var carried bytes.Buffer
	to := rollcall.Position{Epoch: 8, Pack: 3}
	if err := replay.Carry(bytes.NewReader(snapshot.Bytes()), to, &carried); err != nil {
		t.Fatal(err)
	}
	again, err = replay.Load(t.Context(), &carried, to, replay.Options{})
	same("carried", again, err, to)

	replay.SetKinds(t)
	if _, err = replay.Load(t.Context(), &snapshot, at, replay.Options{}); !errors.As(err, new(*agentevent.NewerError)) {
		t.Errorf("a snapshot with records of a newer release: %v", err)
	}
}

func TestParse_IsTheOtherWayOfLine(t *testing.T) {
	tallies(t)
	line, err := replay.Line(record("tally 1"))
	if err != nil || string(line) != "tally 1" || !replay.Own(record("tally 1")) {
		t.Errorf("the line is %q, %v", line, err)
	}
	if got, err := replay.Parse(line); err != nil || !bytes.Equal(got, record("tally 1")) {
		t.Errorf("the record is %q, %v", got, err)
	}
	if _, err := replay.Parse([]byte("tally bad")); !errors.Is(err, errMeaning) {
		t.Errorf("a bad line: %v", err)
	}
	if got, err := replay.Parse([]byte(`{"EventType":"LOGIN"}`)); got != nil || err != nil {
		t.Errorf("a line of another kind: %q, %v", got, err)
	}
	own, err := replay.Line(removal(t))
	if err != nil || !strings.Contains(string(own), "ROLLCALL_") {
		t.Errorf("an event of our own: %q, %v", own, err)
	}
}
