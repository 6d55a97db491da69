package kinesis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/source"
	"rollcall/internal/source/kinesis"
)

// reader is a Source, and what becomes of what it reads: a journal that holds
// records and checkpoints in one order, and fails when it is told to.
type reader struct {
	stream      *fakeStream
	checkpoints *source.Checkpoints
	options     func(*kinesis.Options)

	mu      sync.Mutex
	kept    []string
	failing int // so many of the next appends
	refused []string
	gaps    int
	behind  map[string]time.Duration // :: shard -> as it was told last
	log     bytes.Buffer
	lines   sync.Mutex
	is      *kinesis.Source
	stop    func()
}

func newReader(s *fakeStream) *reader {
	return &reader{stream: s, checkpoints: source.NewCheckpoints(), behind: make(map[string]time.Duration)}
}

// start reads with a new Source, as after a restart.
func (r *reader) start(t *testing.T) {
	t.Helper()
	stream, err := kinesis.ParseStream("events")
	if err != nil {
		t.Fatal(err)
	}
	o := kinesis.Options{
		Stream: stream, API: r.stream, Checkpoints: r.checkpoints.Of, Observe: r, Now: time.Now,
		Begin: func(leftOut func(label, reason string)) kinesis.Delivery {
			return &delivery{reader: r, leftOut: leftOut}
		},
		Logger: slog.New(slog.NewTextHandler(&lockedWriter{r}, nil)),
	}
	if r.options != nil {
		r.options(&o)
	}
	r.is = kinesis.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { r.is.Run(ctx); close(ended) }()
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
	return d.checkpoints.Apply(rollcall.Position{}, checkpoint)
}

func (d *delivery) Close() {}

// settle lets time pass until everything that can be read was.
func settle() {
	for range 30 {
		time.Sleep(10 * time.Second)
		synctest.Wait()
	}
}

func TestSource_ReadsWhatIsThereAndWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		for i := range 10 {
			s.put(1, fmt.Sprint("a", i))
		}
		s.put(200, "b0")
		r.start(t)
		defer func() { r.stop() }()
		settle()
		if got := r.all(); len(got) != 11 {
			t.Errorf("read %v", got)
		}
		began := time.Now()
		s.put(200, "b1")
		for len(r.all()) < 12 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("a record was read after %s", took)
		}
		before := s.askedFor("GetRecords")
		time.Sleep(time.Minute)
		synctest.Wait()
		if asked := s.askedFor("GetRecords") - before; asked < 100 || asked > 125 {
			t.Errorf("two idle shards were asked %d times in a minute, want once a second", asked)
		}
		is := r.is.Status()
		if is.State != source.StateReading || len(is.Shards) != 2 || is.Shards[0].State != source.StateReading || is.Trouble != "" {
			t.Errorf("status %+v", is)
		}
	})
}

// step is one that a random day is made of.
type step struct {
	what  string
	n     int
	keys  []byte
	fault error
}

var days = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
	return step{
		what: rapid.SampledFrom([]string{"put", "put", "put", "split", "merge", "restart", "wait", "fault", "fail"}).Draw(t, "what"),
		n:    rapid.IntRange(1, 400).Draw(t, "n"),
		keys: rapid.SliceOfN(rapid.SampledFrom([]byte{0, 60, 127, 128, 190, 255}), 1, 8).Draw(t, "keys"),
		fault: rapid.SampledFrom([]error{
			&types.ProvisionedThroughputExceededException{}, &types.ExpiredIteratorException{}, &types.KMSThrottlingException{},
			errors.New("connection reset by peer"), &types.InternalFailureException{}, nil,
		}).Draw(t, "fault"),
	}
}), 1, 40)

// Whatever happens to the stream, the journal and the reader, every record is
// kept, and the first time in the order in which those of its key were put.
func TestSource_LosesNothingAndKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		day := days.Draw(rt, "day")
		put, first := make(map[byte][]string), make(map[byte][]string) // :: key -> its records
		gaps, log := 0, ""
		synctest.Test(t, func(t *testing.T) {
			s := newStream()
			r := newReader(s)
			r.start(t)
			n := 0
			for _, is := range day {
				switch is.what {
				case "put":
					for _, key := range is.keys {
						data := fmt.Sprintf("%03d-%05d", key, n)
						n++
						put[key] = append(put[key], data)
						s.put(key, data)
					}
				case "split":
					s.split(is.n)
				case "merge":
					s.merge(is.n)
				case "restart":
					r.stop()
					r.start(t)
				case "wait":
					time.Sleep(time.Duration(is.n) * time.Second)
				case "fault":
					s.fail(is.fault)
				case "fail":
					r.mu.Lock()
					r.failing += is.n % 4
					r.mu.Unlock()
				}
			}
			settle()
			r.stop()
			seen := make(map[string]bool)
			for _, data := range r.all() {
				if !seen[data] {
					seen[data] = true
					key, err := strconv.Atoi(data[:3])
					if err != nil {
						t.Error(err)
					}
					first[byte(key)] = append(first[byte(key)], data)
				}
			}
			gaps, log = r.gaps, r.log.String()
		})
		if diff := cmp.Diff(put, first); diff != "" || gaps > 0 {
			rt.Fatalf("%d gaps; kept otherwise (-put +kept):\n%s\n%s", gaps, diff, log)
		}
	})
}

func TestSource_AStreamThatIsMadeLaterIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		s.remove()
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if is := r.is.Status(); is.State != source.StateWaiting || !strings.Contains(is.Trouble, "does not exist yet") {
			t.Errorf("status %+v", is)
		}
		s.create()
		s.put(1, "a")
		settle()
		if got := r.all(); len(got) != 1 || r.gaps != 0 {
			t.Errorf("kept %v, gaps %d", got, r.gaps)
		}
		// It is deleted and made again: it is another, and read from its beginning.
		s.remove()
		time.Sleep(5 * time.Second)
		s.create()
		s.put(1, "b")
		settle()
		got := r.all() // b perhaps twice: until the stream is looked at, the readers of the one before may read it
		if !slices.Equal(slices.Compact(slices.Clone(got)), []string{"a", "b"}) || r.gaps != 1 {
			t.Errorf("kept %v, gaps %d: %s", got, r.gaps, r.log.String())
		}
		r.stop()
		r.start(t)
		settle()
		if again := r.all(); len(again) != len(got) {
			t.Errorf("after a restart it was read again: %v, before %v", again, got)
		}
	})
}

// A stream that is made anew counts its shards from the beginning again: what was
// read of the one before is not taken for what was read of this one, though what
// is kept shows late.
func TestSource_AStreamThatIsMadeAgainHasOtherShardsOfTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		var frozen func(string) (source.Checkpoint, map[string]source.Checkpoint, bool)
		r.options = func(o *kinesis.Options) {
			now := o.Checkpoints
			o.Checkpoints = func(name string) (source.Checkpoint, map[string]source.Checkpoint, bool) {
				r.mu.Lock()
				defer r.mu.Unlock()
				if frozen != nil {
					return frozen(name)
				}
				return now(name)
			}
		}
		s.put(1, "a")
		s.split(0)
		s.put(1, "b")
		r.start(t)
		defer func() { r.stop() }()
		settle() // the first shard was read to its end
		whole, shards, known := r.checkpoints.Of("kinesis:events")
		r.mu.Lock()
		frozen = func(string) (source.Checkpoint, map[string]source.Checkpoint, bool) { return whole, shards, known }
		r.mu.Unlock()
		s.remove()
		time.Sleep(5 * time.Second)
		s.create()
		s.put(1, "c")
		settle()
		if got := slices.Compact(r.all()); !slices.Equal(got, []string{"a", "b", "c"}) || r.gaps != 1 {
			t.Errorf("kept %v, gaps %d: %s", got, r.gaps, r.log.String())
		}
	})
}

// All who read a shard share its five questions a second: one is enough for a
// stream in which there is always something new.
func TestSource_AsksABusyShardOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		settle()
		before := s.askedFor("GetRecords")
		for n := range 150 {
			s.put(1, strconv.Itoa(n))
			time.Sleep(400 * time.Millisecond)
		}
		if asked := s.askedFor("GetRecords") - before; asked > 140 { // one in seven answers says that there is more
			t.Errorf("a busy shard and an idle one were asked %d times in a minute, want once a second", asked)
		}
		settle()
		if got := r.all(); len(got) != 150 {
			t.Errorf("kept %d of 150", len(got))
		}
	})
}

// Who is told how far behind the reading is learns it of a shard that can't be
// read, too.
func TestSource_FallsBehindWhatItCannotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		settle()
		s.hide(&types.KMSAccessDeniedException{Message: new("denied")})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for id, behind := range r.lag() {
			if behind < time.Minute {
				t.Errorf("after two minutes without an answer, %s is behind by %s", id, behind)
			}
		}
		if is := r.is.Status(); is.Shards[0].BehindSeconds < 60 {
			t.Errorf("after two minutes without an answer: %+v", is)
		}
		s.hide(nil)
		settle()
		want := map[string]time.Duration{"shardId-000000000000": 0, "shardId-000000000001": 0}
		if is := r.is.Status(); !maps.Equal(r.lag(), want) || is.Shards[0].BehindSeconds != 0 {
			t.Errorf("behind by %v when all was read; status %+v", r.lag(), is)
		}
	})
}

// A shard of which the stream has forgotten everything before it could be read is
// a gap, and left: nothing asks for it any more.
func TestSource_LeavesShardsThatAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		s.put(1, "a")
		settle()
		s.hide(&types.KMSDisabledException{Message: new("disabled")})
		s.put(1, "lost")
		s.split(0)
		time.Sleep(48 * time.Hour)
		s.trim()
		settle()
		s.hide(nil)
		s.put(1, "c")
		settle()
		// One gap when what comes next grows older than the retention, one when the shard goes.
		if got := r.all(); !slices.Equal(got, []string{"a", "c"}) || r.gaps != 2 {
			t.Errorf("kept %v, gaps %d:\n%s", got, r.gaps, r.log.String())
		}
		want := map[string]time.Duration{"shardId-000000000001": 0, "shardId-000000000002": 0, "shardId-000000000003": 0}
		if got := r.lag(); !maps.Equal(got, want) {
			t.Errorf("is behind by %v, want %v", got, want)
		}
		if is := r.is.Status(); len(is.Shards) != 3 || is.State != source.StateReading {
			t.Errorf("status %+v", is)
		}
	})
}

func TestSource_BeginsWhereItIsTold(t *testing.T) {
	for from, want := range map[string][]string{
		"trim-horizon":         {"old", "new", "newest"},
		"latest":               {"newest"},
		"2000-01-01T00:01:30Z": {"new", "newest"},
	} {
		synctest.Test(t, func(t *testing.T) { // the bubble's clock begins at 2000-01-01T00:00:00Z
			s := newStream()
			r := newReader(s)
			at, err := kinesis.ParseFrom(from)
			if err != nil {
				t.Fatal(err)
			}
			r.options = func(o *kinesis.Options) { o.From = at }
			time.Sleep(time.Minute)
			s.put(1, "old")
			time.Sleep(time.Minute)
			s.split(0)
			s.put(1, "new")
			time.Sleep(time.Minute)
			r.start(t)
			time.Sleep(500 * time.Millisecond)
			r.stop() // before anything was read of some shards
			s.split(1)
			s.put(1, "newest")
			r.start(t)
			settle()
			r.stop()
			if got := r.all(); !slices.Equal(got, want) {
				t.Errorf("from %s: kept %v, want %v", from, got, want)
			}
		})
	}
}

// A checkpoint that is older than what the stream keeps leaves a gap, which is
// told; an idle stream leaves none, however long it is idle.
func TestSource_TellsOfGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		s.put(1, "a")
		r.start(t)
		time.Sleep(72 * time.Hour)
		s.trim()
		r.stop()
		r.start(t)
		s.put(1, "b")
		settle()
		r.stop()
		if r.gaps != 0 {
			t.Errorf("%d gaps of an idle stream:\n%s", r.gaps, r.log.String())
		}
		s.put(1, "lost")
		s.split(0)
		time.Sleep(48 * time.Hour)
		s.trim()
		s.put(1, "c")
		r.start(t)
		settle()
		r.stop()
		if got := r.all(); !slices.Equal(got, []string{"a", "b", "c"}) || r.gaps == 0 {
			t.Errorf("kept %v, gaps %d", got, r.gaps)
		}
		_, shards, _ := r.checkpoints.Of("kinesis:events")
		for id := range shards {
			if s.find(id) == nil {
				t.Errorf("a checkpoint is kept of %s, which is no more", id)
			}
		}
	})
}

func TestSource_LeavesOutWhatIsNoEventAndSaysSoOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStream()
		r := newReader(s)
		for range 5 {
			s.put(1, "bad")
		}
		s.put(1, "")
		s.put(1, "good")
		r.mu.Lock()
		r.failing = 3 // what is tried again is not counted again
		r.mu.Unlock()
		r.start(t)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		r.stop()
		slices.Sort(r.refused)
		if want := []string{"contact_record", "contact_record", "contact_record", "contact_record", "contact_record", "empty"}; !slices.Equal(r.refused, want) {
			t.Errorf("counted %v", r.refused)
		}
		if told := strings.Count(r.log.String(), "kind=contact_record"); told != 1 || !strings.Contains(r.log.String(), "sequence_number=1") {
			t.Errorf("told %d times:\n%s", told, r.log.String())
		}
	})
}

func TestSource_SaysWhatHindersIt(t *testing.T) {
	for want, fault := range map[string]error{
		"slows the reading down": &types.ProvisionedThroughputExceededException{},
		"kms:Decrypt":            &types.KMSAccessDeniedException{Message: new("denied")},
		"can't be used":          &types.KMSDisabledException{Message: new("disabled")},
		"kinesis:GetRecords":     &types.AccessDeniedException{Message: new("not authorized")},
		"connection refused":     errors.New("dial tcp: connection refused"),
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStream()
			r := newReader(s)
			for range 40 {
				s.fail(fault)
			}
			r.start(t)
			time.Sleep(90 * time.Second)
			synctest.Wait()
			if is := r.is.Status(); is.State != source.StateFailing || !strings.Contains(is.Trouble, strings.TrimPrefix(want, "kinesis:")) {
				t.Errorf("status %+v, want %q", is, want)
			}
			if told := strings.Count(r.log.String(), "can't be read now"); told == 0 || told > 3 {
				t.Errorf("told %d times in 90 s", told)
			}
			r.stop()
		})
	}
}

func TestParseStream(t *testing.T) {
	arn := "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
	if s, err := kinesis.ParseStream(arn); err != nil || s.Name != "agent-events" || s.Region != "eu-central-1" || s.String() != "kinesis:"+arn {
		t.Errorf("%+v, %v", s, err)
	}
	for _, wrong := range []string{"", "a/b", strings.Repeat("x", 129), "arn:aws:kinesis:eu-central-1:1:stream/x", "arn:aws:firehose:eu-central-1:111122223333:deliverystream/x"} {
		if s, err := kinesis.ParseStream(wrong); err == nil {
			t.Errorf("%q is %+v", wrong, s)
		}
	}
	if _, err := kinesis.ParseFrom("yesterday"); err == nil || !strings.Contains(err.Error(), "trim-horizon") {
		t.Errorf("from yesterday: %v", err)
	}
}
