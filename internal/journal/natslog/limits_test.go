package natslog_test

import (
	"bytes"
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/journal/natslog"

	"pgregory.net/rapid"
)

// Whatever is appended within the limits, and whatever the packer puts together
// of it, fits into a message, even if nothing compresses.
func TestLimits_APackOfAnythingFitsIntoAMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.Int64Range(16<<10, 2<<20).Draw(t, "max_payload")
		var asked journal.Limits
		if rapid.Bool().Draw(t, "asked") {
			asked = journal.Limits{Bytes: rapid.IntRange(0, 20_000).Draw(t, "bytes"), Records: rapid.IntRange(0, 4000).Draw(t, "records")}
		}
		limits, packBytes, bodyBytes, err := natslog.RoomFor(payload, asked)
		if err != nil {
			if asked == (journal.Limits{}) {
				t.Fatalf("max_payload %d: %v", payload, err)
			}
			return // asked for more than fits
		}
		// A full pack takes one append more, which is as bad as can be: with as
		// many records as may be, each at a size where its length takes more.
		length := rapid.SampledFrom([]int{0, 1, 127, 128, 129, 16383, 16384, 16385}).Draw(t, "record")
		n := limits.Records
		if length > 0 {
			n = min(n, limits.Bytes/length)
		}
		for _, before := range []int{0, packBytes - n*length} {
			if got := before + appendBytes(t, n, length); before >= 0 && got > bodyBytes {
				t.Errorf("a body of %d bytes, and %d more in %d records, has %d; a message holds %d", before, n*length, n, got, bodyBytes)
			}
		}
	})
}

func appendBytes(t *rapid.T, records, length int) int {
	t.Helper()
	var b journal.Body
	b.Add(bytes.Split(bytes.Repeat(append(make([]byte, length), 1), records), []byte{1})[:records])
	if b.Records() != records {
		t.Fatalf("%d records, want %d", b.Records(), records)
	}
	return b.Bytes()
}

func TestLimits_OfTheDefaultServerHoldAMegabyte(t *testing.T) {
	limits, packBytes, _, err := natslog.RoomFor(1<<20, journal.Limits{})
	if err != nil || limits.Bytes < 1_000_000 || limits.Records < 10_000 || packBytes < limits.Bytes {
		t.Errorf("got %+v, packs of %d bytes, %v", limits, packBytes, err)
	}
}

func TestLimits_BeyondAMessageAreRefused(t *testing.T) {
	for _, c := range []struct {
		payload int64
		asked   journal.Limits
	}{
		{1 << 10, journal.Limits{}},
		{64 << 10, journal.Limits{Bytes: 64 << 10}},
		{64 << 10, journal.Limits{Records: 64 << 10}},
		{64 << 20, journal.Limits{Records: journal.MaxRecords + 1}},
		{1 << 20, journal.Limits{Bytes: -1}},
	} {
		if limits, _, _, err := natslog.RoomFor(c.payload, c.asked); err == nil {
			t.Errorf("max_payload %d and %+v gave %+v", c.payload, c.asked, limits)
		}
	}
}
