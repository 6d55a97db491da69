package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal"
	"rollcall/internal/simulate"
	"rollcall/internal/source"
	"rollcall/internal/source/kinesis/kinesistest"
)

// What is noted on one node stands on the other, is replaced or removed by who saw
// it alone, and lies in a bucket that NATS's own tools read.
func TestNATS_NotesAreWrittenOverWhatWasSeen(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	notes := func(l journal.Board, prefix string) map[string]journal.Note {
		t.Helper()
		all, err := l.Notes(t.Context(), prefix)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	const key = "kinesis=3Aevents.shard.1"
	if all := notes(a, "kinesis=3Aevents"); len(all) != 0 {
		t.Fatalf("at first there is %v", all)
	}
	for _, key := range []string{key, "kinesis=3Aevents.node.a", "kinesis=3Aothers.shard.1"} {
		if err := a.PutNote(t.Context(), key, "a", 0); err != nil {
			t.Fatal(err)
		}
	}
	seen := notes(b, "kinesis=3Aevents")
	if len(seen) != 2 || seen[key].Text != "a" {
		t.Fatalf("b sees %v", seen)
	}
	if err := b.PutNote(t.Context(), key, "b", 0); !errors.Is(err, journal.ErrNoteChanged) {
		t.Errorf("a note that b did not see is written over: %v", err)
	}
	if err := b.PutNote(t.Context(), key, "b", seen[key].Revision); err != nil {
		t.Error(err)
	}
	if err := a.PutNote(t.Context(), key, "a", seen[key].Revision); !errors.Is(err, journal.ErrNoteChanged) {
		t.Errorf("a wrote over b's note: %v", err)
	}
	if err := a.DropNote(t.Context(), key, seen[key].Revision); err != nil {
		t.Error(err)
	}
	now := notes(a, "kinesis=3Aevents")
	if now[key].Text != "b" {
		t.Errorf("after a removed what it saw there is %v", now)
	}
	if err := b.DropNote(t.Context(), key, now[key].Revision); err != nil {
		t.Error(err)
	}
	if now = notes(a, "kinesis=3Aevents"); len(now) != 1 {
		t.Errorf("after b removed its note there is %v", now)
	}
	bucket, err := c.js(t).KeyValue(t.Context(), "ROLLCALL-LEASES")
	if err != nil {
		t.Fatal(err)
	}
	entry, err := bucket.Get(t.Context(), "kinesis=3Aothers.shard.1")
	if err != nil || string(entry.Value()) != "a" {
		t.Errorf("the bucket has %v, %v", entry, err)
	}
	if status, err := bucket.Status(t.Context()); err != nil || status.TTL() != 10*time.Minute || status.History() != 1 || status.(*jetstream.KeyValueBucketStatus).StreamInfo().Config.Replicas != 3 {
		t.Errorf("the bucket is %+v, %v", status, err)
	}
}

// leaveNotes holds a log to what nodes do with notes.
func leaveNotes(t *testing.T, l journal.Board) {
	t.Helper()
	if _, err := l.Notes(t.Context(), "stream"); err != nil {
		t.Error(err)
	}
	if err := l.PutNote(t.Context(), "stream.node.a", "a", 0); err != nil {
		t.Error(err)
	}
	all, err := l.Notes(t.Context(), "stream")
	if err != nil || len(all) != 1 {
		t.Errorf("noted %v, %v", all, err)
	}
	if err := l.DropNote(t.Context(), "stream.node.a", all["stream.node.a"].Revision); err != nil {
		t.Error(err)
	}
}

// leased gives how many shards a node reads, and who reads which, as it is told.
func (n *serveNode) leased(t *testing.T) (readers map[string]string) {
	t.Helper()
	resp, err := n.Do(t.Context(), http.MethodGet, "/v1/sources", nil, nil)
	if err != nil || resp.Status != http.StatusOK {
		t.Fatalf("/v1/sources: %+v, %v", resp, err)
	}
	var told struct{ Sources []source.Status }
	if err := json.Unmarshal(resp.Body, &told); err != nil || len(told.Sources) != 1 {
		t.Fatalf("/v1/sources: %s, %v", resp.Body, err)
	}
	readers = make(map[string]string)
	own := 0
	for _, sh := range told.Sources[0].Shards {
		readers[sh.Shard] = sh.Node
		if sh.State == source.StateReading {
			own++
		}
	}
	if _, text := n.page(t, "/metrics"); !strings.Contains(text, fmt.Sprintf("rollcall_source_leases{source=%q} %d\n", told.Sources[0].Source, own)) {
		readers["metrics"] = "otherwise" // a moment later
	}
	return readers
}

// awaitShared waits until all nodes agree that each reads so many shards.
func awaitShared(t *testing.T, nodes map[string]*serveNode, each int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d nodes read %d shards each", len(nodes), each), func() bool {
		var first map[string]string
		for _, n := range nodes {
			readers, count := n.leased(t), make(map[string]int)
			for _, node := range readers {
				count[node]++
			}
			if first == nil {
				first = readers
			}
			if len(count) != len(nodes) || !maps.Equal(first, readers) {
				return false
			}
			for name := range nodes {
				if count[name] != each {
					return false
				}
			}
		}
		return true
	})
}

// agents gives what is known of each agent, in order of their ARNs. Who came first
// depends on the order of shards.
func (n *serveNode) agents(t *testing.T) (lines []string) {
	t.Helper()
	_, dump := n.page(t, "/debug/floor")
	for line := range strings.Lines(dump) {
		if !strings.Contains(line, `"Ordinal":`) || strings.Contains(line, `"kind":`) {
			continue
		}
		var agent map[string]any
		if err := json.Unmarshal([]byte(line), &agent); err != nil {
			t.Fatal(err)
		}
		delete(agent, "Ordinal")
		plain, err := json.Marshal(agent)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(plain))
	}
	slices.Sort(lines)
	return lines
}

// Nodes of a cluster share the shards of a stream, take over from one that is
// killed, and give to one that comes. The floor is that of the events that were put.
func TestServe_NodesShareTheShardsOfAStream(t *testing.T) {
	t.Parallel()
	stream := kinesistest.New("events")
	stream.Create(4)
	amazon := httptest.NewServer(stream)
	defer amazon.Close()
	c := startNATSCluster(t, 3)
	program := builtBinary(t)
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	env := []string{tokenSecretEnv, "AWS_REGION=" + kinesistest.Region, "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret"}
	start := func(name string) *serveNode {
		t.Helper()
		s := serving(t, program, env, c.urls(), "--node-name", name, "--kinesis", "events", "--kinesis-endpoint-url", amazon.URL)
		return startServing(ctx, t, s, name)
	}

	var events [][]byte
	var arns []string
	centre := simulate.New(simulate.Config{Agents: 40, Seed: 5, Duration: time.Hour, Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)})
	for e, more := centre.Next(); more; e, more = centre.Next() {
		events, arns = append(events, e.AppendJSON(nil)), append(arns, e.AgentARN)
	}
	put := func(from, to int) {
		for i := len(events) * from / 3; i < len(events)*to/3; i++ {
			stream.PutKey(arns[i], events[i])
		}
	}
	direct := startServe(t, program, c.urls(), "direct", "--nats-stream", newJournalName())
	for batch := range slices.Chunk(events, 200) {
		var body []byte
		for _, e := range batch {
			body = append(append(body, e...), '\n')
		}
		if resp := direct.send(t, "/v1/events?wait=visible", nil, string(body)); resp.Status != http.StatusOK {
			t.Fatalf("%d %s", resp.Status, resp.Body)
		}
	}

	a, b := start("a"), start("b")
	awaitShared(t, map[string]*serveNode{"a": a, "b": b}, 2)
	put(0, 1)
	b.Kill()
	put(1, 2)
	awaitShared(t, map[string]*serveNode{"a": a}, 4)
	last := start("c")
	put(2, 3)
	awaitShared(t, map[string]*serveNode{"a": a, "c": last}, 2)
	if err := a.Stop(); err != nil {
		t.Error(err)
	}
	awaitShared(t, map[string]*serveNode{"c": last}, 4)
	want := direct.agents(t)
	eventually(t, "the floor is that of the events", func() bool { return slices.Equal(last.agents(t), want) })
	for _, n := range []*serveNode{a, b, last} {
		if strings.Contains(n.Log.String(), "there may be a gap") {
			t.Errorf("logged:\n%s", n.Log)
		}
	}
}
