package cluster

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// putNoise keeps a snapshot of the end that does not compress.
func putNoise(t *testing.T, l *natslog.Log, content []byte) (journal.Snapshot, error) {
	t.Helper()
	at := l.End()
	return l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
		_, err := w.Write(content)
		return at, err
	})
}

// readSnapshot reads a snapshot to its end.
func readSnapshot(t *testing.T, l *natslog.Log, at rollcall.Position) ([]byte, error) {
	t.Helper()
	r, err := l.OpenSnapshot(t.Context(), at)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

// Nodes that write a snapshot of the same position at the same moment get the
// same one, and every node reads it.
func TestNATS_OfSnapshotsOfOnePlaceOneIsKept(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	nodes := []*natslog.Log{openLog(t, c.options("a")), openLog(t, c.options("b")), openLog(t, c.options("c"))}
	var h logtest.History
	appendAll(t, &h, nodes[0], 3)
	contents := [][]byte{noise(1 << 20), noise(3 << 20), noise(2 << 20)}
	kept := make([]journal.Snapshot, len(nodes))
	var wg sync.WaitGroup
	for i, l := range nodes {
		awaitEnd(t, l, 3)
		wg.Go(func() {
			var err error
			if kept[i], err = putNoise(t, l, contents[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, l := range nodes {
		if kept[i] != kept[0] {
			t.Errorf("node %d keeps %+v, node 0 %+v", i, kept[i], kept[0])
		}
		list, err := l.Snapshots(t.Context())
		if err != nil || len(list) != 1 || list[0] != kept[0] {
			t.Errorf("node %d lists %+v, %v, want %+v", i, list, err, kept[0])
		}
		content, err := readSnapshot(t, l, kept[0].Position)
		if err != nil || !bytes.Equal(content, contents[0]) && !bytes.Equal(content, contents[1]) && !bytes.Equal(content, contents[2]) {
			t.Errorf("node %d reads %d bytes, %v", i, len(content), err)
		}
	}
	// What did not become the snapshot is gone.
	if pieces := snapshotSubjects(t, c, ".piece.*"); len(pieces) != 1 {
		t.Errorf("pieces are left on %v", pieces)
	}
}

// snapshotSubjects counts the messages of the stream of snapshots by subject.
func snapshotSubjects(t *testing.T, c natsCluster, pattern string) map[string]uint64 {
	t.Helper()
	stream, err := c.js(t).Stream(t.Context(), "ROLLCALL-SNAPSHOTS")
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter("ROLLCALL-SNAPSHOTS.*"+pattern))
	if err != nil {
		t.Fatal(err)
	}
	return info.State.Subjects
}

// isSnapshotPiece tells whether a message is a piece of a snapshot.
func isSnapshotPiece(m proxied) bool { return bytes.Contains(m.payload, []byte("RCSF")) }

func TestNATS_ASnapshotGetsOverLostAcknowledgements(t *testing.T) {
	t.Parallel()
	l, proxy, c := openBehindProxy(t)
	var h logtest.History
	appendAll(t, &h, l, 1)
	acks := 0
	proxy.set(func(m proxied) fate {
		if isAck(m) {
			if acks++; acks%2 == 0 {
				return fate{drop: true, cut: true}
			}
		}
		return fate{}
	})
	content := noise(3 << 20)
	s, err := putNoise(t, l, content)
	if err != nil {
		t.Fatal(err)
	}
	proxy.set(nil)
	if acks < 4 {
		t.Errorf("%d acknowledgements passed, want some to be lost", acks)
	}
	got, err := readSnapshot(t, l, s.Position)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v, want %d", len(got), err, len(content))
	}
	for subject, n := range snapshotSubjects(t, c, ".piece.*") {
		if n != 7 {
			t.Errorf("%d pieces on %s, want 7", n, subject)
		}
	}
}

func TestNATS_ADamagedSnapshotIsNamed(t *testing.T) {
	t.Parallel()
	l, proxy, c := openBehindProxy(t)
	var h logtest.History
	appendAll(t, &h, l, 1)
	s, err := putNoise(t, l, noise(3<<20))
	if err != nil {
		t.Fatal(err)
	}
	rule, met := once(func(m proxied) bool { return !m.toServer && isSnapshotPiece(m) }, fate{flip: true})
	proxy.set(rule)
	_, err = readSnapshot(t, l, s.Position)
	if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Place == "" || !met.Load() {
		t.Errorf("a flipped bit: got %v", err)
	}
	stream, err := c.js(t).Stream(t.Context(), "ROLLCALL-SNAPSHOTS")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSequence(3)); err != nil {
		t.Fatal(err)
	}
	if _, err := readSnapshot(t, l, s.Position); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("without two pieces: got %v, want %v", err, journal.ErrDamaged)
	}
	// It can be removed and put again.
	if err := l.RemoveSnapshot(t.Context(), s.Position); err != nil {
		t.Error(err)
	}
	if _, err := putNoise(t, l, noise(100)); err != nil {
		t.Error(err)
	}
	if content, err := readSnapshot(t, l, s.Position); err != nil || len(content) != 100 {
		t.Errorf("put again: %d bytes, %v", len(content), err)
	}
}

// A snapshot fails where the stream takes no more, and the log does not.
func TestNATS_ASnapshotWithoutRoomFailsAlone(t *testing.T) {
	t.Parallel()
	l, proxy, c := openBehindProxy(t)
	var h logtest.History
	appendAll(t, &h, l, 1)
	proxy.set(func(m proxied) fate {
		if m.toServer && isSnapshotPiece(m) {
			return fate{drop: true, answer: []byte(`{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"ROLLCALL-SNAPSHOTS","seq":0}`)}
		}
		return fate{}
	})
	if _, err := putNoise(t, l, noise(1<<20)); err == nil || l.Err() != nil {
		t.Errorf("the snapshot: %v, the log: %v", err, l.Err())
	}
	proxy.set(nil)
	appendAll(t, &h, l, 1)
	logtest.CheckLog(t, l, &h)
	if left := snapshotSubjects(t, c, ".>"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
