package floor_test

import (
	"bytes"
	"strconv"
	"testing"

	"rollcall/internal/floor"
)

func floorsOf(n int) *floor.Floors {
	fleetOf(n)
	made, _ := fleets.Load(n)
	return made.(func() *floor.Floors)()
}

func BenchmarkWriteSnapshot(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run("agents="+strconv.Itoa(n), func(b *testing.B) {
			f, size := floorsOf(n), countingWriter(0)
			b.ReportAllocs()
			for b.Loop() {
				size = 0
				if _, err := f.WriteSnapshot(&size); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/float64(n), "B/agent")
		})
	}
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run("agents="+strconv.Itoa(n), func(b *testing.B) {
			data := snapshot(b, fleet(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := floor.Load(bytes.NewReader(data), floor.Options{Encode: readyAnswer}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFreeze is how long readers and the writer wait for a snapshot.
func BenchmarkFreeze(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run("agents="+strconv.Itoa(n), func(b *testing.B) {
			f := floorsOf(n)
			b.ReportAllocs()
			for b.Loop() {
				floor.Freeze(f)
			}
		})
	}
}
