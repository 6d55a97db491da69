package memlog_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/memlog"
)

func TestLog_KeepsTheContract(t *testing.T) {
	logtest.Run(t, func(_ testing.TB, l journal.Limits) logtest.Journal {
		return logtest.Journal{Open: func() (journal.Log, error) {
			return memlog.New(memlog.Options{Limits: l}), nil
		}}
	})
}

func TestAppend_OnAFullLogRefusesAndKeepsWhatItHas(t *testing.T) {
	l := memlog.New(memlog.Options{MaxBytes: 10_000})
	var h logtest.History
	full := 0
	for range 20 {
		_, err := h.Append(t.Context(), l, 1, 1000)
		if err != nil && !errors.Is(err, journal.ErrFull) {
			t.Fatal(err)
		}
		if err != nil {
			full++
		}
		logtest.CheckLog(t, l, &h)
	}
	if kept, _ := h.Acknowledged(); kept < 8 || kept > 10 || full != 20-kept {
		t.Errorf("kept %d, refused %d of 20 records of 1,000 bytes in 10,000", kept, full)
	}
}

func TestTail_InABubbleWaitsOnChannelsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memlog.New(memlog.Options{Epoch: 7})
		var got []journal.Pack
		go func() {
			for p, err := range l.Tail(t.Context(), rollcall.Position{}) {
				if err == nil {
					got = append(got, p.Clone())
				}
			}
		}()
		synctest.Wait()
		begin := time.Now()
		time.Sleep(90 * time.Second) // the bubble's clock
		if _, err := l.Append(context.Background(), [][]byte{[]byte("a")}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(got) != 1 || got[0].Last() != (rollcall.Position{Epoch: 7, Pack: 1}) || !got[0].At.Equal(begin.Add(90*time.Second)) {
			t.Errorf("the tail saw %+v", got)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	record := make([]byte, 2048)
	records := [][]byte{record}
	newLog := func() *memlog.Log { return memlog.New(memlog.Options{}) }
	l := newLog()
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Append(context.Background(), records); err != nil {
			if !errors.Is(err, journal.ErrFull) {
				b.Fatal(err)
			}
			l = newLog()
		}
	}
}
