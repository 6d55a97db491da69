package ingest_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/ingest"
)

// contact is a contact event of this type at this instant.
func contactAt(eventType, id, in string, at time.Time) string {
	return fmt.Sprintf(`{"version":"0","id":"e","detail-type":"Amazon Connect Contact Event","source":"aws.connect","time":%q,
		"detail":{"eventType":%q,"contactId":%q,"instanceArn":%q,"queueInfo":{"queueArn":"%s/queue/q"}}}`, at.Format(time.RFC3339Nano), eventType, id, in, in)
}

func queued(id string) string { return contactAt("QUEUED", id, instance, now) }

func TestPost_TakesContactEventsAmongAgentEvents(t *testing.T) {
	record := func(document string) string {
		return fmt.Sprintf(`{"kinesis":{"data":%q}}`, base64.StdEncoding.EncodeToString([]byte(document)))
	}
	message := func(document string) string {
		return fmt.Sprintf(`{"messageId":"m","receiptHandle":"r","body":%q,"attributes":{},"eventSource":"aws:sqs"}`, document)
	}
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"one":            {queued("c1"), []string{"c1 QUEUED"}},
		"several":        {queued("c1") + contactAt("DISCONNECTED", "c1", instance, now), []string{"c1 QUEUED", "c1 DISCONNECTED"}},
		"an array":       {"[" + queued("c1") + "," + good("ann") + "," + queued("c2") + "]", []string{"c1 QUEUED", "ann", "c2 QUEUED"}},
		"a line each":    {good("ann") + "\n" + queued("c1") + "\n" + good("bob") + "\n", []string{"ann", "c1 QUEUED", "bob"}},
		"a Lambda event": {`{"Records":[` + record(queued("c1")) + "," + record(good("ann")+queued("c2")) + `]}`, []string{"c1 QUEUED", "ann", "c2 QUEUED"}},
		"messages":       {`{"Records":[` + message(queued("c1")) + "," + message(good("ann")) + "," + record(queued("c2")) + `]}`, []string{"c1 QUEUED", "ann", "c2 QUEUED"}},
		"unknown type":   {contactAt("TELEPORTED", "c1", instance, now), []string{"c1 TELEPORTED"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, nil)
			got := h.post(t, "", c.body)
			if kept := h.kept(t); got.Status != http.StatusOK || got.Accepted != len(c.want) || !slices.Equal(kept, c.want) {
				t.Errorf("%+v, kept %q, want %q", got, kept, c.want)
			}
		})
	}
}

func TestPost_RefusesContactEventsNamingTheMember(t *testing.T) {
	other := strings.Replace(instance, "eu-central-1", "us-east-1", 1)
	owner, _ := rollcall.ParseARN(instance)
	for want, bad := range map[string]string{
		"1 of 2, detail.contactId: found nothing":                                        strings.Replace(queued(""), `"contactId"`, `"x"`, 1),
		"1 of 2, time: found 2026-04-01T12:05:01Z, expected at most 5m0s ahead":          contactAt("INITIATED", "c", instance, now.Add(301*time.Second)),
		"1 of 2, detail.instanceArn: found a contact of " + other + ", expected another": contactAt("QUEUED", "c", other, now),
		`1 of 2, detail-type: found an EventBridge event of the type "Other"`:            strings.Replace(queued("c"), "Amazon Connect Contact Event", "Other", 1),
		"1 of 2, : found a contact record, not an agent event":                           `{"ContactId":"c","InitiationMethod":"INBOUND"}`,
		"1 of 2, : found the detail of a contact event alone":                            `{"eventType":"QUEUED","contactId":"c"}`,
	} {
		h := open(t, func(o *ingest.Options) {
			o.Owner = func(rollcall.InstanceID) (rollcall.ARN, bool) { return owner, true }
		})
		h.gate.allow = map[string]error{}
		if strings.Contains(want, "another") {
			h.gate.allow[instance] = rollcall.Errorf(rollcall.CodeDenied, "no")
		}
		body := bad + queued("c2")
		if strings.Contains(want, "another") {
			body = bad + strings.ReplaceAll(queued("c2"), instance, other)
			want = strings.Replace(want, "1 of 2", "2 of 2", 1)
		}
		got := h.post(t, "", body)
		if len(got.Error.Documents) == 0 {
			t.Errorf("%+v, want %q", got, want)
			continue
		}
		d := got.Error.Documents[0]
		is := fmt.Sprintf("%d of 2, %s: %s", got.Error.RefusedCount, d.Member, d.Reason)
		if got.Status != http.StatusBadRequest || !strings.HasPrefix(is, want) || d.Number != 1 || d.Offset >= int64(len(bad)) || len(h.kept(t)) != 0 {
			t.Errorf("%+v, want %q and nothing kept", got, want)
		}
		if strings.HasPrefix(want, "1") {
			if got := h.post(t, "?on-invalid=skip", body); got.Accepted != 1 || got.RefusedCount != 1 {
				t.Errorf("with the others kept: %+v", got)
			}
		}
	}
}

func TestPost_ContactEventsNeedPutEventsAndRoom(t *testing.T) {
	var beside []rollcall.ARN
	h := open(t, func(o *ingest.Options) {
		o.Reserve = func(_ []agentevent.Document, b []rollcall.ARN) (func(rollcall.Position), error) {
			beside = b
			return func(rollcall.Position) {}, nil
		}
	})
	h.gate.allow = map[string]error{instance: rollcall.Errorf(rollcall.CodeDenied, "no")}
	if got := h.post(t, "", good("ann")+queued("c1")); got.Status != http.StatusForbidden {
		t.Errorf("without the right: %+v", got)
	}
	h.gate.allow = nil
	if got := h.post(t, "", queued("c1")+queued("c2")); got.Status != http.StatusOK || len(beside) != 1 || beside[0].String() != instance {
		t.Errorf("room was asked for %v: %+v", beside, got)
	}
}

func TestFirehose_TakesContactEvents(t *testing.T) {
	h := open(t, nil)
	w := h.deliver([]byte(delivery(good("ann"), queued("c1")+queued("c2"), `{"detail-type":"Other","detail":{}}`, good("bob"))))
	if w.Code != http.StatusOK || !slices.Equal(h.kept(t), []string{"ann", "c1 QUEUED", "c2 QUEUED", "bob"}) {
		t.Errorf("%d %s, kept %q", w.Code, w.Body, h.kept(t))
	}
	if out := h.outcomes[0]; out.Accepted != 4 || out.Refused != 1 {
		t.Errorf("outcome %+v", out)
	}
}

func TestEventBridge_TakesTheTokenFromTheHeaderThatIsSet(t *testing.T) {
	for _, c := range []struct{ set, header, want string }{
		{"", "Authorization: Bearer t", "Bearer t"},
		{"X-Key", "Authorization: Bearer t", "Bearer t"},
		{"X-Key", "X-Key: t", "Bearer t"},
		{"", "X-Key: t", ""},
	} {
		var knocked string
		h := open(t, func(o *ingest.Options) {
			o.EventBridgeKeyHeader = c.set
			o.Gate = knocks{o.Gate.(*gate), &knocked}
		})
		r := httptest.NewRequest(http.MethodPost, ingest.EventBridgePath, strings.NewReader(queued("c1")))
		name, value, _ := strings.Cut(c.header, ": ")
		r.Header.Set(name, value)
		r.Header.Set("Range", "bytes=0-1048575")
		if got := h.send(t, r); got.Status != http.StatusOK || got.Accepted != 1 || knocked != c.want {
			t.Errorf("%+v: %+v, said to be %q", c, got, knocked)
		}
	}
}

// knocks is a gate that notes what is said at it.
type knocks struct {
	*gate
	said *string
}

func (k knocks) Knock(r *http.Request) (string, error) {
	*k.said = r.Header.Get("Authorization")
	return k.gate.Knock(r)
}
