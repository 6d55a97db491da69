package simulate_test

import (
	"strconv"
	"testing"
	"time"

	"rollcall/internal/simulate"
)

var morning = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// BenchmarkNext is a busy floor's events, made and encoded: an operation is an
// event.
func BenchmarkNext(b *testing.B) {
	for _, agents := range []int{200, 10_000, 100_000} {
		b.Run(strconv.Itoa(agents), func(b *testing.B) {
			c := simulate.New(simulate.Config{Agents: agents, Seed: 1, Start: morning})
			for range 10 * agents { // past the opening
				if _, ok := c.Next(); !ok {
					b.Fatal("the stream ended")
				}
			}
			var doc []byte
			bytes := 0
			b.ReportAllocs()
			for b.Loop() {
				e, _ := c.Next()
				doc = e.AppendJSON(doc[:0])
				bytes += len(doc)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/event")
		})
	}
}

// BenchmarkNew is the time until a floor can open.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		simulate.New(simulate.Config{Agents: 10_000, Seed: 1, Start: morning})
	}
}
