package kinesis_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// fakeStream is a stream as the service has it, as far as a Source sees it. Keys
// lie in shards by their first byte.
type fakeStream struct {
	mu        sync.Mutex
	there     bool
	made      time.Time
	retention time.Duration
	shards    []*fakeShard
	born      int            // shards, of this creation
	next      int64          // sequence number
	asked     map[string]int // :: operation -> how often
	faults    []error        // what the next questions are answered with; nil: as they should be
	unread    error          // what is answered to who would read records; nil: the records
}

type fakeShard struct {
	id       string
	parents  []string
	from, to int // of first bytes, to not included
	closed   bool
	records  []types.Record
}

func newStream() *fakeStream {
	s := &fakeStream{retention: 24 * time.Hour, asked: make(map[string]int)}
	s.create()
	return s
}

// create makes the stream, with two shards.
func (s *fakeStream) create() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there, s.made, s.shards, s.born = true, time.Now().UTC(), nil, 0
	s.add(nil, 0, 128)
	s.add(nil, 128, 256)
}

func (s *fakeStream) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there = false
}

func (s *fakeStream) add(parents []string, from, to int) {
	s.shards = append(s.shards, &fakeShard{id: fmt.Sprintf("shardId-%012d", s.born), parents: parents, from: from, to: to})
	s.born++
}

func (s *fakeStream) open() (all []*fakeShard) {
	for _, sh := range s.shards {
		if !sh.closed {
			all = append(all, sh)
		}
	}
	slices.SortFunc(all, func(a, b *fakeShard) int { return a.from - b.from })
	return all
}

func (s *fakeStream) put(key byte, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sh := range s.open() {
		if sh.from <= int(key) && int(key) < sh.to {
			s.next++
			sh.records = append(sh.records, types.Record{Data: []byte(data), SequenceNumber: new(strconv.FormatInt(s.next, 10)), ApproximateArrivalTimestamp: new(time.Now())})
			return
		}
	}
}

// split divides an open shard; nth counts them.
func (s *fakeStream) split(nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	sh := open[nth%len(open)]
	if sh.to-sh.from < 2 {
		return
	}
	sh.closed = true
	middle := (sh.from + sh.to) / 2
	s.add([]string{sh.id}, sh.from, middle)
	s.add([]string{sh.id}, middle, sh.to)
}

// merge joins an open shard with its neighbour.
func (s *fakeStream) merge(nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	if len(open) < 2 {
		return
	}
	i := nth % (len(open) - 1)
	open[i].closed, open[i+1].closed = true, true
	s.add([]string{open[i].id, open[i+1].id}, open[i].from, open[i+1].to)
}

// trim forgets what is older than the retention, and closed shards without records.
func (s *fakeStream) trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := func(r types.Record) bool { return time.Since(*r.ApproximateArrivalTimestamp) > s.retention }
	for _, sh := range s.shards {
		sh.records = slices.DeleteFunc(sh.records, old)
	}
	s.shards = slices.DeleteFunc(s.shards, func(sh *fakeShard) bool { return sh.closed && len(sh.records) == 0 })
}

// fail has the next question answered with a fault; nil: as it should be.
func (s *fakeStream) fail(fault error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fault)
}

// hide lets nobody read records, for a reason; nil: everybody again.
func (s *fakeStream) hide(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unread = reason
}

func (s *fakeStream) askedFor(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[operation]
}

// enter counts a question, and gives what it is answered with instead.
func (s *fakeStream) enter(operation string) error {
	s.asked[operation]++
	if !s.there {
		return &types.ResourceNotFoundException{Message: new("Stream events under account 111122223333 not found.")}
	}
	if len(s.faults) > 0 {
		fault := s.faults[0]
		s.faults = s.faults[1:]
		if expired := new(types.ExpiredIteratorException); errors.As(fault, &expired) && operation != "GetRecords" {
			return nil
		}
		return fault
	}
	return nil
}

func (s *fakeStream) DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.enter("DescribeStreamSummary"); err != nil {
		return nil, err
	}
	return &kinesis.DescribeStreamSummaryOutput{StreamDescriptionSummary: &types.StreamDescriptionSummary{
		StreamCreationTimestamp: new(s.made), StreamStatus: types.StreamStatusActive, RetentionPeriodHours: new(int32(s.retention / time.Hour)),
	}}, nil
}

// ListShards gives one shard at a time.
func (s *fakeStream) ListShards(_ context.Context, in *kinesis.ListShardsInput, _ ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.enter("ListShards"); err != nil {
		return nil, err
	}
	i := 0
	if in.NextToken != nil {
		if in.StreamName != nil || in.StreamARN != nil {
			return nil, &types.InvalidArgumentException{Message: new("NextToken and StreamName cannot be provided together.")}
		}
		i, _ = strconv.Atoi(*in.NextToken)
	}
	out := &kinesis.ListShardsOutput{}
	if i >= len(s.shards) {
		return out, nil
	}
	sh := s.shards[i]
	is := types.Shard{ShardId: &sh.id}
	for n, parent := range sh.parents {
		if n == 0 {
			is.ParentShardId = new(parent)
		} else {
			is.AdjacentParentShardId = new(parent)
		}
	}
	out.Shards = []types.Shard{is}
	if i+1 < len(s.shards) {
		out.NextToken = new(strconv.Itoa(i + 1))
	}
	return out, nil
}

func (s *fakeStream) find(id string) *fakeShard {
	for _, sh := range s.shards {
		if sh.id == id {
			return sh
		}
	}
	return nil
}

// An iterator says: shard, the number before the next, when it was given.
func (s *fakeStream) GetShardIterator(_ context.Context, in *kinesis.GetShardIteratorInput, _ ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.enter("GetShardIterator"), s.unread); err != nil {
		return nil, err
	}
	sh, after := s.find(*in.ShardId), int64(0)
	if sh == nil {
		return nil, &types.ResourceNotFoundException{Message: new("Shard not found")}
	}
	switch in.ShardIteratorType { //nolint:exhaustive // the others are not asked for
	case types.ShardIteratorTypeAfterSequenceNumber:
		after, _ = strconv.ParseInt(*in.StartingSequenceNumber, 10, 64)
		if after > s.next {
			return nil, &types.InvalidArgumentException{Message: new("StartingSequenceNumber is invalid because it did not come from this stream.")}
		}
	case types.ShardIteratorTypeAtTimestamp:
		for _, r := range sh.records {
			if r.ApproximateArrivalTimestamp.Before(*in.Timestamp) {
				after, _ = strconv.ParseInt(*r.SequenceNumber, 10, 64)
			}
		}
	case types.ShardIteratorTypeTrimHorizon:
	default:
		panic(in.ShardIteratorType)
	}
	return &kinesis.GetShardIteratorOutput{ShardIterator: iterator(sh.id, after)}, nil
}

func iterator(shard string, after int64) *string {
	return new(fmt.Sprintf("%s/%d/%d", shard, after, time.Now().Unix()))
}

// GetRecords gives at most three records, and now and then none though there are.
func (s *fakeStream) GetRecords(_ context.Context, in *kinesis.GetRecordsInput, _ ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.enter("GetRecords"), s.unread); err != nil {
		return nil, err
	}
	words := strings.Split(*in.ShardIterator, "/")
	after, _ := strconv.ParseInt(words[1], 10, 64)
	given, _ := strconv.ParseInt(words[2], 10, 64)
	if time.Since(time.Unix(given, 0)) > 5*time.Minute {
		return nil, &types.ExpiredIteratorException{Message: new("Iterator expired.")}
	}
	sh := s.find(words[0])
	if sh == nil {
		return nil, &types.ResourceNotFoundException{Message: new("Shard not found")}
	}
	out := &kinesis.GetRecordsOutput{MillisBehindLatest: new(int64(0))}
	rest := sh.records
	for len(rest) > 0 {
		if n, _ := strconv.ParseInt(*rest[0].SequenceNumber, 10, 64); n > after {
			break
		}
		rest = rest[1:]
	}
	if s.asked["GetRecords"]%7 == 0 && len(rest) > 0 {
		*out.MillisBehindLatest = 1000
		out.NextShardIterator = iterator(sh.id, after)
		return out, nil
	}
	for _, r := range rest[:min(3, len(rest))] {
		after, _ = strconv.ParseInt(*r.SequenceNumber, 10, 64)
		out.Records = append(out.Records, r)
	}
	if len(rest) > 3 {
		*out.MillisBehindLatest = time.Since(*rest[3].ApproximateArrivalTimestamp).Milliseconds()
	}
	if len(rest) > 3 || !sh.closed {
		out.NextShardIterator = iterator(sh.id, after)
	}
	return out, nil
}
