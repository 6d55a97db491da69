package server_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The machine's clock goes back and forth, while the server runs and while it is
// down: by less and by more than events, snapshots and agents are kept.
// Everything that was acknowledged stays, and each start gives the same floor.
// (A clock can't be moved for one static binary alone, so this is the server
// inside the test.)
func TestClock_MovedBackAndForthLosesNothing(t *testing.T) {
	const day = 24 * time.Hour
	var offset atomic.Int64
	c := onDisk(t)
	c.RetentionBytes = 200_000
	c.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	want, agents := "", 0
	for life, moves := range [][2]time.Duration{ // while it is down, while it runs
		{0, -time.Hour}, {-day, day}, {40 * day, -80 * day}, {-200 * day, 400 * day}, {0, -time.Minute},
	} {
		offset.Add(int64(moves[0]))
		s := run(t, c)
		if got := s.dump(); life > 0 && got != want {
			t.Errorf("with the clock moved by %s the floor is another:\n%s\nwant\n%s", moves[0], got, want)
		}
		for part := range 2 {
			written := s.log.countOf("snapshot written")
			for s.log.countOf("snapshot written") == written {
				documents := logins(fmt.Sprintf("life%d-%d-%d", life, part, agents), 40)
				for i := range documents { // long before any of these clocks
					documents[i] = strings.ReplaceAll(documents[i], "2026-03-02", "2019-03-02")
				}
				s.put(documents...)
				agents += 40
			}
			offset.Add(int64(moves[1]))
		}
		want = s.dump()
		if got := strings.Count(want, `"login-life`); got < agents {
			t.Errorf("%d of %d agents are on the floor", got, agents)
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
	}
}

// countOf tells how often a message was logged.
func (l *logged) countOf(message string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, entry := range l.lines {
		if entry["msg"] == message {
			n++
		}
	}
	return n
}
