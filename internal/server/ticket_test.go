package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/internal/access"
)

// Whoever watches by a ticket, as a browser's EventSource does, comes back with
// it after a restart and to another node: those know the ticket, too. That none
// of them saw it opened makes it good for no longer than a minute, unless its
// holder had frames by it.
func TestTickets_AreGoodAfterARestartAndOnOtherNodes(t *testing.T) {
	c := settings()
	c.TokenSecret = base64.StdEncoding.EncodeToString([]byte("a secret that all nodes have"))
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	key, err := access.CreateKey(c.KeysFile, access.New{Policy: []byte(policy), CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	began, passed := time.Now(), new(atomic.Int64)
	c.Now = func() time.Time { return began.Add(time.Duration(passed.Load())) }
	one, two := run(t, c), run(t, c)
	c.TokenSecret = base64.StdEncoding.EncodeToString([]byte("a secret of somebody else"))
	stranger := run(t, c)
	for _, s := range []*running{one, two, stranger} {
		s.put(login("ann"))
	}
	ticket := func() string {
		t.Helper()
		asked := one.post("/v1/watch-tickets", `{"path":"`+watchAgents+`"}`)
		var given struct{ Ticket string }
		if err := json.Unmarshal([]byte(asked.body), &given); err != nil || given.Ticket == "" {
			t.Fatalf("%s: %v", asked, err)
		}
		return given.Ticket
	}
	one.key = key
	given, unused := ticket(), ticket()
	one.key = ownKey
	lasting := ticket()
	for _, p := range []struct {
		name         string
		after        time.Duration
		on           *running
		ticket, last string
		want         int
	}{
		{"elsewhere, at once", 0, two, given, "", http.StatusOK},
		{"of the server's own key", 0, two, lasting, "", http.StatusOK},
		{"where the secret is another", 0, stranger, given, "", http.StatusUnauthorized},
		{"changed", 0, two, "A" + given[1:], "", http.StatusUnauthorized},
		{"an hour after, for who was there", time.Hour, two, given, "", http.StatusOK},
		{"never used, where it was given", time.Hour, one, unused, "1-1-1", http.StatusUnauthorized},
		{"elsewhere, for who had no frame by it", time.Hour, two, unused, "", http.StatusUnauthorized},
		{"elsewhere, for who had one", time.Hour, two, unused, "1-1-1", http.StatusOK},
		{"after a day", 24 * time.Hour, two, given, "1-1-1", http.StatusUnauthorized},
	} {
		passed.Store(int64(p.after))
		if status := p.on.comesBack(p.ticket, p.last); status != p.want {
			t.Errorf("%s: status %d, want %d", p.name, status, p.want)
		}
	}
	passed.Store(0)
	if err := access.Revoke(c.KeysFile, key.ID); err != nil {
		t.Fatal(err)
	}
	for two.comesBack(given, "1-1-1") != http.StatusUnauthorized { // until the file was read again
	}
	if status := two.comesBack(lasting, "1-1-1"); status != http.StatusOK {
		t.Errorf("a ticket of another key: status %d", status)
	}
}

// comesBack gives the status with which a stream begins.
func (r *running) comesBack(ticket, last string) int {
	r.t.Helper()
	ctx, leave := context.WithCancel(context.WithoutCancel(r.t.Context()))
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+watchAgents+"?ticket="+url.QueryEscape(ticket), http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-Id", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
