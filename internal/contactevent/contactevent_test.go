package contactevent_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
	"rollcall/internal/lobby"
)

var update = flag.Bool("update", false, "write the golden files of a record version that is not released yet")

const instance = "arn:aws:connect:eu-central-1:111122223333:instance/north"

// with is an event with a detail beside eventType, contactId and instanceArn.
func with(eventType, more string) string {
	return `{"version":"0","id":"e1","detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":"999999999999",` +
		`"time":"2026-11-30T12:00:00Z","region":"us-east-1","resources":["` + instance + `/contact/c1"],` +
		`"detail":{"eventType":"` + eventType + `","contactId":"c1","instanceArn":"` + instance + `"` + more + `}}`
}

const queue = `,"channel":"CHAT","queueInfo":{"queueArn":"` + instance + `/queue/sales","queueType":"STANDARD","enqueueTimestamp":"2026-11-30T11:59:58.250Z"}`

func decode(t *testing.T, document string) rollcall.ContactEvent {
	t.Helper()
	d, refusal := contactevent.Decode([]byte(document), agentevent.DefaultLimits)
	if refusal != nil {
		t.Fatalf("%s: refused: %s", document, refusal)
	}
	r, err := contactevent.DecodeRecord(d.Record)
	if err != nil || r.Event == nil {
		t.Fatalf("the record of %s: %v", document, err)
	}
	if diff := cmp.Diff(&d.Event, r.Event); diff != "" {
		t.Errorf("the record gives another event (-document +record):\n%s", diff)
	}
	return d.Event
}

func TestDecode_SaysWhetherTheContactWaits(t *testing.T) {
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		document       string
		queue          rollcall.QueueID
		enqueued, left time.Time
	}{
		"queued":                   {with("QUEUED", queue), "sales", noon.Add(-1750 * time.Millisecond), time.Time{}},
		"queued, of old":           {with("QUEUED", `,"channel":"Chat","QueueInfo":{"queueARN":"`+instance+`/queue/sales"}`), "sales", noon, time.Time{}},
		"in an agent's own queue":  {with("QUEUED", `,"channel":"CHAT","queueInfo":{"queueArn":"`+instance+`/queue/agent/ana"}`), "ana", noon, time.Time{}},
		"connected":                {with("CONNECTED_TO_AGENT", queue), "", time.Time{}, noon},
		"ended":                    {with("DISCONNECTED", queue+`,"disconnectTimestamp":"2026-11-30T12:00:01Z"`), "", time.Time{}, noon.Add(time.Second)},
		"completed":                {with("COMPLETED", `,"channel":"CHAT"`), "", time.Time{}, noon},
		"begun":                    {with("INITIATED", `,"channel":"CHAT","queueInfo":null`), "", time.Time{}, time.Time{}},
		"unknown":                  {with("TELEPORTED", queue), "", time.Time{}, time.Time{}},
		"unknown, with an agent":   {with("TELEPORTED", queue+`,"agentInfo":{"connectedToAgentTimestamp":"2026-11-30T12:00:02Z"}`), "", time.Time{}, noon.Add(2 * time.Second)},
		"a colon too many":         {strings.Replace(with("INITIATED", `,"channel":"CHAT"`), `"arn:aws:connect:eu-central-1:111122223333:instance/north"}`, `"arn:aws::connect:eu-central-1:111122223333:instance/north"}`, 1), "", time.Time{}, time.Time{}},
		"queued and connected too": {with("QUEUED", queue+`,"AgentInfo":{"ConnectedToAgentTimestamp":"2026-11-30T12:00:02Z"}`), "sales", noon.Add(-1750 * time.Millisecond), noon.Add(2 * time.Second)},
	} {
		t.Run(name, func(t *testing.T) {
			e := decode(t, c.document)
			want := rollcall.ContactEvent{
				ID: "e1", Type: e.Type, At: noon, Contact: "c1", Channel: "CHAT", Queue: c.queue, EnqueuedAt: c.enqueued, LeftAt: c.left,
				Instance: rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "111122223333", Instance: "north"},
			}
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if e := decode(t, with("INITIATED", "")); e.Channel != rollcall.ChannelVoice {
		t.Errorf("without a channel it is %s", e.Channel)
	}
}

func TestDecode_RefusesNamingTheMember(t *testing.T) {
	good := with("QUEUED", queue)
	limits := agentevent.DefaultLimits
	limits.DocumentBytes, limits.Depth, limits.TextBytes = 2000, 4, 300
	for want, document := range map[string]string{
		`detail-type: found "Other", expected "Amazon Connect Contact Event"`: strings.Replace(good, "Amazon Connect Contact Event", "Other", 1),
		"detail: found nothing":                                              `{"detail-type":"Amazon Connect Contact Event","time":"2026-11-30T12:00:00Z"}`,
		`time: found "noon"`:                                                 strings.Replace(good, "2026-11-30T12:00:00Z", "noon", 1),
		"time: found nothing":                                                strings.Replace(good, `"time"`, `"Time"`, 1),
		"detail.eventType: found nothing":                                    strings.Replace(good, `"eventType"`, `"x"`, 1),
		"detail.contactId: found nothing":                                    strings.Replace(good, `"contactId"`, `"x"`, 1),
		"detail.contactId: found the number 7, expected a string":            strings.Replace(good, `"contactId":"c1"`, `"contactId":7`, 1),
		`detail.contactId: found "a/b"`:                                      strings.Replace(good, `"contactId":"c1"`, `"contactId":"a/b"`, 1),
		"detail.instanceArn: found nothing":                                  strings.Replace(good, `"instanceArn"`, `"x"`, 1),
		`detail.instanceArn: found "arn:aws:s3:::b", expected the ARN of an`: strings.Replace(good, `"instanceArn":"`+instance, `"instanceArn":"arn:aws:s3:::b`, 1),
		"detail.queueInfo.queueArn: found nothing":                           with("QUEUED", ""),
		`detail.queueInfo.queueArn: found "x/", expected the ARN of a queue`: with("QUEUED", `,"queueInfo":{"queueArn":"x/"}`),
		"detail.queueInfo: found the string \"x\", expected an object":       with("QUEUED", `,"queueInfo":"x"`),
		"detail.queueInfo.enqueueTimestamp: found":                           with("QUEUED", `,"queueInfo":{"enqueueTimestamp":"yesterday"}`),
		"detail.contactId: a member of this name stands before":              strings.Replace(good, `"detail":{`, `"detail":{"ContactId":"c1",`, 1),
		"a member of this name stands before in the same object":             strings.Replace(good, `"id":"e1"`, `"id":"e1","id":"e2"`, 1),
		"found a document of 2":                                              with("QUEUED", queue+`,"x":"`+strings.Repeat("x", 2000)+`"`),
		"found objects and arrays 5 deep, expected at most 4":                with("QUEUED", queue+`,"x":[[[1]]]`),
		"detail.contactId: found 400 bytes, expected at most 300":            strings.Replace(good, `"contactId":"c1"`, `"contactId":"`+strings.Repeat("c", 400)+`"`, 1),
		"the document ends before":                                           good[:len(good)-3],
		"not JSON":                                                           good + "x",
	} {
		_, refusal := contactevent.Decode([]byte(document), limits)
		switch {
		case refusal == nil:
			t.Errorf("%s: taken, want %q", document, want)
		case !strings.HasPrefix(refusal.String(), want):
			t.Errorf("refused with %q, want %q", refusal, want)
		case refusal.Offset < 0 || refusal.Offset > int64(len(document)):
			t.Errorf("%s: at %d of %d", want, refusal.Offset, len(document))
		}
	}
}

func TestIs_TellsEventsOfEventBridgeAndTheirType(t *testing.T) {
	for document, want := range map[string]string{
		with("QUEUED", queue): contactevent.DetailType, `{"a":{"b":[1]},"detail-type":"x","detail-type":"y"}`: "x",
		`{"detail":{"detail-type":"x"}}`: "", `{"AgentARN":"x"}`: "", `["detail-type"]`: "", `{"detail-type":"x`: "",
	} {
		if got, _ := contactevent.Is([]byte(document)); got != want {
			t.Errorf("%s: %q, want %q", document, got, want)
		}
	}
}

func records(t *testing.T) map[string][]byte {
	t.Helper()
	arn, _ := rollcall.ParseARN(instance)
	at := time.Date(2026, 11, 30, 12, 0, 0, 250e6, time.UTC)
	forget, err := contactevent.AppendForgetting(nil, lobby.Forgetting{Instance: arn, Contact: "c1", Since: at})
	if err != nil {
		t.Fatal(err)
	}
	restate, err := contactevent.AppendRestatement(nil, &lobby.Restatement{Instance: arn, Clock: at.UnixMilli(), Contacts: []lobby.Contact{
		{ID: "c1", Channel: "CHAT", Queue: "sales", Enqueued: 5, Forgotten: 4}, {ID: "c2", Left: 7},
	}})
	if err != nil {
		t.Fatal(err)
	}
	d, refusal := contactevent.Decode([]byte(strings.ReplaceAll(with("QUEUED", queue), ",", " ,\n ")), agentevent.DefaultLimits)
	if refusal != nil {
		t.Fatal(refusal)
	}
	return map[string][]byte{"queued": d.Record, "forget": forget, "lobby": restate}
}

// TestRecord_Golden keeps records that are on people's disks readable: the files
// of a released version never change.
func TestRecord_Golden(t *testing.T) {
	for name, record := range records(t) {
		path := filepath.Join("testdata", "record_v3_"+name)
		says := func(record []byte) []byte {
			r, err := contactevent.DecodeRecord(record)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.MarshalIndent(r, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			return append(text, '\n')
		}
		if *update {
			for path, data := range map[string][]byte{path + ".record": record, path + ".json": says(record)} {
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		golden, err := os.ReadFile(path + ".record")
		if err != nil {
			t.Fatal(err)
		}
		meant, err := os.ReadFile(path + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(golden, record); diff != "" {
			t.Errorf("%s: the record is written otherwise (-golden +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(string(meant), string(says(golden))); diff != "" {
			t.Errorf("%s: the record is read otherwise (-golden +got):\n%s", name, diff)
		}
		if own := name != "queued"; contactevent.Own(record) != own || !contactevent.Mine(record[1:]) {
			t.Errorf("%s is our own: %v, a line of ours: %v", name, !own, contactevent.Mine(record[1:]))
		}
		if _, refusal := contactevent.Decode(record[1:], agentevent.DefaultLimits); (refusal != nil) != (name != "queued") {
			t.Errorf("%s from outside: %v", name, refusal)
		}
	}
}

func TestDecodeRecord_NamesWhatIsNewer(t *testing.T) {
	for record, newer := range map[string]bool{
		"\x03" + `{"detail-type":"ROLLCALL_NEW_THING"}`: true,
		"\x03" + `{"detail-type":"ROLLCALL_FORGET_WAIT","instanceArn":"` + instance + `","contactId":"c","enqueueTimestamp":"2026-11-30T12:00:00Z","but":1}`: true,
		"\x03" + `{"detail-type":"ROLLCALL_LOBBY","instanceArn":"` + instance + `","clock":1,"contacts":[{"id":"c","new":1}]}`:                               true,
		"\x03" + `{"detail-type":"ROLLCALL_FORGET_WAIT","instanceArn":"x"}`:                                                                                  false,
		"\x03" + `{"detail-type":"ROLLCALL_LOBBY","clock":"x"}`:                                                                                              false,
		"\x03{}": false, "\x03": false, "": false, "\x01{}": false,
	} {
		_, err := contactevent.DecodeRecord([]byte(record))
		if is := errors.As(err, new(*agentevent.NewerError)); err == nil || is != newer {
			t.Errorf("%q: %v, newer: %v", record, err, is)
		}
	}
}

// FuzzDecode holds that any bytes are judged without a panic, and that the record
// of what was taken is compact JSON which gives the same event again.
func FuzzDecode(f *testing.F) {
	for _, document := range []string{
		with("QUEUED", queue), with("DISCONNECTED", `,"disconnectTimestamp":null`), with("X", `,"Channel":"\u0056oice"`),
		`{"detail-type":"Amazon Connect Contact Event","detail":[]}`, `{"detail-type":"ROLLCALL_LOBBY"}`, " {}", "[",
	} {
		f.Add([]byte(document))
	}
	limits := agentevent.Limits{DocumentBytes: 8 << 10, Depth: 12, TextBytes: 200}
	f.Fuzz(func(t *testing.T, document []byte) {
		contactevent.Mine(document)
		_, _ = contactevent.DecodeRecord(append([]byte{contactevent.Form}, document...))
		d, refusal := contactevent.Decode(document, limits)
		if refusal != nil {
			if refusal.Reason == "" || refusal.Offset < 0 || refusal.Offset > int64(len(document)) {
				t.Errorf("refusal %+v of %d bytes", refusal, len(document))
			}
			return
		}
		compact := jsontext.Value(bytes.Clone(d.Record[1:]))
		if err := compact.Compact(); err != nil || !bytes.Equal(compact, d.Record[1:]) {
			t.Errorf("record %q is not compact JSON: %v", d.Record, err)
		}
		r, err := contactevent.DecodeRecord(d.Record)
		if err != nil || r.Event == nil || contactevent.Own(d.Record) {
			t.Fatalf("DecodeRecord: %+v, %v", r, err)
		}
		if diff := cmp.Diff(&d.Event, r.Event); diff != "" {
			t.Errorf("the record gives another event (-document +record):\n%s", diff)
		}
	})
}
