package output_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"rollcall/internal/awscli/output"
	// so that the places below are known everywhere
)

// zone returns a place's zone as of June 2025.
func zone(t *testing.T, place string) *output.Zone {
	t.Helper()
	location, err := time.LoadLocation(place)
	if err != nil {
		t.Fatal(err)
	}
	return output.NewZone(location, time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
}

func TestTimestamp_NumbersAreShownInTheZone(t *testing.T) {
	for _, c := range []struct{ place, wire, want string }{
		{"UTC", `0`, "1970-01-01T00:00:00+00:00"},
		{"UTC", `1748764800`, "2025-06-01T08:00:00+00:00"},
		{"UTC", `1748764800.0`, "2025-06-01T08:00:00+00:00"},
		{"UTC", `1748764800.25`, "2025-06-01T08:00:00.250000+00:00"},
		{"UTC", `1748764800.0000005`, "2025-06-01T08:00:00+00:00"},
		{"UTC", `1748764800.9999997`, "2025-06-01T08:00:01+00:00"},
		{"UTC", `-0.5`, "1969-12-31T23:59:59.500000+00:00"},
		{"UTC", `-62135596800`, "0001-01-01T00:00:00+00:00"},
		{"UTC", `"1748764800"`, "2025-06-01T08:00:00+00:00"},
		{"UTC", `" 1748764800.5 "`, "2025-06-01T08:00:00.500000+00:00"},
		{"UTC", `true`, "1970-01-01T00:00:01+00:00"},
		{"Europe/Berlin", `1748764800`, "2025-06-01T10:00:00+02:00"},
		{"Europe/Berlin", `1736683200`, "2025-01-12T13:00:00+01:00"},
		{"Europe/Berlin", `1761438600`, "2025-10-26T02:30:00+02:00"},
		{"Europe/Berlin", `1761442200`, "2025-10-26T02:30:00+01:00"},
		{"Asia/Kathmandu", `1748764800`, "2025-06-01T13:45:00+05:45"},
		{"America/St_Johns", `1748764800`, "2025-06-01T05:30:00-02:30"},
		{"Australia/Lord_Howe", `1736683200`, "2025-01-12T23:00:00+11:00"},
		{"Europe/London", `0`, "1970-01-01T00:00:00+00:00"}, // clocks showed one o'clock
		{"Europe/Amsterdam", `-2000000000`, "1906-08-16T21:26:40+01:00"},
	} {
		got, err := zone(t, c.place).Timestamp(parse(t, c.wire))
		if err != nil || got != c.want {
			t.Errorf("%s in %s: %s, %v; want %s", c.wire, c.place, got, err, c.want)
		}
	}
}

func TestTimestamp_TextKeepsItsOffset(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	for text, want := range map[string]string{
		"2025-06-01T08:30:00Z":           "2025-06-01T08:30:00+00:00",
		"2025-06-01t08:30:00z":           "2025-06-01T08:30:00+00:00",
		"2025-06-01T08:30:00.125Z":       "2025-06-01T08:30:00.125000+00:00",
		"2025-06-01T08:30:00,5Z":         "2025-06-01T08:30:00.500000+00:00",
		"2025-06-01T08:30:00.1234567Z":   "2025-06-01T08:30:00.123456+00:00",
		"2025-06-01T08:30:00.000Z":       "2025-06-01T08:30:00+00:00",
		"2025-06-01T08:30:00+05:30":      "2025-06-01T08:30:00+05:30",
		"2025-06-01T08:30:00-0330":       "2025-06-01T08:30:00-03:30",
		"2025-06-01T08:30:00+02":         "2025-06-01T08:30:00+02:00",
		"2025-06-01 08:30:00 UTC":        "2025-06-01T08:30:00+00:00",
		"2025-06-01T08:30:00":            "2025-06-01T08:30:00",
		"2025-06-01 08:30":               "2025-06-01T08:30:00",
		"2025-06-01T08Z":                 "2025-06-01T08:00:00+00:00",
		"2025-06-01":                     "2025-06-01T00:00:00",
		"20250601T083000Z":               "2025-06-01T08:30:00+00:00",
		"20250601T0830":                  "2025-06-01T08:30:00",
		"Sun, 01 Jun 2025 08:30:00 GMT":  "2025-06-01T08:30:00+00:00",
		"Sun, 1 Jun 2025 08:30:00 +0200": "2025-06-01T08:30:00+02:00",
		"Sunday, 01-Jun-25 08:30:00 GMT": "2025-06-01T08:30:00+00:00",
		"  2025-06-01T08:30:00Z ":        "2025-06-01T08:30:00+00:00",
		"1 Jun 2025 08:30:00":            "2025-06-01T08:30:00",
		"Sun Jun  1 08:30:00 2025":       "2025-06-01T08:30:00",
	} {
		if got, err := z.Timestamp(text); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestTimestamp_Errors(t *testing.T) {
	for _, c := range []struct{ place, wire, want string }{
		{"UTC", `"not a time"`, `Invalid timestamp "not a time": Unknown string format: not a time`},
		{"UTC", `""`, `Invalid timestamp "": String does not contain a date: `},
		{"UTC", `"2025-13-01"`, `Invalid timestamp "2025-13-01": month must be in 1..12: 2025-13-01`},
		{"UTC", `"2025-02-30T00:00:00Z"`, `Invalid timestamp "2025-02-30T00:00:00Z": day is out of range for month: 2025-02-30T00:00:00Z`},
		{"UTC", `"2025-06-01T25:00:00"`, `Invalid timestamp "2025-06-01T25:00:00": hour must be in 0..23: 2025-06-01T25:00:00`},
		{"UTC", `"2025-06-01T08:61:00"`, `Invalid timestamp "2025-06-01T08:61:00": minute must be in 0..59: 2025-06-01T08:61:00`},
		{"UTC", `"2025-06-01T08:00:61Z"`, `Invalid timestamp "2025-06-01T08:00:61Z": second must be in 0..59: 2025-06-01T08:00:61Z`},
		{"UTC", `"2025-06-01T08:30:00+05:30:15"`, `Invalid timestamp "2025-06-01T08:30:00+05:30:15": Unknown string format: 2025-06-01T08:30:00+05:30:15`},
		{"UTC", `"1e12"`, `Invalid timestamp "1e12": Unknown string format: 1e12`},
		{"UTC", `null`, `Invalid timestamp "None": Parser must be a string or character stream, not NoneType`},
		{"UTC", `["x"]`, `Invalid timestamp "['x']": Parser must be a string or character stream, not list`},
		{"UTC", `1e12`, "year 33658 is out of range"},
		{"UTC", `253402300800`, "year 10000 is out of range"},
		{"UTC", `-62135596801`, "year 0 is out of range"},
		{"UTC", `NaN`, "Invalid value NaN (not a number)"},
		{"UTC", `1e300`, `Unable to calculate correct timezone offset for "1e+300"`},
		{"UTC", `"inf"`, `Unable to calculate correct timezone offset for "inf"`},
		{"UTC", `100000000000000000000000000`, `Unable to calculate correct timezone offset for "100000000000000000000000000"`},
		{"Asia/Tokyo", `253402300799`, `Unable to calculate correct timezone offset for "253402300799"`},
	} {
		if got, err := zone(t, c.place).Timestamp(parse(t, c.wire)); errorText(err) != c.want {
			t.Errorf("%s: %q, %v; want %s", c.wire, got, err, c.want)
		}
	}
}

func FuzzTimestamp(f *testing.F) {
	for _, text := range []string{"2025-06-01T08:30:00Z", "Sun, 01 Jun 2025 08:30:00 GMT", "1748764800.5", "1e99", "t", "+-Z", "20250601T0830+01"} {
		f.Add(text)
	}
	z := output.NewZone(time.FixedZone("", 90*60), time.Unix(0, 0))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := z.Timestamp(text)
		if err != nil {
			return
		}
		if again, err := z.Timestamp(got); err != nil || again != got {
			t.Fatalf("%q becomes %q, which becomes %q, %v", text, got, again, err)
		}
	})
}
