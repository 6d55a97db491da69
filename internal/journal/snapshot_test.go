package journal_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/journal"
)

var (
	snapshotAt   = rollcall.Position{Epoch: 7, Pack: 12, Event: 3}
	snapshotTime = time.UnixMilli(1_772_400_000_123).UTC()
)

// snapshotOf writes content in pieces of this size.
func snapshotOf(tb testing.TB, content []byte, piece int) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := journal.NewSnapshotWriter(&out)
	for part := range slices.Chunk(content, piece) {
		if n, err := w.Write(part); err != nil || n != len(part) {
			tb.Fatalf("write: %d, %v", n, err)
		}
	}
	s, err := w.Finish(snapshotAt, snapshotTime)
	if err != nil {
		tb.Fatal(err)
	}
	if want := (journal.Snapshot{Position: snapshotAt, WrittenAt: snapshotTime, Bytes: int64(out.Len())}); s != want {
		tb.Errorf("wrote %+v, want %+v", s, want)
	}
	return out.Bytes()
}

func readSnapshot(stored []byte) ([]byte, error) {
	return io.ReadAll(journal.NewSnapshotReader(bytes.NewReader(stored), snapshotAt))
}

func sampleContent(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // documented never to fail
	return b
}

func TestSnapshot_IsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		content := sampleContent(rapid.OneOf(rapid.IntRange(0, 1000), rapid.IntRange(0, 1_600_000)).Draw(rt, "bytes"))
		stored := snapshotOf(t, content, rapid.IntRange(1000, 1_000_000).Draw(rt, "piece"))
		r := journal.NewSnapshotReader(bytes.NewReader(stored), snapshotAt)
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) {
			rt.Fatalf("read %d bytes, %v, want %d", len(got), err, len(content))
		}
		want := journal.Snapshot{Position: snapshotAt, WrittenAt: snapshotTime, Bytes: int64(len(stored))}
		if r.Snapshot() != want {
			rt.Fatalf("read %+v, want %+v", r.Snapshot(), want)
		}
		want.Bytes = 0
		if is, ok := journal.DecodeTrailer(stored[len(stored)-journal.TrailerBytes:]); !ok || is != want {
			rt.Fatalf("the trailer says %+v, %v, want %+v", is, ok, want)
		}
	})
}

// Whatever is done to a snapshot, nothing of it is taken for whole.
func TestSnapshot_DamageIsNamed(t *testing.T) {
	content := sampleContent(700_000)
	stored := snapshotOf(t, content, 1<<20)
	other := snapshotOf(t, content, 1<<20)
	broken := map[string][]byte{
		"nothing":              {},
		"more behind it":       append(slices.Clone(stored), 0),
		"twice":                append(slices.Clone(stored), stored...),
		"the last frame alone": stored[len(stored)-journal.TrailerBytes:],
		"the end of another":   append(slices.Clone(stored[:len(stored)-journal.TrailerBytes]), other[len(other)-journal.TrailerBytes:]...),
	}
	for i := 0; i < len(stored); i += 1 + len(stored)/400 {
		flipped := slices.Clone(stored)
		flipped[i] ^= 1 << (i % 8)
		broken["a bit of byte "+strconv.Itoa(i)] = flipped
		broken["cut at "+strconv.Itoa(i)] = stored[:i]
	}
	for i := range journal.TrailerBytes { // every byte of the first header and of the last frame
		for _, at := range []int{i, len(stored) - 1 - i} {
			flipped := slices.Clone(stored)
			flipped[at] ^= 0x10
			broken["a bit of byte "+strconv.Itoa(at)] = flipped
		}
	}
	for name, b := range broken {
		got, err := readSnapshot(b)
		if err == nil {
			t.Errorf("%q: read %d bytes without an error", name, len(got))
		} else if !errors.Is(err, journal.ErrDamaged) && !strings.Contains(err.Error(), "a newer one wrote it") {
			t.Errorf("%q: got %v, want %v", name, err, journal.ErrDamaged)
		}
		if !bytes.HasPrefix(content, got) {
			t.Errorf("%q: bytes were delivered that were never written", name)
		}
	}
	r := journal.NewSnapshotReader(bytes.NewReader(stored), rollcall.Position{Epoch: 7, Pack: 13})
	if _, err := io.ReadAll(r); !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "stands at") {
		t.Errorf("a snapshot in the place of another: %v", err)
	}
}

func TestSnapshotWriter_TellsWhatItsStoreSays(t *testing.T) {
	full := errors.New("no space left on device")
	w := journal.NewSnapshotWriter(writerFunc(func([]byte) (int, error) { return 0, full }))
	if _, err := w.Write(sampleContent(1 << 20)); !errors.Is(err, full) {
		t.Errorf("write: %v", err)
	}
	if _, err := w.Finish(snapshotAt, snapshotTime); !errors.Is(err, full) {
		t.Errorf("finish: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestSnapshot_Golden keeps snapshots on people's disks readable.
func TestSnapshot_Golden(t *testing.T) {
	stored := readDump(t, filepath.Join("testdata", "snapshot-v1.hex"))
	content, err := readSnapshot(stored)
	if want := strings.Repeat("who is on the floor, and doing what; ", 20); err != nil || string(content) != want {
		t.Errorf("read %q, %v", content, err)
	}
}

func FuzzSnapshotReader(f *testing.F) {
	f.Add(snapshotOf(f, sampleContent(100), 1000))
	f.Add(snapshotOf(f, nil, 1))
	f.Fuzz(func(t *testing.T, stored []byte) {
		content, err := readSnapshot(stored)
		if err == nil && !bytes.Equal(content, reread(t, content)) {
			t.Error("what was read can't be written again")
		}
	})
}

func reread(t *testing.T, content []byte) []byte {
	t.Helper()
	again, err := readSnapshot(snapshotOf(t, content, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func BenchmarkSnapshot(b *testing.B) {
	content := sampleContent(64 << 20)
	stored := snapshotOf(b, content, 4096)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			snapshotOf(b, content, 4096)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			r := journal.NewSnapshotReader(bytes.NewReader(stored), snapshotAt)
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
