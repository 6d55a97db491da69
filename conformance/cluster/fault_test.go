package cluster

import (
	"testing"

	"rollcall/internal/journal/logtest"
)

// Without a majority nothing is acknowledged, nothing fails, and what waits is
// stored when the majority is back.
func TestNATS_WithoutAMajorityAppendsWait(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	l := openLog(t, c.options("a"))
	var h logtest.History
	appendAll(t, &h, l, 3)
	leader := c.leader(t, "ROLLCALL")
	var stopped []*natsServer
	for _, s := range c {
		if s != leader {
			s.stop()
			stopped = append(stopped, s)
		}
	}
	done := make(chan error, 1)
	go func() {
		_, err := h.Append(t.Context(), l, 2, 100)
		done <- err
	}()
	eventually(t, "the append waits", func() bool { return l.Waiting().Records == 2 })
	select {
	case err := <-done:
		t.Errorf("acknowledged without a majority, or failed: %v", err)
	default:
	}
	if err := l.Err(); err != nil {
		t.Errorf("the loss of the majority failed the log: %v", err)
	}
	for _, s := range stopped {
		s.start(t)
	}
	if err := <-done; err != nil {
		t.Errorf("the append that waited: %v", err)
	}
	appendAll(t, &h, l, 1)
	logtest.CheckLog(t, l, &h)
}
