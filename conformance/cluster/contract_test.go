package cluster

import (
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

func TestNATS_OneServerKeepsTheContract(t *testing.T) {
	t.Parallel()
	keepsTheContract(t, startNATS(t))
}

func TestNATS_AClusterKeepsTheContract(t *testing.T) {
	t.Parallel()
	keepsTheContract(t, startNATSCluster(t, 3))
}

func keepsTheContract(t *testing.T, c natsCluster) {
	t.Helper()
	logtest.Run(t, func(tb testing.TB, limits journal.Limits) logtest.Journal {
		tb.Helper()
		o := c.options("node")
		o.Stream, o.Limits, o.MaxWaiting = newJournalName(), limits, limits
		return logtest.Journal{Durable: true, Open: func() (journal.Log, error) {
			return natslog.Open(tb.Context(), o)
		}}
	})
}
