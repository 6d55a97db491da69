package floor

import (
	"strconv"
	"testing"
)

func TestTotals_AreOfTheNewestVersionAndBounded(t *testing.T) {
	var s totals
	question := func(i int) []byte { return strconv.AppendInt(make([]byte, 1000), int64(i), 10) }
	for i := range 2 * maxTotalsBytes / 1000 {
		s.put(question(i), 1, i)
		if s.bytes > maxTotalsBytes || s.bytes < len(s.of)*1000 {
			t.Fatalf("%d questions of %d bytes together", len(s.of), s.bytes)
		}
		if total, ok := s.find(question(i), 1); !ok || total != i {
			t.Fatalf("total %d, %t", total, ok)
		}
	}
	s.put(question(0), 2, 7)
	s.put(question(1), 1, 8) // of a floor that is gone
	if total, ok := s.find(question(0), 2); !ok || total != 7 || len(s.of) != 1 {
		t.Errorf("total %d, %t of %d", total, ok, len(s.of))
	}
	for _, version := range []uint64{1, 3} {
		if _, ok := s.find(question(0), version); ok {
			t.Errorf("the total of version 2 is given for %d", version)
		}
	}
}
