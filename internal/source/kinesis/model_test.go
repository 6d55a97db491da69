package kinesis_test

import (
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/source/kinesis/kinesistest"
)

// step is one that a random day is made of.
type step struct {
	what  string
	n     int
	keys  []byte
	fault kinesistest.Fault

	fanOut string
}

var days = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
	return step{
		what: rapid.SampledFrom([]string{"put", "put", "put", "split", "merge", "restart", "wait", "fault", "break", "fail"}).Draw(t, "what"),
		n:    rapid.SampledFrom([]int{1, 2, 3, 7, 40, 400}).Draw(t, "n"), // of seconds: an iterator lasts 300
		keys: rapid.SliceOfN(rapid.SampledFrom([]byte{0, 60, 127, 128, 190, 255}), 1, 8).Draw(t, "keys"),
		fault: rapid.SampledFrom([]kinesistest.Fault{
			"ProvisionedThroughputExceededException", "ExpiredIteratorException", "LimitExceededException",
			"InternalFailureException",
			kinesistest.Lost, kinesistest.Cut, kinesistest.None,
		}).Draw(t, "fault"),
		fanOut: rapid.SampledFrom([]string{"", "rollcall"}).Draw(t, "fanOut"),
	}
}), 1, 40)

// Whatever happens to the stream, the journal, the reader and what is between
// them, and however the reader reads now and then, every record is kept, and the first time in the order in which those of
// its key were put.
func TestSource_LosesNothingAndKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		day := days.Draw(rt, "day")
		fanOut := rapid.SampledFrom([]string{"", "rollcall"}).Draw(rt, "fanOut")
		put, first := make(map[byte][]string), make(map[byte][]string) // :: key -> its records
		gaps, log := 0, ""
		synctest.Test(t, func(t *testing.T) {
			s := kinesistest.New("events")
			s.Most = 3
			r := newReader(s)
			r.fanOut = fanOut
			r.start(t)
			n := 0
			for _, is := range day {
				switch is.what {
				case "put":
					for _, key := range is.keys {
						data := fmt.Sprintf("%03d-%05d", key, n)
						n++
						put[key] = append(put[key], data)
						s.Put(key, data)
					}
				case "split":
					s.Split(is.n)
				case "merge":
					s.Merge(is.n)
				case "restart":
					r.stop()
					r.fanOut = is.fanOut
					r.start(t)
				case "wait":
					time.Sleep(time.Duration(is.n) * time.Second)
				case "fault":
					s.Fail(is.fault)
				case "break":
					if is.fault != kinesistest.None {
						s.Break(is.fault)
					}
				case "fail":
					r.mu.Lock()
					r.failing += is.n % 4
					r.mu.Unlock()
				}
			}
			r.await(n)
			r.stop()
			for _, data := range r.distinct() {
				key, err := strconv.Atoi(data[:3])
				if err != nil {
					t.Error(err)
				}
				first[byte(key)] = append(first[byte(key)], data)
			}
			gaps, log = r.gaps, r.log.String()
		})
		if diff := cmp.Diff(put, first); diff != "" || gaps > 0 {
			rt.Fatalf("%d gaps; kept otherwise (-put +kept):\n%s\n%s", gaps, diff, log)
		}
	})
}
