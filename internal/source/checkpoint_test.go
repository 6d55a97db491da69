package source_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/source"
)

var made = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

func apply(t interface{ Fatal(args ...any) }, c *source.Checkpoints, all ...source.Checkpoint) {
	for _, is := range all {
		if err := c.Apply(rollcall.Position{}, is.Record()); err != nil {
			t.Fatal(err)
		}
	}
}

func shard(id, after string) source.Checkpoint {
	return source.Checkpoint{Stream: "kinesis:events", Made: made, Shard: id, After: after}
}

// A record of today must be read by every later release.
func TestDecode_Golden(t *testing.T) {
	golden := "\x04" + `{"EventType":"ROLLCALL_CHECKPOINT","Stream":"kinesis:events","Made":"2026-11-30T09:00:00Z",` +
		`"Shard":"shardId-000000000001","At":"2026-11-30T09:00:01.5Z","After":"495903"}`
	want := source.Checkpoint{
		Stream: "kinesis:events", Made: made, Shard: "shardId-000000000001", At: made.Add(1500 * time.Millisecond), After: "495903",
	}
	got, err := source.Decode([]byte(golden))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("decoded: %v\n%s", err, diff)
	}
	if record := want.Record(); string(record) != golden {
		t.Errorf("the record is %q", record)
	}
	if !source.Mine([]byte(golden[1:])) || source.Mine([]byte(`{"EventType":"LOGIN","AgentARN":"ROLLCALL_CHECKPOINT"}`)) {
		t.Error("a line is taken for what it isn't")
	}
}

func TestDecode_NamesWhatIsWrong(t *testing.T) {
	for record, want := range map[string]string{
		"":                               "another form",
		"\x01{}":                         "another form",
		"\x04{":                          "unexpected EOF",
		"\x04" + `{"EventType":"LOGIN"}`: `EventType is "LOGIN"`,
		"\x04" + `{"EventType":"ROLLCALL_CHECKPOINT"}`:                                                          "of no stream",
		"\x04" + `{"EventType":"ROLLCALL_CHECKPOINT","Stream":"s","After":"` + strings.Repeat("1", 2049) + `"}`: "more than 2048 bytes",
	} {
		if _, err := source.Decode([]byte(record)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", record, err, want)
		}
	}
}

func TestCheckpoints_NeverGoBack(t *testing.T) {
	c := source.NewCheckpoints()
	ended := shard("b", "20")
	ended.Ended = true
	apply(t, c, shard("a", "9"), shard("a", "10"), shard("a", "8"), ended, shard("b", "19"))
	_, shards, _ := c.Of("kinesis:events")
	if shards["a"].After != "10" || !shards["b"].Ended {
		t.Errorf("read up to %+v", shards)
	}
	gone := shard("b", "")
	gone.Gone = true
	anew := shard("c", "1")
	anew.Made = made.Add(time.Hour)
	apply(t, c, gone)
	if _, shards, _ = c.Of("kinesis:events"); len(shards) != 1 {
		t.Errorf("a shard that is gone is there: %+v", shards)
	}
	apply(t, c, source.Checkpoint{Stream: anew.Stream, Made: anew.Made}, anew, shard("a", "99"))
	whole, shards, known := c.Of("kinesis:events")
	if !known || !whole.Made.Equal(anew.Made) || len(shards) != 1 || shards["c"].After != "1" {
		t.Errorf("of a stream that was made anew: %+v, %+v", whole, shards)
	}
	if _, _, known := c.Of("kinesis:others"); known {
		t.Error("a stream that was never read is known")
	}
}

// Whoever applies what is restated has the same.
func TestCheckpoints_RestateThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, again := source.NewCheckpoints(), source.NewCheckpoints()
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			apply(t, c, source.Checkpoint{
				Stream: rapid.SampledFrom([]string{"kinesis:a", "kinesis:b"}).Draw(t, "stream"),
				Made:   made.Add(rapid.SampledFrom([]time.Duration{0, 1}).Draw(t, "made")),
				Shard:  rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "shard"),
				After:  rapid.SampledFrom([]string{"", "7", "12"}).Draw(t, "after"),
				Since:  made.Add(rapid.SampledFrom([]time.Duration{0, 1}).Draw(t, "since")),
				Ended:  rapid.Bool().Draw(t, "ended"), Gone: rapid.Bool().Draw(t, "gone"),
			})
		}
		for _, record := range c.Restate() {
			if err := again.Apply(rollcall.Position{}, record); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.EqualFunc(c.Restate(), again.Restate(), bytes.Equal) {
			t.Fatalf("restated:\n%q\nwant:\n%q", again.Restate(), c.Restate())
		}
	})
}
