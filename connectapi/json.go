package connectapi

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Marshal writes a value as the API's JSON has it: instants are numbers of
// seconds since 1970, and keys of maps are sorted.
func Marshal(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), json.WithMarshalers(json.MarshalToFunc(
		func(e *jsontext.Encoder, t time.Time) error { return e.WriteValue(AppendTimestamp(nil, t)) })))
}

// Unmarshal reads the API's JSON into the value that v points to. Members that
// the value lacks are left out. An instant may also be an RFC 3339 text.
func Unmarshal(b []byte, v any) error {
	return json.Unmarshal(b, v, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		json.WithUnmarshalers(json.UnmarshalFunc(func(b []byte, t *time.Time) error {
			text := strings.Trim(string(b), `"`)
			if text == "null" {
				return nil
			}
			at, err := ParseTimestamp(text)
			if err == nil {
				*t = at
			}
			return err
		})))
}

// AppendTimestamp appends an instant in seconds since 1970, with as many digits
// behind the point as it has, at most nine, and never with an exponent.
func AppendTimestamp(dst []byte, t time.Time) []byte {
	seconds, nanos := t.Unix(), int64(t.Nanosecond())
	if seconds < 0 && nanos > 0 { // -1.25 is 750 million nanoseconds after -2
		seconds, nanos = seconds+1, 1e9-nanos
		if seconds == 0 {
			dst = append(dst, '-')
		}
	}
	dst = strconv.AppendInt(dst, seconds, 10)
	if nanos == 0 {
		return dst
	}
	return append(dst, strings.TrimRight(fmt.Sprintf(".%09d", nanos), "0")...)
}

// Seconds since 1970 of the years 1 and 9999: time.Time can print no others.
const minEpoch, maxEpoch = -62135596800, 253402300799

// ParseTimestamp reads seconds since 1970, exact to the nanosecond where a
// float64 would be off by a hundred, or RFC 3339.
func ParseTimestamp(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	f, _, err := big.ParseFloat(text, 10, 96, big.ToNearestEven)
	if err != nil || f.Cmp(big.NewFloat(minEpoch)) < 0 || f.Cmp(big.NewFloat(maxEpoch)) > 0 {
		return time.Time{}, fmt.Errorf("timestamp %.40s: neither seconds since 1970, to the year 9999, nor RFC 3339", text)
	}
	seconds, _ := f.Int64()
	fraction, _ := new(big.Float).Sub(f, new(big.Float).SetInt64(seconds)).Float64()
	return time.Unix(seconds, int64(math.Round(fraction*1e9))).UTC(), nil
}
