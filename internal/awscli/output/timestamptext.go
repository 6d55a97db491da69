package output

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// timestampLayouts are the forms of timestamps, apart from fraction and zone.
var timestampLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "20060102T150405",
	"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Monday, 2-Jan-06 15:04:05",
	"2006-01-02", "2006-01-02T15:04", "2006-01-02 15:04", "20060102T1504", "2006-01-02T15",
	"Mon Jan 2 15:04:05 2006",
}

var timestampFaults = map[string]string{ // :: what package time says -> what the CLI says
	": month out of range":  "month must be in 1..12",
	": day out of range":    "day is out of range for month",
	": hour out of range":   "hour must be in 0..23",
	": minute out of range": "minute must be in 0..59",
	": second out of range": "second must be in 0..59",
}

// invalidTimestamp has the CLI's text.
func invalidTimestamp(text, why string) error {
	return fmt.Errorf("Invalid timestamp \"%s\": %s: %s", text, why, text) //nolint:staticcheck // the CLI's own text
}

// parseTimestamp returns a date and time in ISO 8601.
func parseTimestamp(text string) (string, error) {
	plain, zone, offset := cutZone(strings.Join(strings.Fields(text), " "))
	for _, layout := range timestampLayouts {
		t, err := time.ParseInLocation(layout, plain, time.FixedZone("", offset))
		if err == nil {
			t = t.Truncate(time.Microsecond)
			if zone {
				return t.Format(layoutOf(t) + offsetLayout(t)), nil
			}
			return t.Format(layoutOf(t)), nil
		}
		var fault *time.ParseError
		if errors.As(err, &fault) && timestampFaults[fault.Message] != "" {
			return "", invalidTimestamp(text, timestampFaults[fault.Message])
		}
	}
	return "", invalidTimestamp(text, "Unknown string format")
}

// cutZone cuts the zone from a timestamp, if it has one behind a time of day,
// and returns its offset in seconds east of UTC. Small letters t and z become
// capitals, as layouts have them.
func cutZone(text string) (plain string, found bool, offset int) {
	date, clock, ok := strings.Cut(text, "t")
	if ok && strings.Trim(date, "0123456789-") == "" {
		text = date + "T" + clock
	}
	for _, utc := range []string{"Z", "z", "UTC", "GMT"} {
		if rest, ok := strings.CutSuffix(text, utc); ok {
			return strings.TrimSpace(rest), true, 0
		}
	}
	i := strings.LastIndexAny(text, "+-")
	if i < 0 || !strings.ContainsAny(text[:i], ":T") {
		return text, false, 0
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, text[i:]); err == nil {
			_, offset = t.Zone()
			return strings.TrimSpace(text[:i]), true, offset
		}
	}
	return text, false, 0
}
