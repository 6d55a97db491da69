package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"rollcall"
	"rollcall/internal/journal"
)

// trimming is one Trim: packs before the one named may be gone, and must be if
// it was confirmed.
type trimming struct {
	pack      uint64
	confirmed int // tick; 0 if it was not
}

// kept is what was done about the snapshot of one position.
type kept struct {
	put     int // tick at which PutSnapshot confirmed it; 0 if it did not
	removed bool
}

// Trim trims the log and remembers what may and must be gone.
func (h *History) Trim(ctx context.Context, l journal.Retention, to rollcall.Position) error {
	h.mu.Lock()
	h.tick++
	h.trims = append(h.trims, trimming{pack: to.Pack})
	i := len(h.trims) - 1
	h.mu.Unlock()
	err := l.Trim(ctx, to)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick++
	if err == nil {
		h.trims[i].confirmed = h.tick
	}
	return err
}

// PutSnapshot keeps a snapshot whose content tells its position, and remembers
// the answer.
func (h *History) PutSnapshot(ctx context.Context, l journal.Snapshots, at rollcall.Position) (journal.Snapshot, error) {
	h.mu.Lock()
	h.tick++
	k := h.snapshots[at]
	if k == nil {
		if h.snapshots == nil {
			h.snapshots = make(map[rollcall.Position]*kept)
		}
		k = new(kept)
		h.snapshots[at] = k
	}
	h.mu.Unlock()
	s, err := l.PutSnapshot(ctx, func(w io.Writer) (rollcall.Position, error) {
		return at, writeSnapshot(w, at)
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick++
	if err == nil {
		k.put, k.removed = h.tick, false
	}
	return s, err
}

// RemoveSnapshot removes a snapshot and remembers that it may be gone.
func (h *History) RemoveSnapshot(ctx context.Context, l journal.Snapshots, at rollcall.Position) error {
	h.mu.Lock()
	if k := h.snapshots[at]; k != nil {
		k.removed = true
	}
	h.mu.Unlock()
	return l.RemoveSnapshot(ctx, at)
}

// horizons gives the packs before which all must be gone, and before which any
// may be.
func (h *History) horizons() (must, may uint64) {
	for _, t := range h.trims {
		may = max(may, t.pack)
		if t.confirmed != 0 {
			must = max(must, t.pack)
		}
	}
	return must, may
}

// snapshotContent is what a snapshot of a position holds: mostly little, at some
// positions more than one piece.
func snapshotContent(at rollcall.Position) []byte {
	size := int(at.Pack*31+uint64(at.Event)*7) % 3000
	if at.Pack%16 == 5 {
		size += 600 << 10
	}
	b := []byte(at.String())
	for i := 0; len(b) < size; i++ {
		b = append(b, `,"agent":`...)
		b = strconv.AppendInt(b, int64(i*i), 10)
	}
	return b
}

// writeSnapshot writes in pieces of all sizes.
func writeSnapshot(w io.Writer, at rollcall.Position) error {
	content := snapshotContent(at)
	for i := 1; len(content) > 0; i = i*5 + 1 {
		n := min(i, len(content))
		if _, err := w.Write(content[:n]); err != nil {
			return err
		}
		content = content[n:]
	}
	return nil
}

// checkKept verifies what the log has forgotten and the snapshots that it keeps.
func checkKept(l journal.Log, packs []journal.Pack, h *History) error {
	if err := checkStart(l, h); err != nil {
		return err
	}
	if err := checkStat(l, packs); err != nil {
		return err
	}
	return checkSnapshots(l, h)
}

// checkStart verifies where the log begins.
func checkStart(l journal.Log, h *History) error {
	start := l.Start()
	must, may := h.horizons()
	switch {
	case start != journal.BehindPack(start.Epoch, start.Pack):
		return fmt.Errorf("the start is %s: want the place behind a pack", start)
	case start.Pack+1 < must:
		return fmt.Errorf("the start is %s, and packs before %d were forgotten", start, must)
	case start.Pack != 0 && start.Pack+1 > may:
		return fmt.Errorf("the start is %s, and no Trim named a pack behind %d", start, may)
	}
	for _, from := range []rollcall.Position{{}, {Epoch: start.Epoch}, {Epoch: start.Epoch, Pack: start.Pack}} {
		if start.Pack == 0 {
			break
		}
		for _, err := range l.Tail(context.Background(), from) {
			if !errors.Is(err, journal.ErrTrimmed) {
				return fmt.Errorf("tail from %s, before the start %s: got %w, want %w", from, start, err, journal.ErrTrimmed)
			}
		}
	}
	return nil
}

// checkStat holds Stat against the packs that are there.
func checkStat(l journal.Log, packs []journal.Pack) error {
	for _, n := range []int{0, len(packs) / 2, len(packs)} {
		from, want := l.Start(), journal.Stat{Packs: uint64(len(packs) - n)}
		if n > 0 {
			from = packs[n-1].Position(0)
		}
		if n < len(packs) {
			want.OldestAt, want.NewestAt = packs[n].At, packs[len(packs)-1].At
		}
		got, err := l.Stat(context.Background(), from)
		if err != nil {
			return fmt.Errorf("stat from %s: %w", from, err)
		}
		if want.Packs > 0 && got.Bytes <= 0 {
			return fmt.Errorf("stat from %s: %d packs take %d bytes", from, got.Packs, got.Bytes)
		}
		if got.Bytes = 0; got != want {
			return fmt.Errorf("stat from %s: got %+v, want %+v", from, got, want)
		}
	}
	return nil
}

// checkSnapshots verifies that every snapshot that must be there is, and that
// every one that is there is whole.
func checkSnapshots(l journal.Snapshots, h *History) error {
	list, err := l.Snapshots(context.Background())
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	if !slices.IsSortedFunc(list, func(a, b journal.Snapshot) int { return b.Position.Compare(a.Position) }) {
		return fmt.Errorf("the snapshots are listed in the order %v", list)
	}
	there := make(map[rollcall.Position]bool, len(list))
	for _, s := range list {
		there[s.Position] = true
		if h.snapshots[s.Position] == nil {
			return fmt.Errorf("a snapshot of %s is there, and none was put", s.Position)
		}
		if s.WrittenAt.IsZero() || s.Bytes <= 0 {
			return fmt.Errorf("the list has %+v", s)
		}
		content, err := readSnapshot(l, s.Position)
		if err != nil {
			return fmt.Errorf("read the snapshot of %s: %w", s.Position, err)
		}
		if !bytes.Equal(content, snapshotContent(s.Position)) {
			return fmt.Errorf("the snapshot of %s has other content, %d bytes: %.60q", s.Position, len(content), content)
		}
	}
	for at, k := range h.snapshots {
		if k.put != 0 && !k.removed && !there[at] {
			return fmt.Errorf("the snapshot of %s was put and is not there", at)
		}
	}
	return nil
}

func readSnapshot(l journal.Snapshots, at rollcall.Position) ([]byte, error) {
	r, err := l.OpenSnapshot(context.Background(), at)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}
