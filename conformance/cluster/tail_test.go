package cluster

import (
	"bytes"
	"testing"

	"rollcall"
	"rollcall/internal/journal/logtest"
)

// isDelivery tells whether a message is a pack on its way to a Tail.
func isDelivery(m proxied) bool { return !m.toServer && bytes.Contains(m.payload, []byte("RCPK")) }

// A Tail verifies what it gets, asks the stream's leader where that is not
// sound, and notices what never came.
func TestNATS_ATailGetsOverWhatANetworkOrAReplicaDoes(t *testing.T) {
	// The first packs are read one by one; those behind them are delivered.
	behind := func(sequence string) func(proxied) bool {
		header := []byte("Nats-Expected-Last-Subject-Sequence: " + sequence + "\r\n")
		return func(m proxied) bool { return isDelivery(m) && bytes.Contains(m.payload, header) }
	}
	sixth, last := behind("5"), behind("8")
	for _, c := range []struct {
		name    string
		matches func(proxied) bool
		fate    fate
	}{
		{"a replica's copy is damaged", sixth, fate{flip: true}},
		{"a delivery is lost", sixth, fate{drop: true}},
		{"the last delivery is lost", last, fate{drop: true}},
		{"the connection is lost behind a delivery", sixth, fate{cut: true}},
		{"the last delivery and the connection are lost", last, fate{drop: true, cut: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, proxy, _ := openBehindProxy(t)
			var h logtest.History
			appendAll(t, &h, l, 9)
			rule, met := once(c.matches, c.fate)
			proxy.set(rule)
			packs := followRecords(t, l, 18)
			if !met.Load() {
				t.Error("nothing was done to the tail")
			}
			all, err := logtest.ReadAll(l)
			if err != nil {
				t.Fatal(err)
			}
			if diff := logtest.Diff(all, packs); diff != "" || len(packs) != 9 {
				t.Errorf("the tail differs:\n%s", diff)
			}
			logtest.CheckLog(t, l, &h)
		})
	}
}

// Live packs arrive when they are appended, not when somebody looks again: the
// test would take far longer than it may otherwise.
func TestNATS_ALivePackArrivesAtOnce(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	arrived := make(chan rollcall.Position)
	go func() {
		for p, err := range b.Tail(t.Context(), rollcall.Position{}) {
			if err != nil {
				return
			}
			arrived <- p.Last()
		}
	}()
	for range 200 {
		at, err := a.Append(t.Context(), [][]byte{[]byte("x")})
		if err != nil {
			t.Fatal(err)
		}
		if got := <-arrived; got != at {
			t.Fatalf("%s arrived, want %s", got, at)
		}
	}
}
