package kinesis_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	service "github.com/aws/aws-sdk-go-v2/service/kinesis"

	"rollcall/internal/source"
	"rollcall/internal/source/kinesis"
	"rollcall/internal/source/kinesis/kinesistest"
)

func TestSource_ReadsWhatIsThereAndWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		for i := range 10 {
			s.Put(1, fmt.Sprint("a", i))
		}
		s.Put(200, "b0")
		r.start(t)
		defer func() { r.stop() }()
		settle()
		if got := r.all(); len(got) != 11 {
			t.Errorf("read %v", got)
		}
		began := time.Now()
		s.Put(200, "b1")
		for len(r.all()) < 12 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("a record was read after %s", took)
		}
		before := s.Asked("GetRecords")
		time.Sleep(time.Minute)
		synctest.Wait()
		if asked := s.Asked("GetRecords") - before; asked < 100 || asked > 125 {
			t.Errorf("two idle shards were asked %d times in a minute, want once a second", asked)
		}
		is := r.is.Status()
		if is.State != source.StateReading || len(is.Shards) != 2 || is.Shards[0].State != source.StateReading || is.Trouble != "" {
			t.Errorf("status %+v", is)
		}
	})
}

func TestSource_AStreamThatIsMadeLaterIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		s.Delete()
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if is := r.is.Status(); is.State != source.StateWaiting || !strings.Contains(is.Trouble, "does not exist yet") {
			t.Errorf("status %+v", is)
		}
		s.Create(2)
		s.Put(1, "a")
		settle()
		if got := r.all(); len(got) != 1 || r.gaps != 0 {
			t.Errorf("kept %v, gaps %d", got, r.gaps)
		}
		// It is deleted and made again: it is another, and read from its beginning.
		s.Delete()
		time.Sleep(5 * time.Second)
		s.Create(2)
		s.Put(1, "b")
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

// Two who read a stream, of one consumer even, keep everything and in order: only
// more often.
func TestSource_TwoReadersDoNoHarm(t *testing.T) {
	for _, fanOut := range []string{"", "rollcall"} {
		synctest.Test(t, func(t *testing.T) {
			s := kinesistest.New("events")
			s.Most = 3
			r := newReader(s)
			r.fanOut = fanOut
			r.start(t)
			defer r.stop()
			r.start(t)
			defer r.stop()
			var want []string
			for n := range 300 {
				want = append(want, fmt.Sprintf("%03d", n))
				s.Put(1, want[n])
				time.Sleep(300 * time.Millisecond)
				if n%50 == 25 {
					s.Split(0)
				}
			}
			r.await(len(want))
			if got := r.distinct(); !slices.Equal(got, want) || r.gaps != 0 {
				t.Errorf("fan-out %q: kept %v, %d gaps", fanOut, got, r.gaps)
			}
		})
	}
}

// A stream that is made anew counts its shards from the beginning again: what was
// read of the one before is not taken for what was read of this one, though what
// is kept shows late.
func TestSource_AStreamThatIsMadeAgainHasOtherShardsOfTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
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
		s.Put(1, "a")
		s.Split(0)
		s.Put(1, "b")
		r.start(t)
		defer func() { r.stop() }()
		settle() // the first shard was read to its end
		whole, shards, known := r.known()
		r.mu.Lock()
		frozen = func(string) (source.Checkpoint, map[string]source.Checkpoint, bool) { return whole, shards, known }
		r.mu.Unlock()
		s.Delete()
		time.Sleep(5 * time.Second)
		s.Create(2)
		s.Put(1, "c")
		settle()
		if got := slices.Compact(r.all()); !slices.Equal(got, []string{"a", "b", "c"}) || r.gaps != 1 {
			t.Errorf("kept %v, gaps %d: %s", got, r.gaps, r.log.String())
		}
	})
}

// looked lets something be done to the stream before its shards are listed.
type looked struct {
	kinesis.API
	before func()
}

func (l *looked) ListShards(ctx context.Context, in *service.ListShardsInput, options ...func(*service.Options)) (*service.ListShardsOutput, error) {
	l.before()
	return l.API.ListShards(ctx, in, options...)
}

// A stream that is made anew while it is looked at has not forgotten the shards of
// the one before: that it was made anew is the one gap.
func TestSource_AStreamThatIsMadeAgainWithFewerShardsIsOneGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		looks := 0
		r.options = func(o *kinesis.Options) {
			o.API = &looked{o.API, func() {
				if looks++; looks == 3 {
					s.Delete()
					s.Create(1)
					s.Put(200, "b")
				}
			}}
		}
		s.Put(200, "a")
		r.start(t)
		settle()
		r.stop()
		if got := r.distinct(); !slices.Equal(got, []string{"a", "b"}) || r.gaps != 1 {
			t.Errorf("kept %v, gaps %d: %s", got, r.gaps, r.log.String())
		}
	})
}

// All who read a shard share its five questions a second: one is enough for a
// stream in which there is always something new.
func TestSource_AsksABusyShardOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		settle()
		before := s.Asked("GetRecords")
		for n := range 150 {
			s.Put(1, strconv.Itoa(n))
			time.Sleep(400 * time.Millisecond)
		}
		if asked := s.Asked("GetRecords") - before; asked > 140 { // one in seven answers says that there is more
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
		s := kinesistest.New("events")
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		settle()
		s.Hide("KMSAccessDeniedException")
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
		s.Hide(kinesistest.None)
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
		s := kinesistest.New("events")
		r := newReader(s)
		r.start(t)
		defer func() { r.stop() }()
		s.Put(1, "a")
		settle()
		s.Hide("KMSDisabledException")
		s.Put(1, "lost")
		s.Split(0)
		r.stop()
		time.Sleep(25 * time.Hour)
		r.start(t)
		settle()
		s.Trim()
		settle()
		s.Hide(kinesistest.None)
		s.Put(1, "c")
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
			s := kinesistest.New("events")
			r := newReader(s)
			at, err := kinesis.ParseFrom(from)
			if err != nil {
				t.Fatal(err)
			}
			r.options = func(o *kinesis.Options) { o.From = at }
			time.Sleep(time.Minute)
			s.Put(1, "old")
			time.Sleep(time.Minute)
			s.Split(0)
			s.Put(1, "new")
			time.Sleep(time.Minute)
			r.start(t)
			time.Sleep(500 * time.Millisecond)
			r.stop() // before anything was read of some shards
			s.Split(1)
			s.Put(1, "newest")
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
		s := kinesistest.New("events")
		r := newReader(s)
		s.Put(1, "a")
		r.start(t)
		time.Sleep(61 * time.Minute)
		r.stop()
		time.Sleep(23*time.Hour + 30*time.Minute)
		s.Trim()
		r.start(t)
		s.Put(1, "b")
		settle()
		r.stop()
		if r.gaps != 0 {
			t.Errorf("%d gaps of an idle stream:\n%s", r.gaps, r.log.String())
		}
		s.Put(1, "lost")
		s.Split(0)
		time.Sleep(48 * time.Hour)
		s.Trim()
		s.Put(1, "c")
		r.start(t)
		settle()
		r.stop()
		if got := r.all(); !slices.Equal(got, []string{"a", "b", "c"}) || r.gaps == 0 {
			t.Errorf("kept %v, gaps %d", got, r.gaps)
		}
		_, shards, _ := r.known()
		for id := range shards {
			if !slices.Contains(s.Shards(), id) {
				t.Errorf("a checkpoint is kept of %s, which is no more", id)
			}
		}
	})
}

// How long the stream keeps records may be changed while it is read: what it still
// has is no gap.
func TestSource_AsksHowLongTheStreamKeepsRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		s.Put(1, "a")
		r.start(t)
		settle()
		r.stop()
		s.Hide("KMSDisabledException")
		s.Put(1, "b")
		time.Sleep(23*time.Hour + 30*time.Minute)
		r.start(t)
		settle()
		s.Keep(72 * time.Hour)
		time.Sleep(time.Hour)
		s.Trim()
		s.Hide(kinesistest.None)
		settle()
		r.stop()
		if got := r.all(); !slices.Equal(got, []string{"a", "b"}) || r.gaps != 0 {
			t.Errorf("kept %v, gaps %d:\n%s", got, r.gaps, r.log.String())
		}
	})
}

// A stream is one, by its name and by its ARN, and goes on from where servers left
// off that noted how far by its name.
func TestSource_IsOneByNameAndByARN(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		s.Put(1, "a")
		s.Split(0)
		s.Put(1, "b")
		r := newReader(s)
		r.start(t)
		settle()
		r.stop()
		whole, shards, _ := r.known()
		r.checkpoints = source.NewCheckpoints() // those of an older server
		for id, c := range shards {
			shards[id] = named(c, "kinesis:events")
			r.apply(t, shards[id])
		}
		r.apply(t, named(whole, "kinesis:events"), source.Checkpoint{Stream: "kinesis:events", Made: whole.Made.Add(-time.Hour), Gone: true})
		for _, name := range []string{s.ARN(), "events", s.ARN()} {
			r.name = name
			r.start(t)
			settle()
			r.stop()
			_, now, _ := r.known()
			if _, _, left := r.checkpoints.Of("kinesis:events"); left || len(now) != len(shards) || !now["shardId-000000000000"].Ended {
				t.Errorf("by %s: known by its bare name %t; by its ARN %v", name, left, now)
			}
		}
		if got := r.all(); !slices.Equal(got, []string{"a", "b"}) || r.gaps != 0 {
			t.Errorf("kept %v, gaps %d: %s", got, r.gaps, r.log.String())
		}
	})
}

func named(c source.Checkpoint, stream string) source.Checkpoint {
	c.Stream = stream
	return c
}

func TestSource_LeavesOutWhatIsNoEventAndSaysSoOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		for range 5 {
			s.Put(1, "bad")
		}
		s.Put(1, "")
		s.Put(1, "good")
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
		if told := strings.Count(r.log.String(), "kind=contact_record"); told != 1 || !strings.Contains(r.log.String(), "00001\n") {
			t.Errorf("told %d times:\n%s", told, r.log.String())
		}
	})
}

func TestSource_SaysWhatHindersIt(t *testing.T) {
	for want, fault := range map[string]kinesistest.Fault{
		"slows the reading down": "ProvisionedThroughputExceededException",
		"kms:Decrypt":            "KMSAccessDeniedException",
		"can't be used":          "KMSDisabledException",
		"kinesis:GetRecords":     "AccessDeniedException",
		"EOF":                    kinesistest.Lost,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := kinesistest.New("events")
			r := newReader(s)
			for range 40 {
				s.Fail(fault)
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

// Connections that are cut, also in the middle of long answers, cost a try: over a
// real network, where what was sent before the cut may have come or not.
func TestSource_AnswersThatAreCutAreAskedForAgain(t *testing.T) {
	s := kinesistest.New("events")
	for n := range 200 {
		s.Put(byte(n), fmt.Sprintf("%03d %s", n, strings.Repeat("x", 4000)))
	}
	for range 2 { // of the whole reading: its first questions, and GetRecords
		s.Fail(kinesistest.Lost)
		s.Fail(kinesistest.Cut)
		for range 3 {
			s.Fail(kinesistest.None)
		}
	}
	server := httptest.NewServer(s)
	defer server.Close()
	r := newReader(s)
	r.options = func(o *kinesis.Options) { o.API = kinesis.NewClient(kinesistest.At(server.URL, server.Client())) }
	r.start(t)
	for len(r.distinct()) < 200 {
		<-r.heard
	}
	r.stop()
	if r.gaps != 0 || !strings.Contains(r.log.String(), "cut off") {
		t.Errorf("%d gaps; nothing failed:\n%s", r.gaps, r.log.String())
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

// numberless answers with records that have no sequence number, once.
type numberless struct {
	kinesis.API
	left int
}

func (a *numberless) GetRecords(ctx context.Context, in *service.GetRecordsInput, o ...func(*service.Options)) (*service.GetRecordsOutput, error) {
	out, err := a.API.GetRecords(ctx, in, o...)
	if err == nil && len(out.Records) > 0 && a.left > 0 {
		a.left--
		out.Records[len(out.Records)-1].SequenceNumber = nil
	}
	return out, err
}

func TestSource_RecordsWithoutNumbersAreAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		r := newReader(s)
		r.options = func(o *kinesis.Options) { o.API = &numberless{o.API, 1} }
		r.start(t)
		defer r.stop()
		s.Put(1, "a")
		s.Put(1, "b")
		r.await(2)
		if got := r.all(); !slices.Equal(got, []string{"a", "b"}) || !strings.Contains(r.log.String(), "without a sequence number") {
			t.Errorf("kept %q; log: %s", got, &r.log)
		}
	})
}
