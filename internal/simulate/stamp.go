package simulate

import "time"

// stamp is an instant as the stream writes it: milliseconds since 1970 UTC.
// The zero value stands for none.
type stamp int64

// stamp is now as the stream writes it.
func (c *Centre) stamp() stamp { return c.stampAt(c.now) }

func (c *Centre) stampAt(sinceStart time.Duration) stamp {
	return c.startAt + stamp(sinceStart/time.Millisecond)
}

// appendStamp appends s as a JSON string in ISO 8601 with milliseconds and Z,
// or null when it is none. An event has a dozen of them; time.Format would
// take as long as all the rest.
func appendStamp(dst []byte, s stamp) []byte {
	if s == 0 {
		return append(dst, "null"...)
	}
	const msADay = 24 * 60 * 60 * 1000
	year, month, day := civil(int64(s) / msADay)
	ms := int64(s) % msADay
	b := [26]byte([]byte(`"0000-00-00T00:00:00.000Z"`))
	put(b[1:5], year)
	put(b[6:8], month)
	put(b[9:11], day)
	put(b[12:14], ms/3_600_000)
	put(b[15:17], ms/60_000%60)
	put(b[18:20], ms/1000%60)
	put(b[21:24], ms%1000)
	return append(dst, b[:]...)
}

// put writes n in decimal over the whole of dst.
func put(dst []byte, n int64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}

// civil is the Gregorian date of a day counted from 1970-01-01, from then on.
// Years begin in March here, which puts the leap day last (the method of
// Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms").
func civil(days int64) (year, month, day int64) {
	const daysIn400Years = 146_097
	days += 719_468 // from 0000-03-01
	era, d := days/daysIn400Years, days%daysIn400Years
	y := (d - d/1460 + d/36_524 - d/146_096) / 365
	d -= 365*y + y/4 - y/100
	m := (5*d + 2) / 153
	day = d - (153*m+2)/5 + 1
	year, month = era*400+y, m+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}
