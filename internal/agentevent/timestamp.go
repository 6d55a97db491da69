package agentevent

import (
	"strconv"
	"time"

	"rollcall"
)

// timestampBytes is longer than any timestamp with a sensible fraction.
const timestampBytes = 64

// instant reads an ISO 8601 timestamp with a zone, in any number of fraction
// digits (what lies below a nanosecond is dropped). It is zero for null.
func (r *reader) instant() time.Time {
	text := r.text()
	if len(text) == 0 {
		return time.Time{}
	}
	at, ok := parseTimestamp(text)
	if !ok {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(string(text))) +
			", expected a timestamp with a zone, such as 2026-11-22T08:30:00.000Z, from 1970 to 9999")
	}
	return at
}

// parseTimestamp reads RFC 3339, in UTC. The standard library takes an hour of
// one digit, a comma before the fraction and offsets of any size besides, which
// RFC 3339 has not.
func parseTimestamp(text []byte) (time.Time, bool) {
	const minute, fraction = len("2006-01-02T15"), len("2006-01-02T15:04:05")
	var at time.Time
	if len(text) > timestampBytes || len(text) <= fraction || text[minute] != ':' || text[fraction] == ',' || at.UnmarshalText(text) != nil {
		return time.Time{}, false
	}
	if zone := text[len(text)-len("+07:00"):]; zone[5] != 'Z' && (string(zone[1:3]) > "23" || string(zone[4:6]) > "59") {
		return time.Time{}, false
	}
	at = at.UTC()
	if year := at.Year(); year < 1970 || year > 9999 {
		return time.Time{}, false
	}
	return at, true
}
