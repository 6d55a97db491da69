package conformance

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// stream is a data stream in a Kinesis of the test's own, with the same programs
// that people use: kinesalite, and the AWS SDK for Go.
type stream struct {
	*kinesis.Client
	url  string
	name string
}

func startKinesis(t *testing.T) *stream {
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
	return &stream{url: url, name: "agent-events", Client: kinesis.New(kinesis.Options{
		Region: region, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, secretAccessKey, ""),
	})}
}

// settled waits until the stream can be used, or is gone.
func (s *stream) settled(t *testing.T) {
	t.Helper()
	for {
		is, err := s.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: &s.name})
		if err != nil || is.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			return
		}
	}
}

func (s *stream) create(t *testing.T, shards int32) {
	t.Helper()
	if _, err := s.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: &s.name, ShardCount: &shards}); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
}

func (s *stream) put(t *testing.T, documents [][]byte) {
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

// divide splits a shard or merges two, whichever can be.
func (s *stream) divide(t *testing.T) {
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

func (s *stream) serve(t *testing.T, dataDir string) *process {
	t.Helper()
	t.Setenv("AWS_REGION", region)
	t.Setenv("AWS_ACCESS_KEY_ID", accessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretAccessKey)
	return serve(t, dataDir, "--kinesis", s.name, "--kinesis-endpoint-url", s.url)
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

// agents gives what is known of each agent, in order of their ids. Who came first
// depends on the order of shards, and so do ordinals.
func (p *process) agents(t *testing.T) (lines []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Admin+"/debug/floor", nil)
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
	for line := range strings.Lines(string(all)) {
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

// Whatever is done to the stream and to the server, the floor is that of the same
// events posted one after the other.
func TestKinesis_TheFloorIsThatOfTheEventsThatWerePut(t *testing.T) {
	s := startKinesis(t)
	events := simulated(t, 60, "2h")
	direct := serve(t, t.TempDir())
	for batch := range slices.Chunk(events, 100) {
		if status, body, err := direct.post(t.Context(), "/v1/events?wait=visible", bytes.Join(batch, []byte("\n"))); status != http.StatusOK || err != nil {
			t.Fatal(status, body, err)
		}
	}
	want := direct.agents(t)
	direct.stop(t)

	dataDir := t.TempDir()
	server := s.serve(t, dataDir) // the stream does not exist yet
	s.create(t, 2)
	kills := cmp.Or(number(os.Getenv("KINESIS_KILLS")), 6)
	part := (len(events) + kills - 1) / kills
	for batch := range slices.Chunk(events, part) {
		half := len(batch) / 2
		s.put(t, batch[:half])
		s.divide(t)
		s.put(t, batch[half:])
		server.Kill()
		server = s.serve(t, dataDir)
	}
	server.awaitSame(t, want)
	if gaps := server.Log.Count("there may be a gap in what was read"); gaps > 0 {
		t.Errorf("%d gaps", gaps)
	}
	server.stop(t)
	t.Logf("%d events, %d agents, %d kills and divisions of shards: the same floor", len(events), len(want), kills)
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // 0 if there is none
	return n
}

// A stream that is deleted and made again is read from its beginning, and
// `rollcall sources` shows how that is going.
func TestKinesis_AStreamThatIsMadeAgainIsReadAgain(t *testing.T) {
	s := startKinesis(t)
	s.create(t, 1)
	events := simulated(t, 10, "10m")
	server := s.serve(t, t.TempDir())
	s.put(t, events[:1])
	server.awaitAgents(t, agentOf(t, events[0]))
	if _, err := s.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: &s.name}); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
	server.mustLog(t, "the stream can't be read now; it is tried again")
	s.create(t, 3) // in another second: kinesalite's instants have no parts of one
	s.put(t, events)
	for _, d := range events {
		server.awaitAgents(t, agentOf(t, d))
	}
	cmd := exec.CommandContext(t.Context(), binary(t), "sources", "--endpoint-url", server.URL)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretAccessKey)
	shown, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(shown), "shardId-") != 3 || !strings.Contains(string(shown), "reading") {
		t.Errorf("rollcall sources: %v\n%s", err, shown)
	}
	server.stop(t)
}

func (p *process) awaitAgents(t *testing.T, arn string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		if slices.ContainsFunc(p.agents(t), func(line string) bool { return strings.Contains(line, fmt.Sprintf("%q", arn)) }) {
			return
		}
	}
	t.Fatalf("%s never came; log:\n%s", arn, p.Log)
}
