package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source"
)

const (
	// lookEvery is how often the stream is looked at: for shards that are new, and
	// whether it is still the same stream. The service allows 20 such questions a
	// second and account.
	lookEvery = 10 * time.Second

	// leastRetention is how long every stream keeps records; longer, if that is paid for.
	leastRetention = 24 * time.Hour

	// atOnce bounds how many shards have an answer in memory, of up to 10 MiB.
	atOnce = 4
)

// Source reads a stream. Make it with New, and have Run read.
type Source struct {
	Options
	name string
	room chan struct{} // holds a token for each answer in memory

	mu     sync.Mutex // for all below
	status source.Status
	shards map[string]*shard // :: id -> those that are read, or were
	told   map[string]time.Time
}

// New makes a Source. It does nothing before Run.
func New(o Options) *Source {
	o.Logger = o.Logger.With(slog.String("source", o.Stream.String()))
	return &Source{
		Options: o, name: o.Stream.String(), room: make(chan struct{}, atOnce),
		status: source.Status{Source: o.Stream.String(), State: source.StateWaiting, Trouble: "it was not looked at yet"},
		shards: make(map[string]*shard), told: make(map[string]time.Time),
	}
}

// Run reads until ctx ends. It goes on whatever happens: what hinders it is
// logged and in Status. What the journal holds must have been applied before.
func (s *Source) Run(ctx context.Context) {
	if s.Leases != nil {
		defer s.Leases.Leave()
	}
	var wait backoff
	for ctx.Err() == nil {
		err := s.follow(ctx, &wait)
		if ctx.Err() != nil {
			return
		}
		s.trouble(err)
		wait.sleep(ctx)
	}
}

// errAnew says that the stream is not the one that was read.
var errAnew = errors.New("the stream was made anew")

// follow reads the stream until it can't be looked at, or is another.
func (s *Source) follow(ctx context.Context, wait *backoff) error {
	is, err := s.describe(ctx)
	if err != nil {
		return err
	}
	whole, err := s.begin(ctx, is)
	if err != nil {
		return err
	}
	r := &reading{Source: s, whole: whole, ended: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(ctx)
	defer func() { cancel(); r.work.Wait(); s.leave() }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		switch err := r.look(ctx); {
		case err == nil:
			*wait = backoff{}
			s.clear()
		case isMissing(err) || ctx.Err() != nil:
			return err
		default: // what is read goes on
			s.trouble(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.ended: // its children can be read
		case <-look.C:
		}
	}
}

// description is what a stream says of itself.
type description struct {
	arn       string // as the stream was named, if it doesn't say
	made      time.Time
	retention time.Duration // how long it keeps records
}

func (s *Source) describe(ctx context.Context) (description, error) {
	in := &kinesis.DescribeStreamSummaryInput{}
	in.StreamName, in.StreamARN = s.Stream.names()
	out, err := s.API.DescribeStreamSummary(ctx, in)
	if err != nil {
		return description{}, fmt.Errorf("DescribeStreamSummary: %w", err)
	}
	is := out.StreamDescriptionSummary
	if is == nil || is.StreamCreationTimestamp == nil || is.StreamStatus == types.StreamStatusCreating || is.StreamStatus == types.StreamStatusDeleting {
		return description{}, errors.New("the stream is being made or deleted")
	}
	d := description{arn: s.Stream.ARN, made: is.StreamCreationTimestamp.UTC(), retention: leastRetention}
	if is.StreamARN != nil {
		d.arn = *is.StreamARN
	}
	if is.RetentionPeriodHours != nil {
		d.retention = time.Duration(*is.RetentionPeriodHours) * time.Hour
	}
	return d, nil
}

// begin gives what is known of the stream as a whole, and takes note of one that
// was never read, or was made anew. What is known goes by the stream's ARN,
// however it was named here.
func (s *Source) begin(ctx context.Context, is description) (source.Checkpoint, error) {
	whole := source.Checkpoint{Stream: s.name, Made: is.made}
	if is.arn != "" {
		whole.Stream = Stream{ARN: is.arn}.String()
	}
	if err := s.adopt(ctx, whole, Stream{Name: s.Stream.Name}.String()); err != nil {
		return whole, err
	}
	before, _, known := s.Checkpoints(whole.Stream)
	switch {
	case known && before.Made.Equal(is.made):
		return before, nil
	case known:
		s.gap("the stream was deleted and made again: it is read from its oldest record on",
			slog.Time("made_before", before.Made), slog.Time("made", is.made))
	default:
		whole.Since = s.From.since(s.Now())
		s.Logger.Info("a stream is read for the first time", slog.Time("made", is.made), slog.Time("since", whole.Since))
	}
	return whole, s.keep(ctx, &whole)
}

// adopt takes over what is known of the stream by its bare name, as servers noted
// it that were given that. It may be stopped anywhere: then it is done again.
func (s *Source) adopt(ctx context.Context, to source.Checkpoint, name string) error {
	whole, shards, known := s.Checkpoints(name)
	if !known || !whole.Made.Equal(to.Made) || name == to.Stream {
		return nil
	}
	all := append([]source.Checkpoint{whole}, slices.Collect(maps.Values(shards))...)
	for i := range all {
		all[i].Stream = to.Stream
	}
	for _, c := range append(all, source.Checkpoint{Stream: name, Made: whole.Made, Gone: true}) {
		if err := s.keep(ctx, &c); err != nil {
			return err
		}
	}
	for known && ctx.Err() == nil { // what is kept is applied later
		pause(ctx, 10*time.Millisecond)
		_, _, known = s.Checkpoints(name)
	}
	return ctx.Err()
}

// keep makes a checkpoint durable that comes without records.
func (s *Source) keep(ctx context.Context, c *source.Checkpoint) error {
	d := s.Begin(func(string, string) {})
	defer d.Close()
	if err := d.Keep(ctx, c.Record()); err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	return nil
}

// list gives all shards that the stream knows, by id.
func (s *Source) list(ctx context.Context) (map[string]types.Shard, error) {
	in := &kinesis.ListShardsInput{}
	in.StreamName, in.StreamARN = s.Stream.names()
	all := make(map[string]types.Shard)
	for {
		out, err := s.API.ListShards(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("ListShards: %w", err)
		}
		for _, is := range out.Shards {
			if is.ShardId != nil {
				all[*is.ShardId] = is
			}
		}
		if out.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken} // which may stand alone only
	}
}

// gap counts and tells that something may never have been read.
func (s *Source) gap(what string, attrs ...any) {
	s.Observe.Gap(s.name)
	s.Logger.Warn("there may be a gap in what was read", append([]any{slog.String("what", what)}, attrs...)...)
}
