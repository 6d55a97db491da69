package server_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A feed that has fallen silent is told, and does not make the server unready:
// others would be no better.
func TestReadyz_TellsOfSilentFeeds(t *testing.T) {
	eventAt := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var clock atomic.Int64 // nanoseconds after the event
	c := settings()
	c.Now = func() time.Time { return eventAt.Add(time.Duration(clock.Load())) }
	s := run(t, c)
	s.put(login("ann"))
	if got := get(t, s.admin()+"/readyz"); got.status != http.StatusOK || strings.Contains(got.body, "nothing was heard") {
		t.Errorf("while events come: %s", got)
	}
	for { // when it arrived is noted behind what makes it visible
		instances := s.send(http.MethodGet, "/v1/instances", "", nil)
		if !strings.Contains(instances.body, `"feedAt":"2026-03-02T09:00:00.000Z"`) {
			t.Fatalf("instances: %s", instances)
		}
		if strings.Contains(instances.body, `"feedArrivedAt":"2026-03-02T09:00:00.000Z"`) {
			break
		}
	}
	clock.Store(int64(10 * time.Minute))
	if got := get(t, s.admin()+"/readyz"); got.status != http.StatusOK || !strings.Contains(got.body, "nothing was heard of instance support for 10m0s") {
		t.Errorf("after ten minutes of silence: %s", got)
	}
	s.awaitMetrics("rollcall_feeds_silent 1")
}

// Who brought an instance into being is in the log, once.
func TestAudit_WhoBeganAnInstance(t *testing.T) {
	s := run(t, settings())
	s.put(login("ann"), login("bob"))
	s.put(login("cay"))
	line := s.log.await(t, "audit")
	if line["key_id"] != ownKey.ID || line["action"] != "rollcall:PutEvents" || line["resource"] != support || line["request_id"] == "" || line["remote_addr"] == "" {
		t.Errorf("audit line %v", line)
	}
	if n := s.log.countOf("audit"); n != 1 {
		t.Errorf("%d lines, want one for the first event alone", n)
	}
}
