package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/archive"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/simulate"
)

var midnight = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// tester is a test or a check of rapid's.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// day gives the records of a simulated centre's first hours.
func day(t tester, instance string, length time.Duration) (records [][]byte) {
	t.Helper()
	centre := simulate.New(simulate.Config{
		Agents: 12, Seed: 5, Start: midnight, Duration: length, InstanceID: instance, RampUp: time.Minute,
	})
	for e, more := centre.Next(); more; e, more = centre.Next() {
		records = append(records, recordOf(t, e.AppendJSON(nil)))
	}
	return records
}

// recordOf is what a server keeps of a document.
func recordOf(t tester, document []byte) []byte {
	t.Helper()
	batch, err := agentevent.Decode(document, agentevent.DefaultLimits)
	if err != nil || len(batch.Refused) > 0 {
		t.Fatalf("%s: %v %+v", document, err, batch.Refused)
	}
	return batch.Documents[0].Record
}

func controlOf(t tester, e *rollcall.Event) []byte {
	t.Helper()
	record, err := agentevent.AppendControl(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// keep appends records, a few at a time.
func keep(t tester, log journal.Log, records [][]byte) {
	t.Helper()
	for n := 1; len(records) > 0; n = n%7 + 1 {
		n = min(n, len(records))
		if _, err := log.Append(t.Context(), records[:n]); err != nil {
			t.Fatal(err)
		}
		records = records[n:]
	}
}

func inMemory() *memlog.Log { return memlog.New(memlog.Options{}) }

func onDisk(t *testing.T) *disklog.Log {
	t.Helper()
	log, err := disklog.Open(t.TempDir(), disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

// follow makes the floors of a journal as a server does: from the newest
// snapshot, or from the beginning.
func follow(t tester, log journal.Log) *floor.Floors {
	t.Helper()
	floors := floor.New(floor.Options{})
	list, err := log.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) > 0 {
		r, err := log.OpenSnapshot(t.Context(), list[0].Position)
		if err != nil {
			t.Fatal(err)
		}
		if floors, err = floor.Load(r, floor.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return apply(t, floors, log)
}

// apply has floors reach the end of a journal.
func apply(t tester, floors *floor.Floors, log journal.Log) *floor.Floors {
	t.Helper()
	end := log.End()
	if !floors.Position().Before(end) || end.Pack == 0 {
		return floors
	}
	for p, err := range log.Tail(t.Context(), floors.Position()) {
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range p.Records {
			event, err := agentevent.DecodeRecord(record)
			if err != nil {
				t.Fatal(err)
			}
			floors.Apply([]rollcall.Record{{Position: p.Position(i), Event: event}})
		}
		if !p.Last().Before(end) {
			break
		}
	}
	return floors
}

// dumpOf is the state, without where it is.
func dumpOf(t tester, floors *floor.Floors) string {
	t.Helper()
	floors.Rebase(rollcall.Position{Epoch: 1, Pack: 1})
	var b bytes.Buffer
	if err := floors.Dump(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// trim keeps a snapshot of the state at the end, and forgets what lies before.
func trim(t tester, log journal.Log) {
	t.Helper()
	floors := apply(t, floor.New(floor.Options{}), log)
	snapshot(t, log, floors)
	if err := log.Trim(t.Context(), log.End()); err != nil {
		t.Fatal(err)
	}
}

func snapshot(t tester, log journal.Log, floors *floor.Floors) {
	t.Helper()
	if _, err := log.PutSnapshot(t.Context(), floors.WriteSnapshot); err != nil {
		t.Fatal(err)
	}
}

func export(t tester, log journal.Log) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Export(t.Context(), log, &b, false, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func importInto(t tester, log journal.Log, from []byte) archive.Imported {
	t.Helper()
	is, err := archive.Import(t.Context(), log, bytes.NewReader(from), nil)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// drawRecords gives what could be a journal: few agents of few instances, of
// which some are forgotten and some removed, now and then too late.
func drawRecords(t *rapid.T, name string, from time.Time, most int) (records [][]byte) {
	n := rapid.IntRange(0, most).Draw(t, name)
	for i := range n {
		at := from.Add(time.Duration(i+rapid.IntRange(-2, 0).Draw(t, "back")) * time.Second)
		instance := rollcall.ARN{
			Partition: "aws", Region: "eu-central-1",
			Account:  rapid.SampledFrom([]string{"111122223333", "111122223333", "444455556666"}).Draw(t, "account"),
			Instance: rapid.SampledFrom([]rollcall.InstanceID{"north", "south"}).Draw(t, "instance"),
		}
		agent := instance.Child(rollcall.TypeAgent, rapid.SampledFrom([]string{"ana", "ben", "cem", "dor"}).Draw(t, "agent"))
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			records = append(records, controlOf(t, rollcall.NewRemoval(instance, drawInstant(t, records, at))))
		case 1, 2:
			row := &rollcall.Agent{ID: rollcall.AgentID(agent.ID), EventAt: drawInstant(t, records, at)}
			records = append(records, controlOf(t, rollcall.NewForgetting(instance, row)))
		case 3:
			records = append(records, seedOf(t, drawDocument(t, instance, agent, at)))
		default:
			records = append(records, recordOf(t, drawDocument(t, instance, agent, at)))
		}
	}
	return records
}

// seedOf is the record of a seed that says what a document does.
func seedOf(t *rapid.T, document []byte) []byte {
	e, err := agentevent.DecodeRecord(recordOf(t, document))
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Type = "", rollcall.EventSeed
	records, err := agentevent.Records(e)
	if err != nil {
		t.Fatal(err)
	}
	return records[0]
}

// drawInstant is that of an event before, or another.
func drawInstant(t *rapid.T, records [][]byte, at time.Time) time.Time {
	if len(records) == 0 || rapid.IntRange(0, 3).Draw(t, "no instant") == 0 {
		return at
	}
	event, err := agentevent.DecodeRecord(rapid.SampledFrom(records).Draw(t, "instant of"))
	if err != nil {
		t.Fatal(err)
	}
	return event.At
}

func drawDocument(t *rapid.T, instance, agent rollcall.ARN, at time.Time) []byte {
	e := &rollcall.Event{
		ID: rollcall.EventID(rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "id")), At: at,
		Type: rapid.SampledFrom([]rollcall.EventType{
			rollcall.EventLogin, rollcall.EventLogout, rollcall.EventStateChange, rollcall.EventHeartBeat,
		}).Draw(t, "type"),
		Instance: instance, Agent: agent, AgentARN: agent.String(),
	}
	if rapid.Bool().Draw(t, "snapshot") {
		state := instance.Child("agent-state", rapid.SampledFrom([]string{"available", "offline"}).Draw(t, "status"))
		e.Snapshot = &rollcall.Snapshot{
			Status:        &rollcall.Status{ARN: state.String(), Name: state.ID, StartedAt: at},
			Configuration: &rollcall.Configuration{Username: agent.ID},
		}
		if rapid.Bool().Draw(t, "contact") {
			e.Snapshot.Contacts = []rollcall.Contact{{
				ID: "c", Channel: "VOICE", StateStartedAt: at, ConnectedToAgentAt: at.Add(-time.Second),
				State: rapid.SampledFrom([]rollcall.ContactState{rollcall.StateConnected, rollcall.StateConnectedOnHold, rollcall.StateEnded}).Draw(t, "state"),
			}}
		}
	}
	return agentevent.AppendDocument(nil, e)
}

// faulty gives up after some appends, and has appends of another between ours.
type faulty struct {
	journal.Log
	appends int // that succeed
	other   []byte
}

func (f *faulty) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	if f.appends--; f.appends < 0 {
		return rollcall.Position{}, fmt.Errorf("%w: the cable was pulled", journal.ErrFailed)
	}
	if f.other != nil {
		if at, err := f.Log.Append(ctx, [][]byte{f.other}); err != nil {
			return at, err
		}
	}
	return f.Log.Append(ctx, records)
}

// Limits makes batches small.
func (f *faulty) Limits() journal.Limits { return journal.Limits{Bytes: 20_000, Records: 10} }
