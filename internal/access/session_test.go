package access_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
)

// sessionsOf gives sessions of the keys in a file, under a clock that a test
// moves, and the gate that believes them.
func sessionsOf(t *testing.T, path string) (sessions *access.Sessions, gate access.Gate, keys *access.Keys, clock *time.Time) {
	t.Helper()
	now := noon
	keys = openKeys(t, access.KeysOptions{Path: path})
	sessions = access.NewSessions(keys, nil, func() time.Time { return now })
	guard := access.NewGuard(access.GuardOptions{Keys: keys, Now: func() time.Time { return now }, Sessions: sessions})
	return sessions, guard.WithTokens(), keys, &now
}

func withToken(t *testing.T, token string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/instances", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func openSession(t *testing.T, s *access.Sessions, ticket string) string {
	t.Helper()
	token, _, err := s.Open(ticket)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSessions_ATicketOpensOneSession(t *testing.T) {
	sessions, gate, _, clock := sessionsOf(t, writeFile(t, ""))
	ticket := sessions.Ticket("")
	token, expiresAt, err := sessions.Open(ticket)
	if err != nil || !expiresAt.Equal(noon.Add(12*time.Hour)) {
		t.Fatalf("Open: until %s, %v", expiresAt, err)
	}
	if _, _, err := sessions.Open(ticket); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("a used ticket: %v", err)
	}
	if _, err := gate.Admit(withToken(t, ticket), nil); err == nil {
		t.Error("a ticket is believed as if it were a token")
	}
	if _, err := gate.Knock(withToken(t, token)); err != nil {
		t.Errorf("Knock: %v", err)
	}
	admit(t, gate, withToken(t, token))

	late := sessions.Ticket("")
	*clock = noon.Add(access.TicketTime)
	if _, _, err := sessions.Open(late); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("a ticket of an hour ago: %v", err)
	}
	*clock = noon.Add(access.SessionTime)
	if _, err := gate.Admit(withToken(t, token), nil); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("a session after its time: %v", err)
	}
}

func TestSessions_MayReadAgentsAsTheirKeyMayAndNothingElse(t *testing.T) {
	everything := `{Effect: Allow, Action: "*", Resource: "*"}`
	elsewhere := `{Effect: Allow, Action: "*", Resource: "arn:aws:connect:eu-west-1:123456789012:instance/other*"}`
	for _, c := range []struct {
		name, statements, key string
		reads                 bool
	}{
		{"of the server itself", everything, "", true},
		{"of a key that may do everything", everything, "AKRCONE", true},
		{"of a key for another instance", elsewhere, "AKRCONE", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, "keys:\n  - id: AKRCONE\n    secret: the-secret-of-AKRCONE\n    policy: "+policyOf(c.statements)+"\n")
			sessions, gate, _, _ := sessionsOf(t, path)
			pass := admit(t, gate, withToken(t, openSession(t, sessions, sessions.Ticket(c.key))))
			if pass.Unlimited() {
				t.Error("a session is unlimited")
			}
			if err := pass.Allow(access.ActionReadAgents, support); (err == nil) != c.reads {
				t.Errorf("%s: %v", access.ActionReadAgents, err)
			}
			for _, action := range []string{access.ActionPutEvents, access.ActionRemoveAgents, access.ActionDebug, getCurrentUserData} {
				if err := pass.Allow(action, support); rollcall.ErrorCode(err) != rollcall.CodeDenied {
					t.Errorf("%s: %v", action, err)
				}
			}
		})
	}
}

func TestSessions_EndWhenTheirKeyIsRevoked(t *testing.T) {
	path := writeFile(t, "keys:\n  - id: AKRCONE\n    secret: the-secret-of-AKRCONE\n    policy: "+policyOf(`{Effect: Allow, Action: "*", Resource: "*"}`)+"\n")
	sessions, gate, keys, _ := sessionsOf(t, path)
	token, unused := openSession(t, sessions, sessions.Ticket("AKRCONE")), sessions.Ticket("AKRCONE")
	pass := admit(t, gate, withToken(t, token))
	if _, err := access.Renew(pass); err != nil {
		t.Fatalf("Renew: %v", err)
	}
	if err := os.WriteFile(path, []byte("keys: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Admit(withToken(t, token), nil); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("Admit: %v", err)
	}
	if _, err := access.Renew(pass); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("Renew: %v", err)
	}
	if _, _, err := sessions.Open(unused); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("a ticket of a key that was revoked: %v", err)
	}
}

// What a session is stands in its token: the next process and the other nodes
// believe it, until the secrets that sealed it are gone.
func TestSessions_OutliveTheProcess(t *testing.T) {
	old, young := []byte("a secret of the nodes"), []byte("the one after it")
	keyed := func(secret string) string {
		return writeFile(t, "keys:\n  - id: AKRCONE\n    secret: "+secret+"\n    policy: "+policyOf(`{Effect: Allow, Action: "*", Resource: "*"}`)+"\n")
	}
	path := keyed("the-secret-of-AKRCONE")
	on := func(path string, secrets ...[]byte) (*access.Sessions, access.Gate) {
		keys := openKeys(t, access.KeysOptions{Path: path})
		sessions := access.NewSessions(keys, secrets, func() time.Time { return noon })
		return sessions, access.NewGuard(access.GuardOptions{Keys: keys, Now: func() time.Time { return noon }, Sessions: sessions}).WithTokens()
	}
	here, _ := on(path, old)
	own, ofKey := openSession(t, here, here.Ticket("")), openSession(t, here, here.Ticket("AKRCONE"))
	if own == ofKey {
		t.Fatal("the sessions have one token")
	}
	for _, c := range []struct {
		name, path, token string
		secrets           [][]byte
		believed          bool
	}{
		{"another process", path, own, [][]byte{old}, true},
		{"another process, of a key", path, ofKey, [][]byte{old}, true},
		{"while the secret is changed", path, ofKey, [][]byte{young, old}, true},
		{"after it was", path, ofKey, [][]byte{young}, false},
		{"a process without a secret", path, own, nil, false},
		{"the key has another secret", keyed("another-secret-of-AKRCONE"), ofKey, [][]byte{old}, false},
		{"the key is gone", writeFile(t, "keys: []\n"), ofKey, [][]byte{old}, false},
		{"a character was changed", path, "B" + own[1:], [][]byte{old}, false},
		{"the key was cut off", path, ofKey[:len(own)], [][]byte{old}, false},
		{"a key was added", path, own + "QUtSQ09ORQ", [][]byte{old}, false},
		{"no session", path, "QUtSQ09ORQ", [][]byte{old}, false},
	} {
		_, gate := on(c.path, c.secrets...)
		if _, err := gate.Admit(withToken(t, c.token), nil); (err == nil) != c.believed {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
