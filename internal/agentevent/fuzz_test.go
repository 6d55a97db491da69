package agentevent_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"rollcall/internal/agentevent"
)

// FuzzDecode holds that every body is judged without a panic, that each
// document is in one list, that refusals point into the body, and that what
// was taken is JSON whose record gives the same event again.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		callDocument, least(1), "[" + least(1) + "," + least(2) + "]", least(1) + "\n{\n" + least(2), least(1) + least(2),
		with(`"PreviousAgentSnapshot" : {"a":1} , "X":"\\\"\u00e9"`), with(`"CurrentAgentSnapshot":null`),
		withContact(`"ContactId":"c","State":"PAUSED","Channel":"TASKS"`), withContact(`"ContactId":"c","State":"RINGING"`), with(`"CurrentAgentSnapshot":{"AgentStatus":{"Type":"BUSY"}}`), `[{},{"a":[[]]},null]`, "\n{x}\n{y}\n",
	} {
		f.Add([]byte(body))
	}
	limits := agentevent.Limits{Documents: 50, DocumentBytes: 16 << 10, Depth: 12, TextBytes: 200, Lists: agentevent.Lists{Contacts: 20, Queues: 20, Proficiencies: 20, Channels: 20}}
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := agentevent.Decode(body, limits)
		if err != nil {
			return
		}
		checkNumbers(t, batch)
		for _, r := range batch.Refused {
			if r.Offset < 0 || r.Offset > int64(len(body)) || r.Reason == "" {
				t.Errorf("refusal %+v does not point into the body of %d bytes", r, len(body))
			}
		}
		for _, d := range batch.Documents {
			if body[d.Offset] != '{' {
				t.Errorf("document %d: offset %d is at %q, want at {", d.Number, d.Offset, body[d.Offset])
			}
			checkRecord(t, d, limits)
		}
	})
}

func checkNumbers(t *testing.T, batch agentevent.Batch) {
	t.Helper()
	documents, refused := batch.Documents, batch.Refused
	for n := 1; len(documents)+len(refused) > 0; n++ {
		switch {
		case len(documents) > 0 && documents[0].Number == n:
			documents = documents[1:]
		case len(refused) > 0 && refused[0].Number == n:
			refused = refused[1:]
		default:
			t.Fatalf("number %d is in neither list, or they are out of order: %+v, %+v", n, documents, refused)
		}
	}
}

func checkRecord(t *testing.T, d agentevent.Document, limits agentevent.Limits) {
	t.Helper()
	canonical, err := agentevent.Canonical(d.Record)
	if err != nil {
		t.Fatal(err)
	}
	compact := jsontext.Value(bytes.Clone(canonical))
	if err := compact.Compact(); err != nil || !bytes.Equal(compact, canonical) {
		t.Errorf("record %q is not compact JSON: %v", d.Record, err)
	}
	event, err := agentevent.DecodeRecord(d.Record)
	if err != nil {
		t.Fatalf("DecodeRecord: %v", err)
	}
	if diff := cmp.Diff(&d.Event, event); diff != "" {
		t.Errorf("the record gives another event (-document +record):\n%s", diff)
	}
	again, err := agentevent.Decode(canonical, limits)
	if err != nil || len(again.Documents) != 1 || !bytes.Equal(again.Documents[0].Record, d.Record) {
		t.Errorf("the canonical document decodes to %+v, %v, want the same record", again, err)
	}
}

// FuzzDecodeRecord holds that damage never panics.
func FuzzDecodeRecord(f *testing.F) {
	f.Add([]byte("\x01" + least(1)))
	f.Add([]byte("\x01" + with(`"CurrentAgentSnapshot":{"Contacts":[{"ContactId":"`+"\xff"+`"}]}`)))
	for _, event := range controls() {
		record, err := agentevent.AppendControl(nil, event)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(record)
	}
	seed, err := os.ReadFile(filepath.Join("testdata", "record_v5_seed.record"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, record []byte) {
		event, err := agentevent.DecodeRecord(record)
		if (event == nil) == (err == nil) {
			t.Errorf("DecodeRecord = %v, %v, want one of the two", event, err)
		}
	})
}
