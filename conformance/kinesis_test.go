package conformance

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source/kinesis/kinesistest"
)

// stream is a data stream in a Kinesis of the test's own.
type stream interface {
	create(t *testing.T, shards int)
	remove(t *testing.T)
	put(t *testing.T, documents [][]byte)
	divide(t *testing.T) // splits a shard or merges two, whichever can be
	serve(t *testing.T, dataDir string) *process
}

const streamName = "agent-events"

// ways are those in which the product reads a stream: by asking kinesalite, the
// program that people test with, and by enhanced fan-out, which only our own has.
var ways = map[string]func(*testing.T) stream{"polling": startKinesalite, "fan-out": startFanOut}

func serveFrom(t *testing.T, dataDir, url string, flags ...string) *process {
	t.Helper()
	t.Setenv("AWS_REGION", region)
	t.Setenv("AWS_ACCESS_KEY_ID", accessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretAccessKey)
	return serve(t, dataDir, append([]string{"--kinesis", streamName, "--kinesis-endpoint-url", url}, flags...)...)
}

// fanOut is a stream that is subscribed to.
type fanOut struct {
	*kinesistest.Stream
	url string
}

func startFanOut(t *testing.T) stream {
	t.Helper()
	s := kinesistest.New(streamName)
	s.Again = 100 * time.Millisecond // so that kills meet with subscriptions, not with waiting for them
	s.Delete()
	double := httptest.NewServer(s)
	t.Cleanup(func() { double.CloseClientConnections(); double.Close() })
	return &fanOut{s, double.URL}
}

func (s *fanOut) create(_ *testing.T, shards int) { s.Create(shards) }
func (s *fanOut) remove(*testing.T)               { s.Delete() }

func (s *fanOut) put(t *testing.T, documents [][]byte) {
	t.Helper()
	for _, d := range documents {
		s.PutKey(agentOf(t, d), d)
	}
}

func (s *fanOut) divide(*testing.T) {
	if nth := rand.Int(); rand.IntN(2) == 0 {
		s.Split(nth)
	} else {
		s.Merge(nth)
	}
}

func (s *fanOut) serve(t *testing.T, dataDir string) *process {
	t.Helper()
	return serveFrom(t, dataDir, s.url, "--kinesis-fan-out")
}

// kinesalite is a stream that is asked for records.
type kinesalite struct {
	*kinesis.Client
	url  string
	name string
}

func startKinesalite(t *testing.T) stream {
	t.Helper()
	needJavaScript(t)
	if _, err := os.Stat(filepath.Join("js", "node_modules", "kinesalite")); err != nil {
		t.Skipf("skipped: kinesalite is not installed (make conformance/js/node_modules, which needs npm): %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "kinesalite.mjs")
	cmd.Dir = "js"
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = strings.TrimSpace(url)
	return &kinesalite{url: url, name: streamName, Client: kinesis.New(kinesis.Options{
		Region: region, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, secretAccessKey, ""),
	})}
}

// settled waits until the stream can be used, or is gone.
func (s *kinesalite) settled(t *testing.T) {
	t.Helper()
	for {
		is, err := s.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: &s.name})
		if err != nil || is.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			return
		}
	}
}

func (s *kinesalite) create(t *testing.T, shards int) {
	t.Helper()
	if _, err := s.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: &s.name, ShardCount: aws.Int32(int32(shards))}); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
}

func (s *kinesalite) remove(t *testing.T) {
	t.Helper()
	if _, err := s.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: &s.name}); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
}

func (s *kinesalite) put(t *testing.T, documents [][]byte) {
	t.Helper()
	for batch := range slices.Chunk(documents, 100) {
		in := &kinesis.PutRecordsInput{StreamName: &s.name}
		for _, d := range batch {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: d, PartitionKey: aws.String(agentOf(t, d))})
		}
		if out, err := s.PutRecords(t.Context(), in); err != nil || aws.ToInt32(out.FailedRecordCount) > 0 {
			t.Fatal(out, err)
		}
	}
}

func (s *kinesalite) divide(t *testing.T) {
	t.Helper()
	out, err := s.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: &s.name})
	if err != nil {
		t.Fatal(err)
	}
	open := slices.DeleteFunc(out.Shards, func(is types.Shard) bool { return is.SequenceNumberRange.EndingSequenceNumber != nil })
	number := func(text *string) *big.Int { n, _ := new(big.Int).SetString(*text, 10); return n }
	slices.SortFunc(open, func(a, b types.Shard) int {
		return number(a.HashKeyRange.StartingHashKey).Cmp(number(b.HashKeyRange.StartingHashKey))
	})
	if i := rand.IntN(len(open)); len(open) > 4 && i+1 < len(open) {
		_, err = s.MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: &s.name, ShardToMerge: open[i].ShardId, AdjacentShardToMerge: open[i+1].ShardId})
	} else {
		middle := new(big.Int).Add(number(open[i].HashKeyRange.StartingHashKey), number(open[i].HashKeyRange.EndingHashKey))
		_, err = s.SplitShard(t.Context(), &kinesis.SplitShardInput{
			StreamName: &s.name, ShardToSplit: open[i].ShardId, NewStartingHashKey: aws.String(middle.Rsh(middle, 1).String()),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	s.settled(t)
}

func (s *kinesalite) serve(t *testing.T, dataDir string) *process {
	t.Helper()
	return serveFrom(t, dataDir, s.url)
}

func agentOf(t *testing.T, document []byte) string {
	t.Helper()
	var d struct{ AgentARN string }
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return d.AgentARN
}

// simulated gives agent events of a virtual centre, in order.
func simulated(t *testing.T, agents int, duration string) [][]byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary(t), "simulate", "--rate", "max", "--agents", strconv.Itoa(agents), "--duration", duration).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return slices.DeleteFunc(lines, func(l []byte) bool { return !bytes.Contains(l, []byte(`"AgentARN"`)) })
}

// get gives a page of the admin port.
func (p *process) get(t *testing.T, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Admin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// agents gives what is known of each agent, in order of their ids. Who came first
// depends on the order of shards, and so do ordinals.
func (p *process) agents(t *testing.T) (lines []string) {
	t.Helper()
	for line := range strings.Lines(p.get(t, "/debug/floor")) {
		if !strings.Contains(line, `"Ordinal":`) || strings.Contains(line, `"kind":`) {
			continue // since when something is called so depends on the order of shards, too
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

// awaitSame waits until the server has the floor of the events posted directly.
func (p *process) awaitSame(t *testing.T, want []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var got []string
	for !slices.Equal(got, want) {
		if ctx.Err() != nil {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("agent %d is\n%s\nwant\n%s\nlog:\n%s", i, got[i], want[i], p.Log)
				}
			}
			t.Fatalf("%d agents, want %d; log:\n%s", len(got), len(want), p.Log)
		}
		got = p.agents(t)
	}
}

// posted gives what is known of agents when events are posted one after the other.
func posted(t *testing.T, events [][]byte) []string {
	t.Helper()
	direct := serve(t, t.TempDir())
	defer direct.stop(t)
	for batch := range slices.Chunk(events, 100) {
		if status, body, err := direct.post(t.Context(), "/v1/events?wait=visible", bytes.Join(batch, []byte("\n"))); status != http.StatusOK || err != nil {
			t.Fatal(status, body, err)
		}
	}
	return direct.agents(t)
}

// Whatever is done to the stream and to the server, the floor is that of the same
// events posted one after the other.
func TestKinesis_TheFloorIsThatOfTheEventsThatWerePut(t *testing.T) {
	for way, start := range ways {
		t.Run(way, func(t *testing.T) {
			s := start(t)
			events := simulated(t, 60, "2h")
			want := posted(t, events)
			dataDir := t.TempDir()
			server := s.serve(t, dataDir) // the stream does not exist yet
			s.create(t, 2)
			kills := cmp.Or(number(os.Getenv("KINESIS_KILLS")), 6)
			divisions := max(kills, 20)
			for i := range divisions {
				part := events[i*len(events)/divisions : (i+1)*len(events)/divisions]
				half := len(part) / 2
				s.put(t, part[:half])
				s.divide(t)
				s.put(t, part[half:])
				if (i+1)*kills/divisions > i*kills/divisions {
					server.awaitReading(t)
					server.Kill()
					server = s.serve(t, dataDir)
				}
			}
			server.awaitSame(t, want)
			if gaps := server.Log.Count("there may be a gap in what was read"); gaps > 0 {
				t.Errorf("%d gaps", gaps)
			}
			server.stop(t)
			t.Logf("%d events, %d agents, %d divisions of shards, %d kills: the same floor", len(events), len(want), divisions, kills)
		})
	}
}

// awaitReading waits until the server has dealt with a record since it was started.
func (p *process) awaitReading(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	read := regexp.MustCompile(`(?m)^rollcall_source_records_total\{.*\} [1-9]`)
	for !read.MatchString(p.get(t, "/metrics")) {
		if ctx.Err() != nil {
			t.Fatalf("nothing was read; log:\n%s", p.Log)
		}
	}
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // 0 if there is none
	return n
}

// A stream that is deleted and made again is read from its beginning, on the floor
// that was there, and `rollcall sources` shows how that is going.
func TestKinesis_AStreamThatIsMadeAgainIsReadAgain(t *testing.T) {
	for way, start := range ways {
		t.Run(way, func(t *testing.T) {
			s := start(t)
			s.create(t, 1)
			events := simulated(t, 10, "1h")
			half := len(events) / 2
			server := s.serve(t, t.TempDir())
			s.put(t, events[:half])
			server.awaitSame(t, posted(t, events[:half]))
			s.remove(t)
			server.mustLog(t, "the stream can't be read now; it is tried again")
			s.create(t, 3) // in another second: kinesalite's instants have no parts of one
			s.put(t, events[half:])
			server.awaitSame(t, posted(t, events))
			if gaps := server.Log.Count("there may be a gap in what was read"); gaps != 1 {
				t.Errorf("%d gaps, want that of the stream; log:\n%s", gaps, server.Log)
			}
			cmd := exec.CommandContext(t.Context(), binary(t), "sources", "--endpoint-url", server.URL)
			cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretAccessKey)
			shown, err := cmd.CombinedOutput()
			if err != nil || strings.Count(string(shown), "shardId-") != 3 || !strings.Contains(string(shown), "reading") || !strings.Contains(string(shown), way) {
				t.Errorf("rollcall sources: %v\n%s", err, shown)
			}
			server.stop(t)
		})
	}
}
