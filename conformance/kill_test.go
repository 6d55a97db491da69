package conformance

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

// kills is how often the server is killed while events arrive.
const kills = 20

// TestKill_EveryAcknowledgedEventIsThereAfterRestart kills the server with
// SIGKILL at random moments while four writers post logins, and asks after each
// restart for every agent whose login was acknowledged. All the while the server
// writes snapshots and forgets what lies behind them.
func TestKill_EveryAcknowledgedEventIsThereAfterRestart(t *testing.T) {
	dataDir := t.TempDir()
	lives := make([]ledger, kills)
	snapshots, trims := 0, 0
	for i := range lives {
		l := &lives[i]
		l.name = "-life" + strconv.Itoa(i)
		server := serve(t, dataDir, "--snapshot-every-bytes", "16KiB", "--retention-bytes", "64KiB")
		if i > 0 {
			lives[i-1].mustHold(t, server)
		}
		l.postMany(t, server, 1+rand.IntN(80), func() { server.Kill() })
		snapshots += server.Log.Count("snapshot written")
		trims += server.Log.Count("journal trimmed")
	}
	server := serve(t, dataDir)
	acknowledged, unknown := 0, 0
	for i := range lives {
		lives[i].mustHold(t, server)
		acknowledged += len(lives[i].acknowledged)
		unknown += len(lives[i].unknown)
	}
	server.stop(t)
	if snapshots == 0 || trims == 0 {
		t.Errorf("%d snapshots and %d trims: nothing was to be interrupted", snapshots, trims)
	}
	t.Logf("%d kills, %d snapshots, %d trims, %d acknowledged events, %d requests of unknown outcome, 0 lost",
		kills, snapshots, trims, acknowledged, unknown)
}
