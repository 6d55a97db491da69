package server_test

import (
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/agentevent"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

// A journal always replays: what today's rules make nothing of changes nothing
// and is counted.
func TestFollow_StepsOverWhatTodaysRulesRefuse(t *testing.T) {
	log := memlog.New(memlog.Options{})
	for _, record := range [][]byte{
		agentevent.AppendRecord(nil, []byte(login("ann"))),
		agentevent.AppendRecord(nil, []byte(`{"EventType":"LOGIN"}`)),
		agentevent.AppendRecord(nil, []byte(`not JSON`)),
		{0x02, '{', '}', '}'},
		agentevent.AppendRecord(nil, []byte(login("bob"))),
		agentevent.AppendRecord(nil, []byte(`{"EventType":"LOGIN"}`)), // the newest of all
	} {
		if _, err := log.Append(t.Context(), [][]byte{record}); err != nil {
			t.Fatal(err)
		}
	}
	s := run(t, settingsWith(log))
	if got := agentsOf(s); got != "ann bob" {
		t.Errorf("the agents are %q, want ann and bob", got)
	}
	if got := s.get(t); !strings.Contains(got, `rollcall_floor_events_total{effect="unreadable"} 4`) {
		t.Errorf("the metrics don't count four unreadable events:\n%s", got)
	}
}

// get gives the metrics.
func (r *running) get(t *testing.T) string {
	t.Helper()
	return get(t, r.admin()+"/metrics").body
}

// What only a newer release knows is the end of a start, which names releases,
// and no damage: --accept-loss leaves the journal alone.
func TestFollow_RefusesWhatIsNewer(t *testing.T) {
	for _, record := range []string{"\x7f{}", "\x03" + `{"detail-type":"ROLLCALL_TELEPORT"}`, "\x02" + `{"EventType":"ROLLCALL_TELEPORT","EventTimestamp":"2026-03-02T09:00:00Z"}`} {
		dir := t.TempDir()
		log, err := disklog.Open(filepath.Join(dir, "journal"), disklog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range [][]byte{agentevent.AppendRecord(nil, []byte(login("ann"))), []byte(record)} {
			if _, err := log.Append(t.Context(), [][]byte{r}); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		for _, accept := range []bool{false, true, true} {
			c := onDisk(t)
			c.DataDir = dir
			err := startOn(t, c, accept)
			if err == nil || !strings.Contains(err.Error(), "newer release of rollcall wrote it") || strings.Contains(err.Error(), "start once with --accept-loss") {
				t.Errorf("accept-loss %v: %v", accept, err)
			}
			if names, _ := filepath.Glob(filepath.Join(dir, "journal*")); len(names) != 1 {
				t.Errorf("accept-loss %v left %q", accept, names)
			}
		}
	}
}

// startOn starts a server on its disk and gives how it ended.
func startOn(t *testing.T, c server.Config, accept bool) error {
	t.Helper()
	c.Journal = embedded(c, func(o *store.Options) { o.AcceptLoss = accept })
	s, err := server.Open(t.Context(), c)
	if err != nil {
		return err
	}
	return s.Run(t.Context())
}
