package kinesis_test

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall"
	"rollcall/internal/source"
	"rollcall/internal/source/kinesis"
	"rollcall/internal/source/kinesis/kinesistest"
)

// reader is a Source, and what becomes of what it reads: a journal that holds
// records and checkpoints in one order, and fails when it is told to.
type reader struct {
	stream      *kinesistest.Stream
	checkpoints *source.Checkpoints
	name        string // of the stream, if not its own
	fanOut      string // the consumer, if shards are subscribed to
	options     func(*kinesis.Options)

	mu      sync.Mutex
	kept    []string
	heard   chan struct{} // holds a token when something was kept
	failing int           // so many of the next appends
	refused []string
	gaps    int
	behind  map[string]time.Duration // :: shard -> as it was told last
	log     bytes.Buffer
	lines   sync.Mutex
	is      *kinesis.Source
	stop    func()
}

func newReader(s *kinesistest.Stream) *reader {
	return &reader{stream: s, checkpoints: source.NewCheckpoints(), behind: make(map[string]time.Duration), heard: make(chan struct{}, 1)}
}

// start reads with a new Source, as after a restart.
func (r *reader) start(t *testing.T) {
	t.Helper()
	stream, err := kinesis.ParseStream(cmp.Or(r.name, r.stream.Name))
	if err != nil {
		t.Fatal(err)
	}
	o := kinesis.Options{
		Stream: stream, FanOut: r.fanOut, API: kinesis.NewClient(r.stream.Pipe(t)), Checkpoints: r.checkpoints.Of, Observe: r, Now: time.Now,
		Begin: func(leftOut func(label, reason string)) kinesis.Delivery {
			return &delivery{reader: r, leftOut: leftOut}
		},
		Logger: slog.New(slog.NewTextHandler(&lockedWriter{r}, nil)),
	}
	if r.options != nil {
		r.options(&o)
	}
	is := kinesis.New(o)
	r.is = is
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { is.Run(ctx); close(ended) }()
	r.stop = func() { cancel(); <-ended }
}

type lockedWriter struct{ r *reader }

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.r.lines.Lock()
	defer w.r.lines.Unlock()
	return w.r.log.Write(p)
}

func (r *reader) Read(string, int) {}

func (r *reader) Behind(_, shard string, behind time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind[shard] = behind
}

func (r *reader) Left(_, shard string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.behind, shard)
}

func (r *reader) lag() map[string]time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.behind)
}

func (r *reader) Refused(_, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = append(r.refused, reason)
}

func (r *reader) Gap(string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gaps++
}

func (r *reader) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

type delivery struct {
	*reader
	leftOut func(label, reason string)
	taken   []string
}

func (d *delivery) Take(_ context.Context, record []byte) error {
	if bytes.HasPrefix(record, []byte("bad")) {
		d.leftOut("contact_record", "a contact record, not an agent event")
		return nil
	}
	d.taken = append(d.taken, string(record))
	return nil
}

var errFull = rollcall.Errorf(rollcall.CodeUnavailable, "the journal is full")

func (d *delivery) Keep(_ context.Context, checkpoint []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failing > 0 {
		if d.failing--; d.failing%2 == 0 {
			d.kept = append(d.kept, d.taken...) // it is not known what became of it
		}
		return errFull
	}
	d.kept = append(d.kept, d.taken...)
	select {
	case d.heard <- struct{}{}:
	default:
	}
	return d.checkpoints.Apply(rollcall.Position{}, checkpoint)
}

func (d *delivery) Close() {}

// distinct are the records that were kept, each where it was kept first.
func (r *reader) distinct() (all []string) {
	seen := make(map[string]bool)
	for _, data := range r.all() {
		if !seen[data] {
			seen[data] = true
			all = append(all, data)
		}
	}
	return all
}

// await lets time pass until so many records were kept, or nobody would wait longer.
func (r *reader) await(n int) {
	for range 600 {
		if len(r.distinct()) >= n {
			return
		}
		time.Sleep(time.Second)
		synctest.Wait()
	}
}

// known is what the journal knows of the stream.
func (r *reader) known() (whole source.Checkpoint, shards map[string]source.Checkpoint, known bool) {
	return r.checkpoints.Of("kinesis:" + r.stream.ARN())
}

// apply has checkpoints in the journal.
func (r *reader) apply(t *testing.T, all ...source.Checkpoint) {
	t.Helper()
	for i := range all {
		if err := r.checkpoints.Apply(rollcall.Position{}, all[i].Record()); err != nil {
			t.Fatal(err)
		}
	}
}

// settle lets time pass until everything that can be read was.
func settle() {
	for range 12 {
		time.Sleep(10 * time.Second)
		synctest.Wait()
	}
}
