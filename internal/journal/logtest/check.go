package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/journal"

	"github.com/google/go-cmp/cmp"
)

// TB is the part of testing.TB and of rapid.T that checks need.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// CheckLog fails the test unless Check finds the log right.
func CheckLog(t TB, l journal.Log, h *History) {
	t.Helper()
	if err := Check(l, h); err != nil {
		t.Fatalf("check of the log: %v", err)
	}
}

// Check verifies every invariant of a log to which nothing is being appended:
// packs follow each other, every acknowledged request lies where its answer
// said, none lies in it in part, twice or after it was refused, order is kept,
// and a Tail from any position yields what lies behind it and nothing else. What
// was trimmed is gone and nothing else is, and snapshots are there whole.
func Check(l journal.Log, h *History) error { return check(l, h, 10) }

// check is Check with tails from about this many packs.
func check(l journal.Log, h *History, places int) error {
	h.mu.Lock()
	defer h.mu.Unlock()

	packs, err := ReadAll(l)
	if err != nil {
		return fmt.Errorf("read all: %w", err)
	}
	if err := checkPacks(l, packs); err != nil {
		return err
	}
	if err := checkRequests(l.Start(), packs, h.requests); err != nil {
		return err
	}
	if err := checkKept(l, packs, h); err != nil {
		return err
	}
	if err := checkTails(l, packs, places); err != nil {
		return err
	}
	return checkForeign(l)
}

// ReadAll gives all that is in the log now.
func ReadAll(l journal.Log) ([]journal.Pack, error) {
	return readFrom(l, l.Start())
}

// readFrom gives what lies behind from now.
func readFrom(l journal.Log, from rollcall.Position) ([]journal.Pack, error) {
	end := l.End()
	if from == end || from.IsZero() && end.Pack == 0 {
		return nil, nil // nothing to wait for
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a bound for a broken log
	defer cancel()
	var packs []journal.Pack
	for p, err := range l.Tail(ctx, from) {
		if err != nil {
			return packs, err
		}
		packs = append(packs, p.Clone())
		if len(p.Records) == 0 {
			return packs, fmt.Errorf("pack %d was yielded without records", p.Sequence)
		}
		if !p.Last().Before(end) {
			break
		}
	}
	return packs, nil
}

// checkPacks verifies what packs say about themselves.
func checkPacks(l journal.Log, packs []journal.Pack) error {
	start := l.Start()
	last := rollcall.Position{Epoch: l.Epoch(), Pack: start.Pack}
	for i, p := range packs {
		switch {
		case p.Epoch != l.Epoch():
			return fmt.Errorf("pack %d has epoch %s in a log of epoch %s", p.Sequence, p.Epoch, l.Epoch())
		case p.Sequence != start.Pack+uint64(i)+1:
			return fmt.Errorf("pack %d came where %d was due", p.Sequence, start.Pack+uint64(i)+1)
		case p.First != 0:
			return fmt.Errorf("pack %d begins with record %d", p.Sequence, p.First)
		case p.At.IsZero() || !p.At.Equal(p.At.Truncate(time.Millisecond)) || p.At.Location() != time.UTC:
			return fmt.Errorf("pack %d was made at %v: want whole milliseconds, UTC", p.Sequence, p.At)
		}
		last = p.Last()
	}
	if l.End() != last {
		return fmt.Errorf("the end is %s, and the last record is at %s", l.End(), last)
	}
	return nil
}

// checkRequests compares what lies in the log with what was said about it.
func checkRequests(start rollcall.Position, packs []journal.Pack, requests []*request) error {
	found := make(map[int]rollcall.Position, len(requests)) // :: request id -> position of its last record
	latestBegin, latestID := 0, 0
	for _, p := range packs {
		for i := 0; i < len(p.Records); {
			r, err := checkRequestAt(p, i, requests)
			if err != nil {
				return fmt.Errorf("at %s: %w", p.Position(i), err)
			}
			if at, ok := found[r.id]; ok {
				return fmt.Errorf("request %d lies at %s and at %s", r.id, at, p.Position(i))
			}
			if r.end != 0 && r.end < latestBegin {
				return fmt.Errorf("request %d was acknowledged before request %d began, and lies behind it, at %s", r.id, latestID, p.Position(i))
			}
			if r.begin > latestBegin {
				latestBegin, latestID = r.begin, r.id
			}
			i += len(r.records)
			found[r.id] = p.Position(i - 1)
		}
	}
	for _, r := range requests {
		if r.outcome != acknowledged || len(r.records) == 0 || r.at.Before(start) {
			continue // forgotten, for all we know
		}
		if at, ok := found[r.id]; !ok || at != r.at {
			return fmt.Errorf("request %d was acknowledged at %s and lies at %s", r.id, r.at, at)
		}
	}
	return nil
}

// checkRequestAt gives the request whose records begin at index i of p. It must
// lie there whole.
func checkRequestAt(p journal.Pack, i int, requests []*request) (*request, error) {
	id, index, count, err := parseRecord(p.Records[i])
	if err != nil {
		return nil, err
	}
	if id < 0 || id >= len(requests) {
		return nil, fmt.Errorf("request %d was never made", id)
	}
	r := requests[id]
	if r.outcome == refused {
		return nil, fmt.Errorf("request %d was refused and is there", id)
	}
	if index != 0 || len(p.Records)-i < count {
		return nil, fmt.Errorf("request %d is not whole: record %d of %d", id, index, count)
	}
	for k, want := range r.records {
		if !bytes.Equal(p.Records[i+k], want) {
			return nil, fmt.Errorf("request %d: record %d of %d differs: %s", id, k, count, cmp.Diff(string(want), string(p.Records[i+k])))
		}
	}
	return r, nil
}

// checkTails compares tails that begin at places all over the log with what a
// tail from the beginning gave.
func checkTails(l journal.Log, packs []journal.Pack, places int) error {
	step := 1 + len(packs)/places
	for i := 0; i < len(packs); i += step {
		p := packs[i]
		for _, k := range []int{0, len(p.Records) / 2, len(p.Records) - 1} {
			if err := checkTail(l, packs[i:], p.Position(k)); err != nil {
				return fmt.Errorf("tail from %s: %w", p.Position(k), err)
			}
		}
	}
	return checkNothingBehind(l, l.End())
}

// checkTail compares the first few packs of one tail; rest begins with the pack
// that from lies in.
func checkTail(l journal.Log, rest []journal.Pack, from rollcall.Position) error {
	cut, err := rest[0].After(from)
	if err != nil {
		return err
	}
	want := append([]journal.Pack{cut}, rest[1:min(len(rest), 3)]...)
	if len(cut.Records) == 0 {
		want = want[1:]
	}
	if len(want) == 0 {
		return checkNothingBehind(l, from)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a bound for a broken log
	defer cancel()
	var got []journal.Pack
	for p, err := range l.Tail(ctx, from) {
		if err != nil {
			return err
		}
		if got = append(got, p.Clone()); len(got) == len(want) {
			break
		}
	}
	if diff := Diff(want, got); diff != "" {
		return fmt.Errorf("yields other packs (-want +got):\n%s", diff)
	}
	return nil
}

// Diff tells how two lists of packs differ; "" if they do not. It is quick where
// they are equal, as they should be.
func Diff(want, got []journal.Pack) string {
	if slices.EqualFunc(want, got, samePack) {
		return ""
	}
	return cmp.Diff(want, got)
}

func samePack(a, b journal.Pack) bool {
	return a.Epoch == b.Epoch && a.Sequence == b.Sequence && a.First == b.First && a.At.Equal(b.At) && slices.EqualFunc(a.Records, b.Records, bytes.Equal)
}

// checkNothingBehind verifies that a Tail from the end yields nothing, and that
// a context that is done ends it.
func checkNothingBehind(l journal.Log, end rollcall.Position) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for p, err := range l.Tail(ctx, end) {
		if err == nil {
			return fmt.Errorf("tail from the end %s yields pack %d", end, p.Sequence)
		}
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("tail from the end %s with a context that is done: %w", end, err)
		}
	}
	return nil
}

// checkForeign verifies that places which are not in this journal are refused.
func checkForeign(l journal.Log) error {
	end := l.End()
	for _, c := range []struct {
		from rollcall.Position
		want error
	}{
		{rollcall.Position{Epoch: end.Epoch + 1, Pack: 1}, journal.ErrForeignEpoch},
		{rollcall.Position{Pack: 1}, journal.ErrForeignEpoch},
		{rollcall.Position{Epoch: end.Epoch, Pack: end.Pack + 1}, journal.ErrNoPosition},
		{rollcall.Position{Epoch: end.Epoch, Pack: end.Pack, Event: end.Event + 1}, journal.ErrNoPosition},
		{rollcall.Position{Epoch: end.Epoch, Event: 1}, journal.ErrNoPosition},
	} {
		yields := 0
		for _, err := range l.Tail(context.Background(), c.from) {
			if yields++; !errors.Is(err, c.want) {
				return fmt.Errorf("tail from %s: got %w, want %w", c.from, err, c.want)
			}
		}
		if yields != 1 {
			return fmt.Errorf("tail from %s yielded %d times, want one error", c.from, yields)
		}
	}
	return nil
}
