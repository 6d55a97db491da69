package slab_test

import (
	"bytes"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"rollcall/internal/slab"
)

func TestTake_IsAsLargeAsAskedForAndNotMuchLarger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, 10<<20).Draw(t, "size")
		s := slab.Take(size)
		defer s.GiveBack()
		b := s.Bytes()
		if len(b) != 0 || cap(b) < size || cap(b) >= max(2*size, 1025) {
			t.Errorf("asked for %d bytes and got %d of %d", size, len(b), cap(b))
		}
	})
}

func TestTake_NobodyElseHasIt(t *testing.T) {
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 100 {
				size := 1 + (i*7919+worker)%70_000
				one, other := slab.Take(size), slab.Take(size)
				mine := append(one.Bytes(), bytes.Repeat([]byte{byte(worker)}, size)...)
				copy(other.Bytes()[:size], bytes.Repeat([]byte{0xFF}, size))
				if n := bytes.Count(mine, []byte{byte(worker)}); n != size {
					t.Errorf("%d of %d bytes are what was written", n, size)
				}
				one.GiveBack()
				other.GiveBack()
			}
		})
	}
	all.Wait()
}

func TestGiveBack_NothingIsFine(*testing.T) {
	var none *slab.Slab
	none.GiveBack()
}

func BenchmarkTake(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		slab.Take(100_000).GiveBack()
	}
}
