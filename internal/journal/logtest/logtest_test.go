package logtest_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/memlog"
)

func TestFaulty_FailsBothWays(t *testing.T) {
	lost := errors.New("connection lost")
	for _, c := range []struct {
		name  string
		fault logtest.Fault
		err   error
		want  int // records in the log
	}{
		{"none", logtest.None, nil, 1},
		{"did not happen", logtest.NotKept, lost, 0},
		{"happened and said it did not", logtest.Kept, lost, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := logtest.Faulty(memlog.New(memlog.Options{}))
			l.Break(c.fault, c.err)
			var h logtest.History
			if _, err := h.Append(t.Context(), l, 1, 10); !errors.Is(err, c.err) {
				t.Errorf("got %v, want %v", err, c.err)
			}
			if packs, err := logtest.ReadAll(l); err != nil || len(packs) != c.want {
				t.Errorf("the log holds %d packs (%v), want %d", len(packs), err, c.want)
			}
			l.Mend()
			if _, err := h.Append(t.Context(), l, 1, 10); err != nil {
				t.Error(err)
			}
			logtest.CheckLog(t, l, &h)
		})
	}
}

func TestFaulty_HoldsAppendsUntilReleased(t *testing.T) {
	l := logtest.Faulty(memlog.New(memlog.Options{}))
	release := l.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, [][]byte{{1}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a held append with a context that is done: %v", err)
	}
	done := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), [][]byte{{1}})
		done <- err
	}()
	if end := l.End(); end.Pack != 0 {
		t.Errorf("a held append is in the log, at %s", end)
	}
	release()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestFaulty_FailsForGood(t *testing.T) {
	l := logtest.Faulty(memlog.New(memlog.Options{}))
	cause := errors.New("no space left on device")
	l.Fail(cause)
	<-l.Failed()
	_, err := l.Append(t.Context(), [][]byte{{1}})
	for _, got := range []error{err, l.Err()} {
		if !errors.Is(got, journal.ErrFailed) || !errors.Is(got, cause) {
			t.Errorf("got %v, want %v with its cause", got, journal.ErrFailed)
		}
	}
}

// A checker that finds nothing proves nothing: each of these logs is wrong in
// one way, and Check must say so.
func TestCheck_FindsWhatIsWrong(t *testing.T) {
	for name, spoil := range map[string]func(packs []journal.Pack) []journal.Pack{
		"a pack is lost at the end":    func(p []journal.Pack) []journal.Pack { return p[:len(p)-1] },
		"a pack is lost in the middle": func(p []journal.Pack) []journal.Pack { return append(p[:1:1], p[2:]...) },
		"a request is half there":      func(p []journal.Pack) []journal.Pack { p[1].Records = p[1].Records[:1]; return p },
		"a request is there twice":     func(p []journal.Pack) []journal.Pack { p[2].Records = p[1].Records; return p },
		"two requests changed places": func(p []journal.Pack) []journal.Pack {
			p[1].Records, p[2].Records = p[2].Records, p[1].Records
			return p
		},
		"a byte differs":                func(p []journal.Pack) []journal.Pack { p[1].Records[0][20] ^= 1; return p },
		"another epoch":                 func(p []journal.Pack) []journal.Pack { p[1].Epoch++; return p },
		"a record is of somebody else":  func(p []journal.Pack) []journal.Pack { p[1].Records[0] = []byte("x"); return p },
		"a request was never made":      func(p []journal.Pack) []journal.Pack { p[1].Records = [][]byte{[]byte("99/0/1 ")}; return p },
		"a refused request is there":    func(p []journal.Pack) []journal.Pack { p[1].Records = [][]byte{[]byte("4/0/1 ")}; return p },
		"records come in another order": func(p []journal.Pack) []journal.Pack { r := p[1].Records; r[0], r[1] = r[1], r[0]; return p },
		"the sequence does not begin at one": func(p []journal.Pack) []journal.Pack {
			for i := range p {
				p[i].Sequence++
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			log := memlog.New(memlog.Options{Limits: journal.Limits{Records: 3}})
			var h logtest.History
			for range 4 {
				if _, err := h.Append(t.Context(), log, 2, 40); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.Append(t.Context(), log, 4, 1); err == nil { // request 4
				t.Fatal("an append beyond the limits was taken")
			}
			logtest.CheckLog(t, log, &h)
			packs, err := logtest.ReadAll(log)
			if err != nil {
				t.Fatal(err)
			}
			if err := logtest.Check(&scripted{Log: log, packs: spoil(packs)}, &h); err == nil {
				t.Error("Check found nothing wrong")
			}
		})
	}
}

// scripted is a log that yields these packs.
type scripted struct {
	journal.Log
	packs []journal.Pack
}

func (s *scripted) End() rollcall.Position { return s.packs[len(s.packs)-1].Last() }

func (s *scripted) Tail(_ context.Context, from rollcall.Position) iter.Seq2[journal.Pack, error] {
	return func(yield func(journal.Pack, error) bool) {
		if err := journal.ValidateFrom(from, s.Log.End()); err != nil {
			yield(journal.Pack{}, err)
			return
		}
		for _, p := range s.packs {
			if p, err := p.After(from); err == nil && len(p.Records) > 0 && !yield(p, nil) {
				return
			}
		}
		yield(journal.Pack{}, context.Canceled)
	}
}
