package output

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"

	"rollcall/internal/awscli/value"
)

// Zone is the local time zone as the CLI has it: two offsets from UTC, those
// the place has this year, one for each half of it. A date of long ago is shown
// with them too, whatever the clocks showed then.
type Zone struct {
	place            *time.Location
	standard, summer int // seconds east of UTC
}

// NewZone returns the zone of a place in the year of now.
func NewZone(place *time.Location, now time.Time) *Zone {
	const year = (365*24 + 6) * 60 * 60 // seconds
	start := now.Unix() / year * year
	_, january := time.Unix(start, 0).In(place).Zone()
	_, july := time.Unix(start+year/2, 0).In(place).Zone()
	return &Zone{place: place, standard: min(january, july), summer: max(january, july)}
}

// Timestamp returns v, a timestamp of a response, in ISO 8601: in the zone if v
// is a number of seconds since 1970 or a string of one, in its own if it is
// a date and time in the form of ISO 8601 or RFC 822, and without any if that
// names none. A fraction of a second has six digits.
func (z *Zone) Timestamp(v any) (string, error) {
	seconds, isNumber := epoch(v)
	text, isText := v.(string)
	if isNumber {
		t, err := z.local(v, seconds)
		if err == nil {
			return t.Format(layoutOf(t) + offsetLayout(t)), nil
		}
		if !isText || errors.As(err, new(*offsetError)) {
			return "", err
		}
	}
	switch {
	case !isText:
		return "", fmt.Errorf("Invalid timestamp \"%s\": Parser must be a string or character stream, not %s", value.Str(v), value.TypeName(v)) //nolint:staticcheck // the CLI's own text
	case text == "":
		return "", invalidTimestamp("", "String does not contain a date")
	}
	return parseTimestamp(text)
}

// epoch returns v as a number of seconds, if it is one or a string of one.
func epoch(v any) (seconds *big.Float, ok bool) {
	var f float64
	switch v := v.(type) {
	case *big.Int:
		return new(big.Float).SetInt(v), true
	case bool:
		if v {
			f = 1
		}
	case float64:
		f = v
	case string:
		if f, ok = value.ParseFloat(v); !ok {
			return nil, false
		}
	default:
		return nil, false
	}
	if math.IsNaN(f) {
		return nil, true
	}
	return big.NewFloat(f), true
}

// offsetError says that an instant is too far away to be shown in the zone.
type offsetError struct{ v any }

// Error returns the CLI's text.
func (e *offsetError) Error() string {
	return fmt.Sprintf("Unable to calculate correct timezone offset for \"%s\"", value.Str(e.v))
}

// local returns the instant in the zone. A nil seconds is not a number.
func (z *Zone) local(v any, seconds *big.Float) (time.Time, error) {
	const farthest = 1 << 55 // seconds; the year has 32 bits
	switch {
	case seconds == nil:
		return time.Time{}, errors.New("Invalid value NaN (not a number)") //nolint:staticcheck // the CLI's own text
	case new(big.Float).Abs(seconds).Cmp(big.NewFloat(farthest)) > 0:
		return time.Time{}, &offsetError{v}
	}
	whole, _ := seconds.Int64()
	rest, _ := new(big.Float).Sub(seconds, new(big.Float).SetInt64(whole)).Float64()
	micros := math.RoundToEven(rest * 1e6)
	t := time.Unix(whole, int64(micros)*1000).UTC()
	if year := t.Year(); year < 1 || year > 9999 {
		return time.Time{}, fmt.Errorf("year %d is out of range", year)
	}
	offset := z.standard
	if t.In(z.place).IsDST() {
		offset = z.summer
	}
	t = t.In(time.FixedZone("", offset))
	if year := t.Year(); year < 1 || year > 9999 {
		return time.Time{}, &offsetError{v}
	}
	return t, nil
}

// layoutOf returns the layout of a date and time with a fraction if t has one.
func layoutOf(t time.Time) string {
	if t.Nanosecond() == 0 {
		return "2006-01-02T15:04:05"
	}
	return "2006-01-02T15:04:05.000000"
}

func offsetLayout(t time.Time) string {
	if _, offset := t.Zone(); offset%60 != 0 {
		return "-07:00:00"
	}
	return "-07:00"
}
