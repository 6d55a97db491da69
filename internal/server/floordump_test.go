package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// digestOf asks a server for its floor twice: whole, and as a digest.
func digestOf(t *testing.T, admin string) (dump, position, sum string) {
	t.Helper()
	whole, short := get(t, admin+"/debug/floor"), get(t, admin+"/debug/floor/digest")
	var d struct {
		Position, SHA256  string
		Settled           bool
		Instances, Agents int
	}
	if err := json.Unmarshal([]byte(short.body), &d); err != nil || whole.status != http.StatusOK {
		t.Fatalf("/debug/floor: %s\n/debug/floor/digest: %s %v", whole, short, err)
	}
	if want := sha256.Sum256([]byte(whole.body)); d.SHA256 != hex.EncodeToString(want[:]) || !d.Settled {
		t.Errorf("digest of a floor at rest: %s, want %x", short, want)
	}
	if agents := strings.Count(whole.body, "\n") - strings.Count(whole.body, `{"kind":`) - d.Instances; d.Agents != agents {
		t.Errorf("digest says %d agents, the dump has %d", d.Agents, agents)
	}
	return whole.body, d.Position, d.SHA256
}

func TestDigest_IsTheSameAfterARestartAndAnotherAfterAnEvent(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	s := run(t, c)
	_, _, empty := digestOf(t, s.admin())
	s.put(login("ann"), login("bob"))
	dump, position, sum := digestOf(t, s.admin())
	if !strings.Contains(dump, "ann") || !strings.Contains(dump, "bob") || sum == empty {
		t.Errorf("dump: %s", dump)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}

	again := run(t, c)
	again.put(login("ann")) // a repetition: applied, and changes nothing but the position
	other, moved, otherSum := digestOf(t, again.admin())
	if moved == position {
		t.Errorf("a repeated event left the position at %s", moved)
	}
	if strings.ReplaceAll(other, moved, position) != dump {
		t.Errorf("a repeated event changed the floor: %s (sum %s), want %s", other, otherSum, dump)
	}
	again.put(login("cay"))
	if dump, _, _ := digestOf(t, again.admin()); !strings.Contains(dump, "cay") {
		t.Errorf("dump after a third login: %s", dump)
	}
}
