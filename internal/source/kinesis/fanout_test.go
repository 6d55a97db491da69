package kinesis_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/source"
	"rollcall/internal/source/kinesis"
	"rollcall/internal/source/kinesis/kinesistest"
)

// subscribe gives a stream and its reader, which subscribes to its shards.
func subscriber(t *testing.T) (*kinesistest.Stream, *reader) {
	t.Helper()
	s := kinesistest.New("events")
	r := newReader(s)
	r.fanOut = "rollcall"
	return s, r
}

func TestFanOut_ReadsAtOnceAndRenewsItsSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		s.Put(1, "a")
		r.start(t)
		settle()
		began := time.Now()
		s.Put(200, "b")
		synctest.Wait()
		if got := r.all(); !slices.Equal(got, []string{"a", "b"}) || !time.Now().Equal(began) {
			t.Errorf("kept %v at once", got)
		}
		before := s.Asked("SubscribeToShard")
		time.Sleep(time.Hour)
		if asked := s.Asked("SubscribeToShard") - before; asked != 24 {
			t.Errorf("subscribed %d times in an hour to two shards, want 24: %s", asked, r.log.String())
		}
		is := r.is.Status()
		if sh := is.Shards[0]; len(is.Shards) != 2 || sh.Mode != source.ModeFanOut || sh.State != source.StateReading || sh.BehindSeconds != 0 || time.Since(sh.ReadAt) > 5*time.Second {
			t.Errorf("status %+v", is)
		}
		r.stop()
		s.Put(1, "c")
		time.Sleep(time.Hour)
		r.start(t)
		settle()
		r.stop()
		if got := r.all(); !slices.Equal(got, []string{"a", "b", "c"}) || r.gaps != 0 || s.Asked("GetRecords") != 0 {
			t.Errorf("kept %v, gaps %d, asked for records %d times", got, r.gaps, s.Asked("GetRecords"))
		}
	})
}

// The number to go on from moves though nothing comes, and is in the checkpoint.
func TestFanOut_KeepsWhereToGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		s.Put(1, "a")
		r.start(t)
		settle()
		_, before, _ := r.known()
		time.Sleep(2 * time.Hour)
		r.stop()
		_, after, _ := r.known()
		const id = "shardId-000000000000"
		if before[id].After >= after[id].After || after[id].At.Sub(before[id].At) < time.Hour {
			t.Errorf("two idle hours moved the checkpoint from %+v to %+v", before[id], after[id])
		}
	})
}

func TestFanOut_HasOneConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		r.start(t)
		settle()
		r.stop()
		r.start(t)
		settle()
		if registered := s.Asked("RegisterStreamConsumer"); registered != 1 || !slices.Equal(s.Consumers(), []string{"rollcall"}) {
			t.Errorf("registered %d times; consumers %v", registered, s.Consumers())
		}
		// Somebody deregisters it: it is registered anew.
		s.Deregister("rollcall")
		s.Break(kinesistest.Cut)
		s.Put(1, "a")
		settle()
		r.stop()
		if got := r.all(); !slices.Equal(got, []string{"a"}) || s.Asked("RegisterStreamConsumer") != 2 {
			t.Errorf("kept %v; registered %d times: %s", got, s.Asked("RegisterStreamConsumer"), r.log.String())
		}
	})
}

// A shard ends where the subscription tells what comes next, and nowhere else.
func TestFanOut_GoesOnWithTheChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		r.start(t)
		settle()
		s.Put(1, "a")
		s.Break(kinesistest.Bare)
		settle()
		if is := r.is.Status(); len(is.Shards) != 2 || is.Shards[0].State != source.StateReading {
			t.Errorf("an event without a number is taken for the end: %+v", is)
		}
		s.Split(0)
		s.Put(1, "b")
		settle()
		r.stop()
		_, shards, _ := r.known()
		if got := r.all(); !slices.Equal(got, []string{"a", "b"}) || !shards["shardId-000000000000"].Ended || r.gaps != 0 {
			t.Errorf("kept %v, gaps %d, checkpoints %+v", got, r.gaps, shards)
		}
	})
}

// Whatever ends a subscription, another begins behind what was read, not more
// often than the service permits, and the log and the status say why.
func TestFanOut_BeginsAnewWhateverEndsASubscription(t *testing.T) {
	for fault, want := range map[kinesistest.Fault]string{
		kinesistest.Cut:          "",
		kinesistest.Stall:        "said nothing for 30s",
		"ResourceInUseException": "--kinesis-consumer",
		"KMSDisabledException":   "can't be used",
	} {
		synctest.Test(t, func(t *testing.T) {
			s, r := subscriber(t)
			r.start(t)
			settle()
			before := s.Asked("SubscribeToShard")
			s.Break(fault)
			s.Put(1, "a")
			s.Put(200, "b")
			began := time.Now()
			r.await(2)
			if took := time.Since(began); len(r.all()) != 2 || took > 40*time.Second {
				t.Errorf("%s: kept %v after %s", fault, r.all(), took)
			}
			if asked := s.Asked("SubscribeToShard") - before; asked > 4 {
				t.Errorf("%s: subscribed %d times: %s", fault, asked, r.log.String())
			}
			if !strings.Contains(r.log.String(), want) || r.gaps != 0 {
				t.Errorf("%s: %d gaps; told %s", fault, r.gaps, r.log.String())
			}
			settle()
			if is := r.is.Status(); is.Trouble != "" || is.State != source.StateReading {
				t.Errorf("%s: status %+v", fault, is)
			}
			r.stop()
		})
	}
}

// The service lets nobody subscribe twice within five seconds, as after a crash.
func TestFanOut_WaitsForTheSubscriptionBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		r.start(t)
		time.Sleep(3 * time.Second)
		r.stop()
		s.Put(1, "a")
		before := s.Asked("SubscribeToShard")
		r.start(t)
		r.await(1)
		if asked := s.Asked("SubscribeToShard") - before; len(r.all()) != 1 || asked > 12 {
			t.Errorf("kept %v after %d subscriptions", r.all(), asked)
		}
		r.stop()
	})
}

// All subscriptions share a connection of HTTP/2, of which each has a small part.
func TestFanOut_OverHTTP2(t *testing.T) {
	t.Parallel() // in real time, which it mostly waits
	s, r := subscriber(t)
	s.Split(0)
	s.Split(2)
	for n := range 400 {
		s.Put(byte(n), fmt.Sprintf("%03d %s", n, strings.Repeat("x", 4000)))
	}
	double := httptest.NewUnstartedServer(s)
	double.EnableHTTP2 = true
	double.StartTLS()
	defer double.Close()
	r.options = func(o *kinesis.Options) { o.API = kinesis.NewClient(kinesistest.At(double.URL, double.Client())) }
	r.start(t)
	defer r.stop()
	for _, fault := range []kinesistest.Fault{kinesistest.None, kinesistest.Cut} {
		if fault != kinesistest.None {
			s.Break(fault)
		}
		for n := range 400 {
			s.Put(byte(n), fmt.Sprintf("%03d %s %s", n, fault, strings.Repeat("x", 4000)))
		}
		for len(r.distinct()) < s.Held() {
			<-r.heard
		}
	}
	if r.gaps != 0 {
		t.Errorf("%d gaps: %s", r.gaps, r.log.String())
	}
}

func TestFanOut_SaysWhatHindersIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := subscriber(t)
		r.start(t)
		settle()
		r.stop()
		s.Hide("AccessDeniedException")
		r.start(t)
		settle()
		if is := r.is.Status(); is.State != source.StateFailing || !strings.Contains(is.Trouble, "SubscribeToShard") || !strings.Contains(r.log.String(), "SubscribeToShard") {
			t.Errorf("status %+v", is)
		}
		r.stop()
	})
}
