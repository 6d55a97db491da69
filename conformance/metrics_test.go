package conformance

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A program that asks for metrics by queue and channel runs as it is, for pages
// of any size; and so it does with a key of another server, which has not one
// event and sends on what it is asked.
func TestMetrics_ProgramsPageThemWithBoto3HereAndSentOn(t *testing.T) {
	needBoto3(t)
	amazon := serve(t, t.TempDir())
	amazon.put(t, smallFloor()...)
	t.Setenv("AWS_ACCESS_KEY_ID", amazon.accessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", amazon.secretAccessKey)
	dir := t.TempDir()
	front := serve(t, dir, "--forward", region+"="+amazon.URL)
	reader := front.createKey(t, "--read", "--data-dir", dir)
	until(t, http.StatusOK, func() (int, string) { return reader.question(t) })
	type printed struct {
		Rows, Forwarded []string
		Total, Times    int
		Refused, Write  string
	}
	for size := 1; size <= 5; size++ {
		for _, c := range []struct {
			to               target
			forwarded, write string
		}{{amazon.target, "", "UnknownOperationException"}, {reader, "true", "AccessDeniedException"}} {
			want := printed{
				Rows: []string{ // online, available, on contact, after contact work, active and available slots, in queue
					"sales VOICE 3.0 1.0 2.0 1.0 2.0 2.0 -",
					"sales CHAT 2.0 1.0 1.0 0.0 1.0 2.0 -",
					"support CHAT 2.0 1.0 1.0 0.0 1.0 2.0 -",
					"support VOICE 2.0 1.0 1.0 1.0 1.0 2.0 -",
				},
				Forwarded: []string{c.forwarded}, Total: 4, Times: 1, Refused: "InvalidParameterException", Write: c.write,
			}
			var got printed
			if err := json.Unmarshal(runProgram(t, c.to, nil, "python3", filepath.Join("python", "metrics.py"), instanceID, strconv.Itoa(size)), &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("pages of %d of %s (-want +got):\n%s", size, c.to.URL, d)
			}
		}
	}
}
