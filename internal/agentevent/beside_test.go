package agentevent_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/agentevent"
)

// BenchmarkDecode_BesideSyntaxOnly holds decoding against jsontext's validation
// of the same bytes, which refuses what Decode refuses for being no JSON, and
// makes nothing of the rest. Both are measured in turns of about a millisecond,
// ours first and last by turns; the ratio is the median of the turns' ratios.
func BenchmarkDecode_BesideSyntaxOnly(b *testing.B) {
	documents := centre{agents: 10_000}.documents()
	for _, form := range []struct {
		name   string
		bodies [][]byte
		valid  func([]byte) bool
		each   int // bodies in a turn
	}{
		{"single", documents, func(body []byte) bool { return jsontext.Value(body).IsValid() }, 100},
		{"array_of_100", joined(documents, "[", ",", "]"), func(body []byte) bool { return jsontext.Value(body).IsValid() }, 1},
		{"lines_of_100", joined(documents, "", "\n", "\n"), validLines, 1},
	} {
		b.Run(form.name, func(b *testing.B) {
			size, ratios := 0, []float64(nil)
			var ours, theirs time.Duration
			turn := func(i int, do func([]byte) bool) time.Duration {
				startedAt := time.Now()
				for k := range form.each {
					if !do(form.bodies[(i*form.each+k)%len(form.bodies)]) {
						b.Fatal("refused")
					}
				}
				return time.Since(startedAt)
			}
			for i := 0; b.Loop(); i++ {
				var mine, other time.Duration
				if i%2 == 0 {
					mine = turn(i, taken)
					other = turn(i, form.valid)
				} else {
					other = turn(i, form.valid)
					mine = turn(i, taken)
				}
				ours, theirs = ours+mine, theirs+other
				ratios = append(ratios, float64(other)/float64(mine))
				for k := range form.each {
					size += len(form.bodies[(i*form.each+k)%len(form.bodies)])
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "of-validation")
			b.ReportMetric(float64(size)/ours.Seconds()/1e6, "MB/s")
			b.ReportMetric(float64(size)/theirs.Seconds()/1e6, "validated-MB/s")
		})
	}
}

func taken(body []byte) bool {
	batch, err := agentevent.Decode(body, agentevent.DefaultLimits)
	return err == nil && len(batch.Refused) == 0
}

func validLines(body []byte) bool {
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	for {
		if _, err := d.ReadValue(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// joined are bodies of a hundred documents.
func joined(documents [][]byte, open, between, end string) [][]byte {
	var bodies [][]byte
	for hundred := range slices.Chunk(documents, 100) {
		bodies = append(bodies, []byte(open+string(bytes.Join(hundred, []byte(between)))+end))
	}
	return bodies
}
