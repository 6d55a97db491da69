package kinesis

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"rollcall"
	"rollcall/internal/source"
)

// API is what a Source asks of Amazon Kinesis; *kinesis.Client is one. It should
// not retry: the Source does.
type API interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
	ListShards(context.Context, *kinesis.ListShardsInput, ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error)
	GetShardIterator(context.Context, *kinesis.GetShardIteratorInput, ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error)
	GetRecords(context.Context, *kinesis.GetRecordsInput, ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error)

	// With fan-out alone.
	DescribeStreamConsumer(context.Context, *kinesis.DescribeStreamConsumerInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamConsumerOutput, error)
	RegisterStreamConsumer(context.Context, *kinesis.RegisterStreamConsumerInput, ...func(*kinesis.Options)) (*kinesis.RegisterStreamConsumerOutput, error)
	SubscribeToShard(context.Context, *kinesis.SubscribeToShardInput, ...func(*kinesis.Options)) (*kinesis.SubscribeToShardOutput, error)
}

// Delivery takes in records and makes them durable with a checkpoint, see
// ingest.Delivery. After an error it is closed, and all is taken again.
type Delivery interface {
	Take(ctx context.Context, record []byte) error
	Keep(ctx context.Context, checkpoint []byte) error
	Close()
}

// Options are what a Source is made of. All but FanOut must be given.
type Options struct {
	Stream Stream
	From   From
	API    API
	FanOut string // the consumer by which shards are subscribed to; empty: they are polled

	// Begin begins a delivery. leftOut is told, with a label, why something in the
	// record being taken is left out.
	Begin func(leftOut func(label, reason string)) Delivery
	// Checkpoints gives those of the stream that the journal holds.
	Checkpoints func(stream string) (whole source.Checkpoint, shards map[string]source.Checkpoint, known bool)

	// Leases share the shards out among the nodes of a cluster; nil: all are read.
	Leases Leases

	Observe Observer
	Logger  *slog.Logger
	Now     func() time.Time
}

// Leases say who reads which shard, see package lease. One goroutine asks.
type Leases interface {
	Node() string // this node
	// Share gives the node that reads each of the shards that can be read now, as
	// far as that is known.
	Share(ctx context.Context, shards []string) map[string]string
	Leave() // nothing is read any more
}

// Observer is told what a Source does, for metrics. It must not wait.
type Observer interface {
	Behind(stream, shard string, behind time.Duration) // how far the reading is behind the stream
	Left(stream, shard string)                         // the shard is read no more
	Read(stream string, records int)                   // that are dealt with
	Refused(stream, reason string)                     // something in a record is no agent event
	Gap(stream string)                                 // something may never have been read
}

// Stream names a stream, by name or ARN. Requests name it in the same way.
type Stream struct {
	Name   string // of both
	ARN    string // empty if it was named by its name
	Region string // of the ARN
}

var (
	streamName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`) })
	streamARN  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^arn:aws[a-z0-9-]*:kinesis:([a-z0-9-]{1,64}):[0-9]{12}:stream/([a-zA-Z0-9_.-]{1,128})$`)
	})
)

// ParseStream reads a name or an ARN.
func ParseStream(text string) (Stream, error) {
	if m := streamARN().FindStringSubmatch(text); m != nil {
		return Stream{Name: m[2], ARN: text, Region: m[1]}, nil
	}
	if !streamName().MatchString(text) {
		return Stream{}, fmt.Errorf("want the name of a stream (letters, digits, _ . -, at most 128) or its ARN, as arn:aws:kinesis:REGION:ACCOUNT:stream/NAME, not %q", rollcall.Shorten(text))
	}
	return Stream{Name: text}, nil
}

// String is how the stream was named, behind what it is: that is how metrics name
// it, and how checkpoints do once its ARN is known.
func (s Stream) String() string {
	if s.ARN != "" {
		return "kinesis:" + s.ARN
	}
	return "kinesis:" + s.Name
}

// ParseConsumer reads the name of a consumer.
func ParseConsumer(text string) (string, error) {
	if !streamName().MatchString(text) {
		return "", fmt.Errorf("want the name of a consumer (letters, digits, _ . -, at most 128), not %q", rollcall.Shorten(text))
	}
	return text, nil
}

// names are the two members by which requests name the stream.
func (s Stream) names() (name, arn *string) {
	if s.ARN != "" {
		return nil, &s.ARN
	}
	return &s.Name, nil
}

// mode is how shards are read.
func (o *Options) mode() string {
	if o.FanOut != "" {
		return source.ModeFanOut
	}
	return source.ModePolling
}

// From is where the reading of a stream begins that was never read before.
type From struct {
	Latest bool      // with what is written from now on
	At     time.Time // with what was written then; zero: with the oldest that is there
}

// ParseFrom reads trim-horizon, latest or an instant of RFC 3339.
func ParseFrom(text string) (From, error) {
	switch strings.ToLower(text) {
	case "trim-horizon":
		return From{}, nil
	case "latest":
		return From{Latest: true}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return From{}, fmt.Errorf("want trim-horizon, latest or an instant such as 2026-01-31T08:00:00Z, not %q", rollcall.Shorten(text))
	}
	return From{At: at.UTC()}, nil
}

// since is the instant from which on the stream is read; zero for all of it.
func (f From) since(now time.Time) time.Time {
	if f.Latest {
		return now.UTC()
	}
	return f.At
}
