package access_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"rollcall"
	"rollcall/internal/access"
)

func TestIsLoopbackHost(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost":            true,
		"localhost:8420":       true,
		"LocalHost.:8420":      true,
		"board.localhost:80":   true,
		"127.0.0.1":            true,
		"127.8.9.10:8420":      true,
		"[::1]":                true,
		"[::1]:8420":           true,
		"::1":                  true,
		"[::ffff:127.0.0.1]:1": true,
		"":                     false,
		":8420":                false,
		"example.com":          false,
		"localhost.example":    false,
		"notlocalhost":         false,
		"127.0.0.1.nip.io":     false,
		"127.0.0.1.nip.io:80":  false,
		"10.0.0.1:8420":        false,
		"0.0.0.0:8420":         false,
		"[::]:8420":            false,
		"[::1].example":        false,
	} {
		if got := access.IsLoopbackHost(host); got != want {
			t.Errorf("IsLoopbackHost(%q) = %t, want %t", host, got, want)
		}
	}
}

// A browser on the machine sends what any page tells it: under a name that the
// page's owner made to mean 127.0.0.1, or openly, with the page's origin.
func TestGuard_AnonymousKeepsWebPagesOut(t *testing.T) {
	for _, c := range []struct {
		name, host, origin string
		origins            []string
		want               bool // believed
	}{
		{"a program", "127.0.0.1:8420", "", nil, true},
		{"a page by DNS rebinding", "evil.example:8420", "http://evil.example:8420", nil, false},
		{"the same, reading", "evil.example:8420", "", nil, false},
		{"a page of another site", "127.0.0.1:8420", "https://evil.example", nil, false},
		{"a page of another server on this machine", "localhost:8420", "http://localhost:3000", nil, false},
		{"a page without an origin", "localhost:8420", "null", nil, false},
		{"a page of this server", "localhost:8420", "http://localhost:8420", nil, true},
		{"a page that was let in", "localhost:8420", "http://localhost:3000", []string{"http://localhost:3000"}, true},
		{"another than was let in", "localhost:8420", "http://localhost:3001", []string{"http://localhost:3000"}, false},
		{"any page was let in", "localhost:8420", "https://board.example", []string{"*"}, true},
		{"by rebinding even then not", "evil.example", "https://evil.example", []string{"*"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := access.NewGuard(access.GuardOptions{
				Keys: access.NewKeys(access.KeysOptions{}), Now: nowIsNoon, Anonymous: true, Origins: c.origins,
			})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", nil)
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			for _, gate := range []access.Gate{g, g.WithTokens()} {
				_, admitted := gate.Admit(r, nil)
				_, knocked := gate.Knock(r)
				for _, err := range []error{knocked, admitted} {
					if (err == nil) != c.want || err != nil && rollcall.ErrorCode(err) != rollcall.CodeDenied {
						t.Errorf("got %v, want believed: %t", err, c.want)
					}
				}
			}
		})
	}
}

// Whoever passes Knock names a known key. That it is theirs only Admit tells.
func TestGuard_KnockNeedsAKnownKey(t *testing.T) {
	g := guardWith(t, allowAll)
	for _, c := range []struct{ name, id, want string }{
		{"a known key", "AKRCONE", ""},
		{"an unknown key", "AKRCTWO", "UnrecognizedClientException: The security token included in the request is invalid."},
	} {
		r := signed(t, c.id, "not the secret of it", "192.0.2.7:1234")
		claimed, err := g.Knock(r)
		if err == nil && claimed != c.id {
			t.Errorf("%s: claims to be %q", c.name, claimed)
		}
		if got := message(err); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		if _, err := g.Admit(r, nil); err == nil {
			t.Errorf("%s: admitted with a wrong secret", c.name)
		}
	}
	bare := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", nil)
	if _, err := g.Knock(bare); message(err) != "MissingAuthenticationTokenException: Missing Authentication Token" {
		t.Errorf("unsigned: %v", err)
	}
	bare.Header.Set("Authorization", "Bearer guessed")
	if _, err := g.WithTokens().Knock(bare); rollcall.ErrorCode(err) != rollcall.CodeUnsigned {
		t.Errorf("a guessed token: %v", err)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
