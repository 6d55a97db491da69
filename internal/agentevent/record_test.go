package agentevent_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/agentevent"
)

var update = flag.Bool("update", false, "write the golden files of a record version that is not released yet")

func TestRecord_IsTheDocumentWithoutThePreviousSnapshot(t *testing.T) {
	least := strings.TrimSuffix(least(1), "}")
	const previous = `"PreviousAgentSnapshot"`
	for body, want := range map[string]string{
		least + "}": least + "}",
		" {" + previous + " : {\"a\":[1]} , " + least[1:] + " } ":  least + "}",
		least + "," + previous + ":null}":                          least + "}",
		least + ",\n" + previous + ":[],\n\"B\" : 1.50 }":          least + `,"B":1.50}`,
		least + `,"B":{` + previous + `:1}}`:                       least + `,"B":{` + previous + `:1}}`,
		least + `,"Previous\u0041gentSnapshot":{"x":1}}`:           least + "}",
		least + `,"B":"a \"b\" \\","C" : "\\\\" , "D":"\u00e9é" }`: least + `,"B":"a \"b\" \\","C":"\\\\","D":"\u00e9é"}`,
		least + `,"B":[ 1 , 2e+1 , { "x" : [ ] } ]}`:               least + `,"B":[1,2e+1,{"x":[]}]}`,
		least + `,"E": "\"` + "\t" + `"`:                           "",
	} {
		batch := decode(t, body)
		if want == "" {
			if len(batch.Refused) != 1 {
				t.Errorf("%s: taken, want it refused", body)
			}
			continue
		}
		if len(batch.Documents) != 1 {
			t.Errorf("%s: refused %v", body, batch.Refused)
			continue
		}
		canonical, err := agentevent.Canonical(batch.Documents[0].Record)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(canonical)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
		if record := agentevent.AppendRecord(nil, canonical); !bytes.Equal(record, batch.Documents[0].Record) {
			t.Errorf("AppendRecord gave %q, want %q", record, batch.Documents[0].Record)
		}
	}
}

func TestRecord_DecodesToTheSameEvent(t *testing.T) {
	for _, body := range []string{callDocument, large(1), least(1), withContact(`"ContactId":"c\u0041","State":"ENDED"`)} {
		d := decode(t, body).Documents[0]
		got, err := agentevent.DecodeRecord(d.Record)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&d.Event, got); diff != "" {
			t.Errorf("the record gives another event (-document +record):\n%s", diff)
		}
	}
}

// TestRecord_Golden keeps records that are on people's disks readable: the
// files of a released version never change.
func TestRecord_Golden(t *testing.T) {
	for name, document := range map[string]string{"call": callDocument, "least": least(1), "large": large(7)} {
		record := filepath.Join("testdata", "record_v1_"+name+".record")
		event := filepath.Join("testdata", "record_v1_"+name+".event.json")
		if *update {
			write(t, record, decode(t, document).Documents[0].Record)
			write(t, event, eventJSON(t, decode(t, document).Documents[0].Record))
		}
		if diff := cmp.Diff(read(t, record), decode(t, document).Documents[0].Record); diff != "" {
			t.Errorf("%s: the record is written otherwise (-golden +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(string(read(t, event)), string(eventJSON(t, read(t, record)))); diff != "" {
			t.Errorf("%s: the record is read otherwise (-golden +got):\n%s", name, diff)
		}
	}
}

func eventJSON(t *testing.T, record []byte) []byte {
	t.Helper()
	event, err := agentevent.DecodeRecord(record)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(event, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDecodeRecord_RefusesWhatIsNoRecord(t *testing.T) {
	for name, record := range map[string]string{
		"empty":            "",
		"version only":     "\x01",
		"another version":  "\x03" + least(1),
		"control":          "\x02" + least(1),
		"no version":       least(1),
		"cut":              "\x01" + least(1)[:40],
		"two documents":    "\x01" + least(1) + least(2),
		"another kind":     "\x01[]",
		"a member missing": "\x01{}",
	} {
		if event, err := agentevent.DecodeRecord([]byte(record)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, event)
		}
	}
}
