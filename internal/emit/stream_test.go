package emit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"rollcall/internal/emit"
)

// streamFake takes records as Amazon Kinesis does; it refuses those that refuse picks.
type streamFake struct {
	refuse  func(request int, key string) bool
	fail    error
	request int
	largest int                 // records in a request
	byKey   map[string][]string // :: partition key -> data
}

func (f *streamFake) PutRecords(_ context.Context, in *kinesis.PutRecordsInput, _ ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error) {
	f.request++
	if f.fail != nil {
		return nil, f.fail
	}
	bytes := 0
	out := new(kinesis.PutRecordsOutput)
	for _, r := range in.Records {
		bytes += len(*r.PartitionKey) + len(r.Data)
		if f.refuse != nil && f.refuse(f.request, *r.PartitionKey) {
			out.Records = append(out.Records, types.PutRecordsResultEntry{ErrorCode: new("ProvisionedThroughputExceededException"), ErrorMessage: new("Rate exceeded")})
			continue
		}
		f.byKey[*r.PartitionKey] = append(f.byKey[*r.PartitionKey], string(r.Data))
		out.Records = append(out.Records, types.PutRecordsResultEntry{SequenceNumber: new("1"), ShardId: new("shardId-000000000000")})
	}
	f.largest = max(f.largest, len(in.Records))
	if len(in.Records) > 500 || bytes > 5<<20 {
		return nil, errors.New("ValidationException: too much in a request")
	}
	return out, nil
}

func streamer(f *streamFake) (s *emit.Streamer, refused *[]emit.Refused) {
	f.byKey, refused = make(map[string][]string), new([]emit.Refused)
	return &emit.Streamer{
		API: f, Name: new("events"),
		OnRefused: func(r emit.Refused) { *refused = append(*refused, r) },
		Wait:      func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}, refused
}

// Entries of a request fail singly; the agent's later events wait for them.
func TestStreamer_KeepsEachAgentsOrderWhateverFails(t *testing.T) {
	f := &streamFake{refuse: func(request int, key string) bool { return (request+len(key)+int(key[len(key)-1]))%3 == 0 }}
	s, refused := streamer(f)
	want := make(map[string][]string)
	var input strings.Builder
	for i := range 3000 {
		key := fmt.Sprintf("arn:agent/%d", i*i%701)
		body := fmt.Sprintf(`{"AgentARN":%q,"n":%d}`, key, i)
		want[key] = append(want[key], body)
		input.WriteString(body + "\n")
	}
	sent := int64(0)
	s.OnSent = func(n int64) { sent += n }
	if err := s.Emit(t.Context(), "x", strings.NewReader(input.String())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, f.byKey); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := s.Summary(); got.Kept != 3000 || got.Refused != 0 || len(*refused) != 0 {
		t.Errorf("summary %+v, refused %v", got, *refused)
	}
	if want := int64(input.Len()) - 1; sent != want {
		t.Errorf("%d bytes are done with, want %d", sent, want)
	}
}

func TestStreamer_FillsRequestsWithinTheirBounds(t *testing.T) {
	f := new(streamFake)
	s, _ := streamer(f)
	var input strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&input, `{"AgentARN":"a%d"}`, i)
	}
	for i := range 12 {
		fmt.Fprintf(&input, `{"AgentARN":"b%d","x":"%s"}`, i, strings.Repeat("x", 1_000_000))
	}
	if err := s.Emit(t.Context(), "x", strings.NewReader(input.String())); err != nil {
		t.Fatal(err)
	}
	if f.largest != 500 || s.Summary().Kept != 1212 {
		t.Errorf("%d records at most in a request, want 500; summary %+v", f.largest, s.Summary())
	}
}

func TestStreamer_RefusesWhatIsNoRecord(t *testing.T) {
	f := new(streamFake)
	s, refused := streamer(f)
	input := strings.Join([]string{
		`{"AgentARN":"a"}`, `{"x":1}`, `{"EventType":"ROLLCALL_FORGET","AgentARN":"a"}`,
		`{"AgentARN":"` + strings.Repeat("k", 257) + `"}`, `{"AgentARN":"a","x":"` + strings.Repeat("x", 1<<20) + `"}`,
		`{"AgentARN":7}`, `{"detail-type":"Amazon Connect Contact Event","detail":{"contactId":"c"}}`,
	}, "\n")
	if err := s.Emit(t.Context(), "x", strings.NewReader(input)); err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, r := range *refused {
		lines = append(lines, r.Line)
	}
	if !slices.Equal(lines, []int{2, 4, 5, 6}) || len(f.byKey["a"]) != 1 || len(f.byKey["c"]) != 1 {
		t.Errorf("refused %v, put %v", *refused, f.byKey)
	}
	if want := (emit.Summary{Kept: 2, Refused: 4, LeftOut: 1}); s.Summary() != want {
		t.Errorf("summary %+v, want %+v", s.Summary(), want)
	}
}

func TestStreamer_GivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		fake     streamFake
		requests int
	}{
		"at once, where the stream is not there":    {streamFake{fail: &types.ResourceNotFoundException{Message: new("no such stream")}}, 1},
		"when nothing is taken in as many tries":    {streamFake{refuse: func(int, string) bool { return true }}, 10},
		"when the request is slowed down, as often": {streamFake{fail: &types.ProvisionedThroughputExceededException{}}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := streamer(&c.fake)
			err := s.Emit(t.Context(), "x", strings.NewReader(`{"AgentARN":"a"}`))
			if err == nil || c.fake.request != c.requests || s.Summary().Kept != 0 {
				t.Errorf("error %v after %d requests, want one after %d", err, c.fake.request, c.requests)
			}
		})
	}
}
