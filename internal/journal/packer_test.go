package journal_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"rollcall"
	"rollcall/internal/journal"
)

// bench is a Packer whose commits wait to be let through one by one.
type bench struct {
	*journal.Packer
	commits chan *journal.Body
	answers chan error
	packs   []int // records in each pack that was committed
}

func newBench(o journal.PackerOptions) *bench {
	b := &bench{commits: make(chan *journal.Body), answers: make(chan error)}
	b.Packer = journal.NewPacker(o, func(body *journal.Body) (rollcall.Position, error) {
		b.commits <- body
		if err := <-b.answers; err != nil {
			return rollcall.Position{}, err
		}
		b.packs = append(b.packs, body.Records())
		return rollcall.Position{Epoch: 1, Pack: uint64(len(b.packs))}, nil
	})
	return b
}

var packerOptions = journal.PackerOptions{
	Limits:     journal.Limits{Bytes: 1000, Records: 10},
	PackBytes:  2000,
	MaxWaiting: journal.Limits{Bytes: 10_000, Records: 40},
}

// append starts an append of n records of size bytes and gives its answer.
func (b *bench) append(ctx context.Context, n, size int) <-chan answer {
	records := make([][]byte, n)
	for i := range records {
		records[i] = make([]byte, size)
	}
	c := make(chan answer, 1)
	go func() {
		at, err := b.Append(ctx, records)
		c <- answer{at, err}
	}()
	synctest.Wait()
	return c
}

type answer struct {
	at  rollcall.Position
	err error
}

func TestPacker_GathersWhileACommitIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		first := b.append(t.Context(), 1, 10)
		<-b.commits
		second, third := b.append(t.Context(), 2, 10), b.append(t.Context(), 3, 10)
		b.answers <- nil
		if got := <-first; got.err != nil || got.at != (rollcall.Position{Epoch: 1, Pack: 1}) {
			t.Errorf("first: %+v", got)
		}
		<-b.commits
		b.answers <- nil
		for i, c := range []<-chan answer{second, third} {
			want := rollcall.Position{Epoch: 1, Pack: 2, Event: []uint32{1, 4}[i]}
			if got := <-c; got.err != nil || got.at != want {
				t.Errorf("got %+v, want %s", got, want)
			}
		}
		if w := b.Waiting(); w != (journal.Limits{}) {
			t.Errorf("%+v wait when all is done", w)
		}
		b.Close()
	})
}

func TestPacker_BeginsANewPackWhenOneIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		b.append(t.Context(), 1, 10)
		<-b.commits
		for range 5 {
			b.append(t.Context(), 1, 900)
		}
		for range 3 {
			b.answers <- nil
			<-b.commits
		}
		b.answers <- nil
		b.Close()
		if got := b.packs; len(got) != 4 || got[1] != 2 || got[2] != 2 || got[3] != 1 {
			t.Errorf("packs of %v records, want 1, 2, 2, 1: no append is cut in two", got)
		}
	})
}

func TestPacker_RefusesBeyondWhatMayWait(t *testing.T) {
	for _, c := range []struct {
		name          string
		n, size, fits int
	}{{"bytes", 1, 900, 11}, {"records", 10, 1, 4}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(packerOptions)
				go func() { <-b.commits }()
				for i := range c.fits + 1 {
					a := b.append(t.Context(), c.n, c.size)
					select {
					case got := <-a:
						if i != c.fits || !errors.Is(got.err, journal.ErrFull) || !strings.Contains(got.err.Error(), "wait to be durable") {
							t.Errorf("append %d: %+v", i, got)
						}
					default:
						if i == c.fits {
							t.Errorf("append %d waits, where %d are as many as may", i, c.fits)
						}
					}
				}
				b.Fail(errors.New("enough"))
				b.answers <- nil
				b.Close()
			})
		})
	}
}

func TestPacker_AFailedCommitIsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		first := b.append(t.Context(), 1, 10)
		<-b.commits
		second := b.append(t.Context(), 1, 10)
		cause := errors.New("disk on fire")
		b.answers <- cause
		<-b.Failed()
		third := b.append(t.Context(), 1, 10)
		for _, c := range []<-chan answer{first, second, third} {
			if got := <-c; !errors.Is(got.err, journal.ErrFailed) || !errors.Is(got.err, cause) {
				t.Errorf("got %+v", got)
			}
		}
		b.Fail(errors.New("another"))
		if err := b.Err(); !errors.Is(err, cause) {
			t.Errorf("the reason is %v, want the first, %v", err, cause)
		}
		b.Close()
	})
}

// A commit that never returns must not keep its appends waiting once the log is
// known to have failed.
func TestPacker_FailAnswersACommitThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		a := b.append(t.Context(), 1, 10)
		<-b.commits
		b.Fail(errors.New("fenced"))
		if got := <-a; !errors.Is(got.err, journal.ErrFailed) {
			t.Errorf("got %+v", got)
		}
		b.Close()
		b.answers <- nil // and if it returns after all, nothing happens
	})
}

func TestPacker_ACancelledAppendMayStillHappen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		ctx, cancel := context.WithCancel(t.Context())
		a := b.append(ctx, 3, 10)
		<-b.commits
		cancel()
		if got := <-a; !errors.Is(got.err, context.Canceled) {
			t.Errorf("got %+v", got)
		}
		b.answers <- nil
		b.Close()
		if len(b.packs) != 1 || b.packs[0] != 3 {
			t.Errorf("packs of %v records", b.packs)
		}
	})
}

func TestPacker_CloseIsDefinite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		first := b.append(t.Context(), 1, 10)
		<-b.commits
		second := b.append(t.Context(), 1, 10)
		var wg sync.WaitGroup
		wg.Go(b.Close)
		synctest.Wait()
		if got := <-second; !errors.Is(got.err, journal.ErrClosed) {
			t.Errorf("what waited: %+v", got)
		}
		b.answers <- nil
		wg.Wait()
		if got := <-first; got.err != nil {
			t.Errorf("what was under way: %+v", got)
		}
		if got := <-b.append(t.Context(), 1, 10); !errors.Is(got.err, journal.ErrClosed) {
			t.Errorf("after Close: %+v", got)
		}
		b.Close()
		if err := b.Err(); err != nil {
			t.Errorf("a closed packer has failed: %v", err)
		}
	})
}

func TestDamageError_SaysPlaceAndReason(t *testing.T) {
	err := journal.Gap("/var/lib/rollcall/journal", 7, 9)
	if got, want := err.Error(), "journal damaged (/var/lib/rollcall/journal): pack 7: missing, the next one found is 9: gap in the journal"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !errors.Is(err, journal.ErrGap) || !errors.Is(err, journal.ErrDamaged) || errors.Is(err, journal.ErrFull) {
		t.Error("it is not ErrGap and ErrDamaged alone")
	}
}

// A pack that is refused for what one append in it is costs that one alone.
func TestPacker_ARefusalIsTheAnswerToWhomItIsAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(packerOptions)
		first := b.append(t.Context(), 1, 10)
		<-b.commits
		waiting := []<-chan answer{b.append(t.Context(), 2, 10), b.append(t.Context(), 1, 500), b.append(t.Context(), 3, 10)}
		b.answers <- nil
		<-first
		tooLarge := &journal.RefusalError{Err: journal.ErrTooLarge, Apart: true}
		for _, step := range []struct {
			records int
			answer  error
		}{{6, tooLarge}, {2, nil}, {1, tooLarge}, {3, nil}} {
			if body := <-b.commits; body.Records() != step.records {
				t.Errorf("%d records are committed, want %d", body.Records(), step.records)
			}
			b.answers <- step.answer
			synctest.Wait()
		}
		for i, want := range []answer{
			{rollcall.Position{Epoch: 1, Pack: 2, Event: 1}, nil},
			{rollcall.Position{}, journal.ErrTooLarge},
			{rollcall.Position{Epoch: 1, Pack: 3, Event: 2}, nil},
		} {
			if got := <-waiting[i]; got != want {
				t.Errorf("append %d: got %+v, want %+v", i, got, want)
			}
		}
		if w := b.Waiting(); w != (journal.Limits{}) || b.Err() != nil {
			t.Errorf("%+v wait, the log: %v", w, b.Err())
		}

		whole := b.append(t.Context(), 1, 10)
		<-b.commits
		b.answers <- &journal.RefusalError{Err: journal.ErrUnsure}
		if got := <-whole; !errors.Is(got.err, journal.ErrUnsure) {
			t.Errorf("got %+v, want %v", got, journal.ErrUnsure)
		}
		b.Limit(journal.Limits{Bytes: 5, Records: 1}, 5)
		if got := <-b.append(t.Context(), 1, 6); !errors.Is(got.err, journal.ErrTooLarge) {
			t.Errorf("beyond a limit that was lowered: got %+v", got)
		}
		b.Close()
	})
}
