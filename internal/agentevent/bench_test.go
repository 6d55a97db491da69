package agentevent_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/agentevent"
)

func bodies() map[string][][]byte {
	one := func(agents int) [][]byte {
		list := make([][]byte, agents)
		for i := range list {
			list[i] = []byte(large(i))
		}
		return list
	}
	return map[string][][]byte{"same_agent": one(1), "agents_10000": one(10_000)}
}

func BenchmarkDecode(b *testing.B) {
	for name, list := range bodies() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(list[0])))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				batch, err := agentevent.Decode(list[i%len(list)], agentevent.DefaultLimits)
				if err != nil || len(batch.Refused) > 0 {
					b.Fatal(err, batch.Refused)
				}
			}
		})
	}
}

func BenchmarkDecode_Batch(b *testing.B) {
	for _, n := range []int{1, 100} {
		var lines strings.Builder
		for i := range n {
			lines.WriteString(large(i) + "\n")
		}
		body := []byte(lines.String())
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if batch, err := agentevent.Decode(body, agentevent.DefaultLimits); err != nil || len(batch.Refused) > 0 {
					b.Fatal(err, batch.Refused)
				}
			}
		})
	}
}

func BenchmarkDecodeRecord(b *testing.B) {
	for name, list := range bodies() {
		b.Run(name, func(b *testing.B) {
			records := make([][]byte, len(list))
			for i := range list {
				batch, err := agentevent.Decode(list[i], agentevent.DefaultLimits)
				if err != nil {
					b.Fatal(err)
				}
				records[i] = batch.Documents[0].Record
			}
			b.SetBytes(int64(len(records[0])))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := agentevent.DecodeRecord(records[i%len(records)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSyntaxOnly is what only telling JSON from other bytes costs: the
// floor that Decode can't get below.
func BenchmarkSyntaxOnly(b *testing.B) {
	body := []byte(large(1))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if !jsontext.Value(body).IsValid() {
			b.Fatal("not valid")
		}
	}
}
