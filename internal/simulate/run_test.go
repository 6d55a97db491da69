package simulate_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/simulate"
)

func TestRun_HandsEventsOverWhenTheirTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := simulate.New(simulate.Config{Agents: 50, Seed: 1, Rate: 10, Duration: 5 * time.Minute})
		begin, n := time.Now(), 0
		err := c.Run(t.Context(), func(events []simulate.Event) error {
			for _, e := range events {
				if late := time.Since(e.At); late < 0 || late > 50*time.Millisecond {
					t.Fatalf("an event of %v was handed over %v later", e.At, late)
				}
			}
			n += len(events)
			return nil
		})
		if err != nil || n < 500 {
			t.Errorf("%d events, error %v", n, err)
		}
		if took := time.Since(begin); took > 5*time.Minute+time.Second || took < 4*time.Minute {
			t.Errorf("five minutes took %v", took)
		}
	})
}

func TestRun_CatchesUpWithAStartInThePast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		c := simulate.New(simulate.Config{Agents: 20, Seed: 1, Start: now.Add(-8 * time.Hour), Duration: 8 * time.Hour})
		n, largest, newest := 0, 0, time.Time{}
		err := c.Run(t.Context(), func(events []simulate.Event) error {
			n, largest, newest = n+len(events), max(largest, len(events)), events[len(events)-1].At
			return nil
		})
		if err != nil || n < 5000 || largest > 500 {
			t.Errorf("%d events in batches of up to %d, error %v", n, largest, err)
		}
		if !time.Now().Equal(now) {
			t.Errorf("Run waited %v with everything due", time.Since(now))
		}
		if newest.After(now) || newest.Before(now.Add(-5*time.Minute)) {
			t.Errorf("the newest event is of %v, now is %v", newest, now)
		}
	})
}

func TestRun_LosesNothingWhileEmitBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := simulate.Config{Agents: 50, Seed: 1, Duration: 10 * time.Minute, Start: time.Now()}
		want := 0
		for c := simulate.New(cfg); ; want++ {
			if _, ok := c.Next(); !ok {
				break
			}
		}
		got := 0
		err := simulate.New(cfg).Run(t.Context(), func(events []simulate.Event) error {
			got += len(events)
			time.Sleep(3 * time.Second)
			return nil
		})
		if err != nil || got != want {
			t.Errorf("%d of %d events, error %v", got, want, err)
		}
	})
}

func TestRun_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		err := simulate.New(simulate.Config{Agents: 5}).Run(ctx, func([]simulate.Event) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	past := simulate.Config{Agents: 5, Start: morning}
	err := simulate.New(past).Run(canceled, func([]simulate.Event) error { return errors.New("called") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a run that was canceled while catching up", err)
	}
}

func TestRun_PassesOnEmitsError(t *testing.T) {
	full := errors.New("disk full")
	err := simulate.New(simulate.Config{Agents: 5, Start: morning}).Run(t.Context(), func([]simulate.Event) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}
