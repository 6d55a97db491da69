package agentevent

import "time"

// timestampBytes is longer than any timestamp with a sensible fraction.
const timestampBytes = 64

// instant reads an ISO 8601 timestamp with a zone, in any number of fraction
// digits (what lies below a nanosecond is dropped). It is zero for null.
func (r *reader) instant() time.Time {
	text := r.text()
	if len(text) == 0 {
		return time.Time{}
	}
	at, ok := parseUTC(text)
	if !ok {
		at, ok = ParseTimestamp(text)
	}
	if !ok {
		r.refuse("found " + quoted(text) +
			", expected a timestamp with a zone, such as 2026-11-22T08:30:00.000Z, from 1970 to 9999")
	}
	return at
}

// ParseTimestamp reads RFC 3339, in UTC. The standard library takes an hour of
// one digit, a comma before the fraction and offsets of any size besides, which
// RFC 3339 has not.
func ParseTimestamp(text []byte) (time.Time, bool) {
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

// parseUTC reads the form that Amazon Connect writes, 2006-01-02T15:04:05.000Z,
// with up to nine digits of a fraction. It is false for any other, and for what
// isn't right.
func parseUTC(text []byte) (time.Time, bool) {
	const fraction = len("2006-01-02T15:04:05")
	if len(text) < fraction+1 || len(text) > fraction+11 || text[len(text)-1] != 'Z' ||
		text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, false
	}
	year := 100*twoDigits(text) + twoDigits(text[2:])
	month, day := twoDigits(text[5:]), twoDigits(text[8:])
	hour, minute, second := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
	nanos := nanoseconds(text[fraction : len(text)-1])
	if year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 || nanos < 0 {
		return time.Time{}, false
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	return at, day <= 28 || at.Day() == day // a day that the month lacks is one of the next
}

// twoDigits reads the first two bytes; more than any number of two digits when
// they are none.
func twoDigits(text []byte) int {
	tens, units := text[0]-'0', text[1]-'0'
	if tens > 9 || units > 9 {
		return 10_000
	}
	return int(tens)*10 + int(units)
}

// nanoseconds reads a fraction of a second with its point; nothing is zero, and
// what isn't right negative.
func nanoseconds(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if len(text) == 1 || text[0] != '.' {
		return -1
	}
	nanos := 0
	for i := 1; i < 10; i++ {
		nanos *= 10
		if i < len(text) {
			digit := text[i] - '0'
			if digit > 9 {
				return -1
			}
			nanos += int(digit)
		}
	}
	return nanos
}
