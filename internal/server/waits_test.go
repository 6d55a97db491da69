package server_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
	"rollcall/internal/journal"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/server"
)

// contactEvent is one of the instance support.
func contactEvent(eventType, id string, at time.Time) string {
	return fmt.Sprintf(`{"detail-type":%q,"time":%q,"detail":{"eventType":%q,"contactId":%q,"instanceArn":%q,"queueInfo":{"queueArn":"%s/queue/orders"}}}`,
		contactevent.DetailType, at.UTC().Format(time.RFC3339Nano), eventType, id, support, support)
}

// stream sends a signed request and gives what comes, line by line.
func (r *running) stream(path string) *bufio.Scanner {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.t.Context()), http.MethodGet, r.URL()+path, http.NoBody)
	if err == nil {
		err = r.sign(req, "")
	}
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatal(resp, err)
	}
	r.t.Cleanup(func() { _ = resp.Body.Close() })
	return bufio.NewScanner(resp.Body)
}

// waiting gives who waits, by the list.
func (r *running) waiting() (ids []string) {
	r.t.Helper()
	lines := r.stream("/v1/instances/support/contacts?state=waiting")
	lines.Scan()
	var answer struct{ Contacts []struct{ ID string } }
	if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
		r.t.Fatal(err)
	}
	for _, c := range answer.Contacts {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestWaits_AreKnownFromTheFirstContactEventAndOverAStart(t *testing.T) {
	c := onDisk(t)
	s := run(t, c)
	now := time.Now()
	s.put(contactEvent("QUEUED", "c2", now.Add(-time.Minute)), contactEvent("QUEUED", "c1", now.Add(-time.Hour)))
	if got := s.waiting(); !slices.Equal(got, []string{"c1", "c2"}) {
		t.Errorf("waiting: %q", got)
	}
	connected := strings.Replace(login("ann"), `"Contacts":[]`, `"Contacts":[{"ContactId":"c1","State":"CONNECTED"}]`, 1)
	s.put(strings.ReplaceAll(connected, "2026-03-02T09:00:00.000Z", now.UTC().Format(time.RFC3339Nano)))
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	s = run(t, c)
	if got := s.waiting(); !slices.Equal(got, []string{"c2"}) {
		t.Errorf("after a start %q wait", got)
	}
	s.put(contactEvent("QUEUED", "c1", now.Add(-time.Hour)))
	if got := s.waiting(); !slices.Equal(got, []string{"c2"}) {
		t.Errorf("after an event that came again %q wait", got)
	}
}

// Documents of one request, and records of one delivery, are applied in their order:
// an agent who has a contact ends its wait, though both came together and nothing
// was known before. The same delivery again changes nothing.
func TestWaits_AgentAndContactEventsThatComeTogetherKeepTheirOrder(t *testing.T) {
	now := time.Now()
	connected := strings.Replace(login("ann"), `"Contacts":[]`, `"Contacts":[{"ContactId":"c1","State":"CONNECTED"}]`, 1)
	documents := []string{contactEvent("QUEUED", "c1", now), connected, contactEvent("QUEUED", "c2", now)}
	var records []string
	for _, d := range documents {
		records = append(records, fmt.Sprintf(`{"data":%q}`, base64.StdEncoding.EncodeToString([]byte(d))))
	}
	delivery := fmt.Sprintf(`{"requestId":"id","timestamp":%d,"records":[%s]}`, now.UnixMilli(), strings.Join(records, ","))
	for path, body := range map[string]string{"/v1/events?wait=visible": strings.Join(documents, "\n"), "/v1/firehose": delivery} {
		c := settings()
		c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
		token, err := access.CreateToken(c.KeysFile, access.New{Policy: []byte(access.PolicyAll), CreatedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		s := run(t, c)
		var floors [2]string
		for i := range floors {
			if got := s.withToken(http.MethodPost, path, token.Secret, strings.NewReader(body)); got.status != http.StatusOK {
				t.Fatalf("%s: %s", path, got)
			}
			s.put(contactEvent("QUEUED", "c3", now)) // returns when all before is visible
			if got := s.waiting(); len(got) != 2 || !slices.Contains(got, "c2") || !slices.Contains(got, "c3") {
				t.Errorf("%s: %q wait", path, got)
			}
			dump := get(t, s.admin()+"/debug/floor").body
			_, floors[i], _ = strings.Cut(dump, "\n") // the first line has the position
		}
		if floors[0] != floors[1] || !strings.Contains(floors[0], "ann") {
			t.Errorf("%s: once\n%s\ntwice\n%s", path, floors[0], floors[1])
		}
	}
}

// Whoever watches the summary sees who waits, though no agent changes.
func TestWaits_AreToldToWhoWatchesTheSummary(t *testing.T) {
	s := run(t, settings())
	s.put(login("ann"))
	lines := s.stream("/v1/instances/support/summary/watch?interval=0s")
	await := func(part string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), part) {
				return
			}
		}
		t.Fatalf("the stream ended without %s: %v", part, lines.Err())
	}
	await(`"agents":1`)
	now := time.Now()
	s.put(contactEvent("QUEUED", "c1", now))
	await(`"waiting":1`)
	s.put(contactEvent("DISCONNECTED", "c1", now))
	await(`"waiting":0`)
}

func TestWaits_OfWhichNothingMoreComesAreForgotten(t *testing.T) {
	inBubbleWith(t, func(*server.Config) journal.Log { return memlog.New(memlog.Options{}) }, func(t *testing.T, _ *running, log journal.Log) {
		t.Helper()
		put := func(id string) {
			d, refusal := contactevent.Decode([]byte(contactEvent("QUEUED", id, time.Now())), agentevent.DefaultLimits)
			if refusal != nil {
				t.Fatal(refusal)
			}
			if _, err := log.Append(t.Context(), [][]byte{d.Record}); err != nil {
				t.Fatal(err)
			}
		}
		put("old")
		time.Sleep(4*time.Hour - time.Minute)
		put("new")
		synctest.Wait()
		before := log.End()
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		var kept []string
		for pack, err := range log.Tail(t.Context(), before) {
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range pack.Records {
				kept = append(kept, string(record[1:]))
			}
			if pack.Last() == log.End() {
				break
			}
		}
		if len(kept) != 1 || !strings.Contains(kept[0], `"ROLLCALL_FORGET_WAIT"`) || !strings.Contains(kept[0], `"old"`) {
			t.Errorf("the journal got %q, want that old is forgotten", kept)
		}
	})
}
