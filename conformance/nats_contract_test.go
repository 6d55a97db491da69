package conformance

import (
	"flag"
	"strconv"
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

func TestNATS_OneServerKeepsTheContract(t *testing.T) {
	keepsTheContract(t, startNATS(t), 5)
}

func TestNATS_AClusterKeepsTheContract(t *testing.T) {
	keepsTheContract(t, startNATSCluster(t, 3), 1)
}

// keepsTheContract runs the conformance suite, with so many runs of the model:
// each takes thousands of tails, and a cluster elects a leader for each.
func keepsTheContract(t *testing.T, c natsCluster, models int) {
	t.Helper()
	drawn := flag.Lookup("rapid.checks").Value
	before := drawn.String()
	if err := drawn.Set(strconv.Itoa(models)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = drawn.Set(before) })
	logtest.Run(t, func(tb testing.TB, limits journal.Limits) logtest.Journal {
		tb.Helper()
		o := c.options("node")
		o.Stream, o.Limits, o.MaxWaiting = newJournalName(), limits, limits
		return logtest.Journal{Durable: true, Open: func() (journal.Log, error) {
			return natslog.Open(tb.Context(), o)
		}}
	})
}
