package agentevent_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/internal/agentevent"
)

// TestParseUTC_AgreesWithTheStandardLibrary holds that the short way through a
// timestamp takes nothing that the long one refuses, that both come to the same
// instant, and that what Amazon Connect writes goes the short way.
func TestParseUTC_AgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(label string, from, to int) int { return rapid.IntRange(from, to).Draw(t, label) }
		text := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d",
			number("year", 1960, 2110), number("month", 0, 13), number("day", 0, 32), number("hour", 0, 25), number("minute", 0, 61), number("second", 0, 61)) +
			rapid.StringMatching(`(\.[0-9]{0,12})?`).Draw(t, "fraction") + rapid.SampledFrom([]string{"Z", "z", "", "+00:00"}).Draw(t, "zone")
		if number("damaged", 0, 3) == 0 {
			i := number("at", 0, len(text)-1)
			text = text[:i] + rapid.SampledFrom([]string{"", "/", ":", "x", "-", " ", "\xb0", "5"}).Draw(t, "damage") + text[i+1:]
		}
		short, shortOK := agentevent.ParseUTC([]byte(text))
		long, longOK := agentevent.ParseTimestamp([]byte(text))
		if shortOK && (!longOK || short != long) {
			t.Errorf("%q: %v, want %v (%v)", text, short, long, longOK)
		}
		if at, err := time.Parse("2006-01-02T15:04:05.000Z", text); err == nil && longOK && len(text) == 24 && (!shortOK || !short.Equal(at)) {
			t.Errorf("%q: %v (%v), want %v", text, short, shortOK, at)
		}
	})
}
