package floor_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

var update = flag.Bool("update", false, "write the golden files of a snapshot version that is not released yet")

func snapshot(t interface{ Fatal(...any) }, f *floor.Floors) []byte {
	var b bytes.Buffer
	p, err := f.WriteSnapshot(&b)
	if err != nil {
		t.Fatal(err)
	}
	if p != f.Position() {
		t.Fatal("the snapshot is of", p, "at", f.Position())
	}
	return b.Bytes()
}

// restore is the floors through a snapshot.
func restore(t interface{ Fatal(...any) }, f *floor.Floors) *floor.Floors {
	again, err := floor.Load(bytes.NewReader(snapshot(t, f)), floor.Options{Encode: answer})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// Floors that come from a snapshot are those that wrote it, to whoever asks,
// and what follows does the same to them.
func TestLoad_GoesOnAsIfNothingHadHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, 80)
		n := rapid.IntRange(0, len(records)).Draw(t, "before")
		f := floor.New(floor.Options{Encode: answer})
		f.Apply(records[:n])
		again := restore(t, f)
		checkSame(t, f, again)
		if diff := cmp.Diff(f.Apply(records[n:]), again.Apply(records[max(0, n-2):])); diff != "" { // some come again
			t.Fatalf("changes (-never restored +restored):\n%s", diff)
		}
		checkSame(t, f, again)
	})
}

func checkSame(t *rapid.T, f, again *floor.Floors) {
	if a, b := dump(t, f), dump(t, again); a != b {
		t.Fatalf("dumps differ:\n%s\n%s", a, b)
	}
	if f.Counts() != again.Counts() || f.Position() != again.Position() || !bytes.Equal(snapshot(t, f), snapshot(t, again)) {
		t.Fatalf("%+v at %s and %+v at %s, or another snapshot", f.Counts(), f.Position(), again.Counts(), again.Position())
	}
	for i, fl := range f.Instances() {
		is := again.Instances()[i]
		if err := floor.CheckFloor(is); err != nil {
			t.Fatal(err)
		}
		q, limit, after := drawQuery(t), rapid.IntRange(0, 5).Draw(t, "limit"), rollcall.Cursor{}
		if rapid.Bool().Draw(t, "later page") {
			after = rollcall.Cursor{Ordinal: rapid.Uint32Range(0, 9).Draw(t, "after"), Started: true}
		}
		if diff := cmp.Diff(fl.Select(q, after, limit), is.Select(q, after, limit), cmp.Comparer(sameAnswer)); diff != "" || !fl.Since().Equal(is.Since()) {
			t.Fatalf("since %s and %s; page (-never restored +restored):\n%s", fl.Since(), is.Since(), diff)
		}
	}
}

// sample is a floor with everything that a snapshot can hold.
func sample() *floor.Floors {
	f, j := floor.New(floor.Options{Encode: answer}), new(journal)
	for i := range 20 {
		e := fleetEvent(i, 20, 1)
		e.Instance.Account, e.Agent.Account = "123456789012", "123456789012"
		s := e.Snapshot
		s.Configuration.RoutingProfile.Name = "Profil für ganz Österreich"
		s.Configuration.RoutingProfile.DefaultOutboundQueue = queue("outbound")
		switch i % 5 {
		case 1:
			s.Next = &rollcall.NextStatus{ID: "lunch", ARN: "arn", Name: "Lunch", EnqueuedAt: e.At}
			s.Configuration.Proficiencies = []rollcall.Proficiency{{Name: "language", Value: "de", Level: 4.5}}
		case 2:
			e.AgentARN = "arn:aws:connect:spelled:otherwise/agent/" + e.Agent.ID
			s.Contacts = append(s.Contacts, rollcall.Contact{
				ID: "a", InitialID: "b", Channel: rollcall.ChannelTask, InitiationMethod: "TRANSFER", State: rollcall.StatePaused,
				StateStartedAt: e.At, ConnectedToAgentAt: midnight, QueuedAt: midnight,
				Queue: &rollcall.Queue{ID: rollcall.QueueID(e.Agent.ID), Agent: true},
			})
		case 3:
			e.Snapshot = nil
		}
		f.Apply([]rollcall.Record{j.record(e)})
	}
	other := event("ana", 1, available("q1"))
	f.Apply([]rollcall.Record{
		j.record(other), j.record(rollcall.NewRemoval(other.Instance, other.At)),
		j.record(event("ben", 2, nil)), j.record(event("cem", 3, available("q1"))),
		j.record(rollcall.NewForgetting(other.Instance, &rollcall.Agent{ID: "ben", EventAt: event("", 2, nil).At})),
	})
	return f
}

// sampleOfWords is the sample, and a contact in a state that we don't know.
func sampleOfWords() *floor.Floors {
	f := sample()
	e := fleetEvent(1, 20, 2)
	e.Instance.Account, e.Agent.Account = "123456789012", "123456789012"
	e.Snapshot.Status.Type = "BUSY"
	e.Snapshot.Contacts = []rollcall.Contact{
		{ID: "c", Channel: "VOICE", State: rollcall.StateConnecting, StateWord: "RINGING", StateStartedAt: e.At},
		{ID: "d", Channel: "VOICE", State: rollcall.StateConnected, StateWord: "CO_BROWSING", StateStartedAt: e.At, ConnectedToAgentAt: e.At},
		{ID: "e", Channel: "CHAT", State: rollcall.StateEnded, StateStartedAt: e.At},
	}
	p := f.Position()
	p.Pack++
	f.Apply([]rollcall.Record{{Position: p, Event: e}})
	return f
}

// sampleOfSeeds is the sample, and an agent who is seeded.
func sampleOfSeeds() *floor.Floors {
	f := sample()
	e := event("dora", 4, available("q1"))
	e.Type = rollcall.EventSeed
	p := f.Position()
	p.Pack++
	f.Apply([]rollcall.Record{{Position: p, Event: e}})
	return f
}

// Older programs read what holds nothing that is new to them.
func TestWriteSnapshot_IsOfTheOldestVersionThatHoldsIt(t *testing.T) {
	beside := [][]byte{[]byte("a record beside the floors")}
	for _, c := range []struct {
		name   string
		floors *floor.Floors
		beside [][]byte
		want   byte
	}{
		{"agents alone", sample(), nil, 2},
		{"records beside them", sample(), beside, 3},
		{"a state that is not known", sampleOfWords(), nil, 4},
		{"both", sampleOfWords(), beside, 4},
		{"an agent who is seeded", sampleOfSeeds(), nil, 4},
	} {
		var b bytes.Buffer
		if _, err := c.floors.Freeze().Write(&b, c.beside); err != nil {
			t.Fatal(err)
		}
		if got := b.Bytes()[4]; got != c.want {
			t.Errorf("%s: version %d, want %d", c.name, got, c.want)
		}
	}
}

// TestLoad_Golden keeps snapshots that are on people's disks readable: the
// files of a released version never change.
func TestLoad_Golden(t *testing.T) {
	// The first is of before rows told when agents were set up, both are of before
	// there was a directory.
	unset := regexp.MustCompile(`,"ConfiguredAt":"[^"]*"`)
	unnamed := regexp.MustCompile(`,"OwnQueue":true|(?m)^\{"kind".*\n`)
	all := func(dump string) string { return dump }
	for name, c := range map[string]struct {
		same func(dump string) string
		of   *floor.Floors
	}{
		"snapshot_v1": {func(dump string) string {
			return unset.ReplaceAllString(unnamed.ReplaceAllString(dump, ""), "")
		}, sample()},
		"snapshot_v1_configured": {func(dump string) string { return unnamed.ReplaceAllString(dump, "") }, sample()},
		"snapshot_v2":            {all, sample()},
		"snapshot_v4":            {all, sampleOfWords()},
		"snapshot_v4_seeds":      {all, sampleOfSeeds()},
	} {
		path, dumped := "testdata/"+name+".snapshot", "testdata/"+name+".dump"
		if *update && strings.HasPrefix(name, "snapshot_v4") {
			for name, data := range map[string][]byte{path: snapshot(t, c.of), dumped: []byte(dump(t, c.of))} {
				if err := os.WriteFile(name, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := floor.Load(bytes.NewReader(golden), floor.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(dumped)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), c.same(dump(t, f))); diff != "" {
			t.Errorf("%s is read otherwise (-golden +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.same(dump(t, f)), c.same(dump(t, c.of))); diff != "" {
			t.Errorf("%s is not of the sample:\n%s", name, diff)
		}
	}
}

func TestLoad_NamesDamage(t *testing.T) {
	whole := snapshot(t, sample())
	damaged := func(name string, data []byte) {
		t.Helper()
		if f, err := floor.Load(bytes.NewReader(data), floor.Options{}); !errors.Is(err, floor.ErrDamaged) || f != nil {
			t.Fatalf("%s: %v, %v, want %v", name, f, err, floor.ErrDamaged)
		}
	}
	for n := range whole {
		damaged("cut short", whole[:n])
	}
	damaged("longer", append(bytes.Clone(whole), 0))
	for i := range 8 * len(whole) {
		if flipped := bytes.Clone(whole); i/8 != 4 { // the version, see below
			flipped[i/8] ^= 1 << (i % 8)
			damaged("a flipped bit", flipped)
		}
	}
	newer := bytes.Clone(whole)
	newer[4] = 5
	if _, err := floor.Load(bytes.NewReader(newer), floor.Options{}); err == nil || !strings.Contains(err.Error(), "version 5") {
		t.Errorf("a newer version: %v", err)
	}
	broken := errors.New("broken disk")
	if _, err := floor.Load(io.MultiReader(bytes.NewReader(whole[:300]), iotest.ErrReader(broken)), floor.Options{}); !errors.Is(err, broken) {
		t.Errorf("a failing reader: %v", err)
	}
	if _, err := floor.Load(iotest.OneByteReader(bytes.NewReader(whole)), floor.Options{}); err != nil {
		t.Errorf("a slow reader: %v", err)
	}
}

// Blocks that are whole and stand where they should not, or not at all, are
// damage too, unless the state is the same without them.
// placed is what damage says of its place, and why it is damage.
var placed = regexp.MustCompile(`^damaged snapshot: .+ at byte \d+: .+`)

func TestLoad_NamesMisplacedBlocks(t *testing.T) {
	plain, err := floor.PlainSnapshot(sample())
	if err != nil {
		t.Fatal(err)
	}
	head, blocks := plain[:8], floor.Blocks(plain)
	want, harmless := dump(t, sample()), 0
	check := func(name string, i int, blocks ...[]byte) {
		t.Helper()
		f, err := floor.Load(bytes.NewReader(floor.Reseal(slices.Concat(append([][]byte{head}, blocks...)...))), floor.Options{})
		switch {
		case errors.Is(err, floor.ErrDamaged):
			if !placed.MatchString(err.Error()) {
				t.Errorf("block %d %s: %v", i, name, err)
			}
		case err != nil || dump(t, f) != want:
			t.Errorf("block %d %s: %v, or another state", i, name, err)
		default:
			harmless++
		}
	}
	for i, block := range blocks {
		before, after := blocks[:i:i], blocks[i+1:]
		check("missing", i, append(before, after...)...)
		check("twice", i, append(append(before, block, block), after...)...)
		check("at the end", i, append(append(before, after...), block)...)
		check("first", i, append(append([][]byte{block}, before...), after...)...)
		check("cut", i, append(append(before, block[:len(block)-1]), after...)...)
	}
	if harmless > len(blocks) {
		t.Errorf("%d of %d changes made no difference", harmless, 5*len(blocks))
	}
}

// failing is a disk that is full after so many bytes.
type failing struct{ left int }

var errFull = errors.New("disk full")

func (w *failing) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteSnapshot_ReportsAFailingWriter(t *testing.T) {
	f := sample()
	for left := range len(snapshot(t, f)) {
		if p, err := f.WriteSnapshot(&failing{left: left}); !errors.Is(err, errFull) || !p.IsZero() {
			t.Fatalf("%d bytes: %s, %v", left, p, err)
		}
	}
}

// While records are applied, every snapshot is of one version over all
// instances: what follows its position leads to where all came.
func TestWriteSnapshot_IsOfOneVersion(t *testing.T) {
	const agents, rounds = 60, 150
	f, j := floor.New(floor.Options{Encode: answer}), new(journal)
	var records []rollcall.Record
	for n := range rounds {
		for i := range agents {
			e := event("agent"+string(rune('A'+i%20)), n, available([]string{"q1", "q2"}[n%2]))
			if i%3 == 1 {
				e.Instance = instanceARN("1", "south")
				e.Agent = e.Instance.Child(rollcall.TypeAgent, e.Agent.ID)
				e.AgentARN = e.Agent.String()
			}
			records = append(records, j.record(e))
		}
	}
	done := make(chan struct{})
	snapshots := make(chan []byte, 30)
	go func() {
		defer close(snapshots)
		for len(snapshots) < cap(snapshots) {
			var b bytes.Buffer
			if _, err := f.WriteSnapshot(&b); err != nil {
				t.Error(err)
			}
			snapshots <- b.Bytes()
			select {
			case <-done:
				return
			default:
			}
		}
	}()
	f.Apply(records)
	close(done)
	want := dump(t, f)
	for data := range snapshots {
		again, err := floor.Load(bytes.NewReader(data), floor.Options{Encode: answer})
		if err != nil {
			t.Fatal(err)
		}
		at := again.Position()
		again.Apply(records)
		if got := dump(t, again); got != want {
			t.Fatalf("from %s on:\n%s", at, cmp.Diff(want, got))
		}
	}
}
