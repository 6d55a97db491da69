package kinesistest

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// iteratorLasts is how long an iterator is good for.
const iteratorLasts = 5 * time.Minute

func (s *Stream) describeStreamSummary(*request) (object, error) {
	return object{"StreamDescriptionSummary": object{
		"StreamName": s.Name, "StreamARN": s.ARN(), "StreamStatus": "ACTIVE", "RetentionPeriodHours": int(s.retention / time.Hour),
		"StreamCreationTimestamp": epoch(s.made), "EnhancedMonitoring": []object{}, "OpenShardCount": len(s.open()), "ConsumerCount": len(s.consumers),
	}}, nil
}

// listShards gives two shards at a time.
func (s *Stream) listShards(in *request) (object, error) {
	at := 0
	if in.NextToken != "" {
		if in.StreamName != "" || in.StreamARN != "" {
			return nil, &refusal{"InvalidArgumentException", "NextToken and StreamName cannot be provided together."}
		}
		at, _ = strconv.Atoi(in.NextToken)
	}
	rest := s.shards[min(at, len(s.shards)):]
	page := make([]object, 0, 2)
	for _, sh := range rest[:min(2, len(rest))] {
		page = append(page, s.describe(sh))
	}
	out := object{"Shards": page}
	if len(rest) > 2 {
		out["NextToken"] = strconv.Itoa(at + 2)
	}
	return out, nil
}

func (s *Stream) describe(sh *shard) object {
	is := object{"ShardId": sh.id, "HashKeyRange": sh.keys(), "SequenceNumberRange": object{"StartingSequenceNumber": s.number(0)}}
	for i, member := range []string{"ParentShardId", "AdjacentParentShardId"} {
		if i < len(sh.parents) {
			is[member] = sh.parents[i]
		}
	}
	return is
}

// keys are the hashes of a shard's keys, of 128 bits.
func (sh *shard) keys() object {
	first := func(n int) *big.Int { return new(big.Int).Lsh(big.NewInt(int64(n)), 120) }
	return object{"StartingHashKey": first(sh.from).String(), "EndingHashKey": new(big.Int).Sub(first(sh.to), big.NewInt(1)).String()}
}

// number writes a sequence number, which tells of which creation of the stream it is.
func (s *Stream) number(n int64) string { return fmt.Sprintf("49%06d%048d", s.creation, n) }

func (s *Stream) parse(number string) (int64, error) {
	head := s.number(0)[:8]
	n, err := strconv.ParseInt(strings.TrimPrefix(number, head), 10, 64)
	if !strings.HasPrefix(number, head) || err != nil || n > s.last {
		return 0, &refusal{"InvalidArgumentException", "StartingSequenceNumber " + number + " is invalid because it did not come from this stream."}
	}
	return n, nil
}

// begin gives the number behind which somebody wants to read.
func (s *Stream) begin(sh *shard, kind, number string, at float64) (after int64, err error) {
	switch kind {
	case "AFTER_SEQUENCE_NUMBER":
		return s.parse(number)
	case "AT_SEQUENCE_NUMBER":
		after, err = s.parse(number)
		return after - 1, err
	case "AT_TIMESTAMP":
		for i := range sh.records {
			if epoch(sh.records[i].at) < at {
				after = sh.records[i].number
			}
		}
		return after, nil
	case "LATEST":
		return s.last, nil
	case "TRIM_HORIZON":
		return 0, nil
	}
	return 0, &refusal{"ValidationException", "no such position: " + kind}
}

func (s *Stream) shard(id string) (*shard, error) {
	if sh := s.find(id); sh != nil {
		return sh, nil
	}
	return nil, &refusal{"ResourceNotFoundException", "Shard " + id + " in stream " + s.Name + " under account " + account + " does not exist"}
}

func (s *Stream) getShardIterator(in *request) (object, error) {
	sh, err := s.shard(in.ShardId)
	if err != nil {
		return nil, err
	}
	after, err := s.begin(sh, in.ShardIteratorType, in.StartingSequenceNumber, in.Timestamp)
	if err != nil {
		return nil, err
	}
	return object{"ShardIterator": iterator(sh.id, after)}, nil
}

// iterator says: shard, the number before the next, when it was given.
func iterator(shard string, after int64) string {
	return fmt.Sprintf("%s/%d/%d", shard, after, time.Now().Unix())
}

// getRecords gives now and then no record though there are some.
func (s *Stream) getRecords(in *request) (object, error) {
	words := strings.Split(in.ShardIterator, "/")
	if len(words) != 3 {
		return nil, &refusal{"InvalidArgumentException", "Invalid ShardIterator."}
	}
	after, _ := strconv.ParseInt(words[1], 10, 64)
	given, _ := strconv.ParseInt(words[2], 10, 64)
	if time.Since(time.Unix(given, 0)) > iteratorLasts {
		return nil, &refusal{"ExpiredIteratorException", "Iterator expired."}
	}
	sh, err := s.shard(words[0])
	if err != nil {
		return nil, err
	}
	rest := sh.behind(after)
	page := rest[:min(s.Most, len(rest))]
	if s.asked["GetRecords"]%7 == 0 && len(rest) > 0 {
		page = nil
	}
	records, last := s.write(page)
	rest = rest[len(page):]
	out := object{"Records": records, "MillisBehindLatest": lag(rest)}
	switch {
	case len(rest) > 0 || !sh.closed:
		out["NextShardIterator"] = iterator(sh.id, max(after, last))
	default:
		out["ChildShards"] = s.children(sh)
	}
	return out, nil
}

// write gives records as answers have them, and the number of the last.
func (s *Stream) write(page []record) (all []object, last int64) {
	all = make([]object, 0, len(page))
	for i := range page {
		r := &page[i]
		last = r.number
		all = append(all, object{"Data": r.data, "PartitionKey": r.key, "SequenceNumber": s.number(r.number), "ApproximateArrivalTimestamp": epoch(r.at)})
	}
	return all, last
}

// lag is how long ago the first of what is still to be read was written.
func lag(rest []record) int64 {
	if len(rest) == 0 {
		return 0
	}
	return max(1, time.Since(rest[0].at).Milliseconds())
}

func (s *Stream) children(of *shard) []object {
	all := make([]object, 0, 2)
	for _, sh := range s.shards {
		for _, parent := range sh.parents {
			if parent == of.id {
				all = append(all, object{"ShardId": sh.id, "ParentShards": sh.parents, "HashKeyRange": sh.keys()})
			}
		}
	}
	return all
}

func (s *Stream) putRecords(in *request) (object, error) {
	all := make([]object, 0, len(in.Records))
	for i := range in.Records {
		r := &in.Records[i]
		sh, number := s.put(hashOf(r.PartitionKey), r.PartitionKey, r.Data)
		all = append(all, object{"ShardId": sh.id, "SequenceNumber": s.number(number)})
	}
	return object{"FailedRecordCount": 0, "Records": all}, nil
}
