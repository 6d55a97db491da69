package cluster

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// streamConfig gives the configuration of the journal's stream.
func streamConfig(t *testing.T, c natsCluster) jetstream.StreamConfig {
	t.Helper()
	stream, err := c.js(t).Stream(t.Context(), "ROLLCALL")
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().Config
}

func TestNATS_TheStreamIsMadeAsItMustBe(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	l := openLog(t, c.options("a"))
	config := streamConfig(t, c)
	if config.Storage != jetstream.FileStorage || config.Discard != jetstream.DiscardNew || !config.DenyDelete ||
		config.MaxAge != 0 || config.MaxMsgs != -1 || config.MaxBytes != -1 || config.MaxMsgsPerSubject != -1 || config.AllowDirect {
		t.Errorf("got %+v", config)
	}
	if got := config.Metadata["rollcall.epoch"]; got != l.Epoch().String() {
		t.Errorf("epoch %s in the metadata, %s in the journal", got, l.Epoch())
	}
}

func TestNATS_UnsafeStreamsAreRefused(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	js := c.js(t)
	openLog(t, c.options("a"))
	safe := streamConfig(t, c)
	for _, test := range []struct {
		name   string
		change func(*jetstream.StreamConfig)
		want   string
	}{
		{"memory", func(s *jetstream.StreamConfig) { s.Storage = jetstream.MemoryStorage }, "in memory"},
		{"discard old", func(s *jetstream.StreamConfig) { s.Discard, s.MaxMsgs = jetstream.DiscardOld, 100 }, "discard old"},
		{"max age", func(s *jetstream.StreamConfig) { s.MaxAge, s.DenyDelete = time.Hour, false }, "max_age); single messages may be deleted"},
		{"not ours", func(s *jetstream.StreamConfig) { s.Metadata = nil }, "rollcall did not make it"},
		{"mirror", func(s *jetstream.StreamConfig) {
			s.Mirror, s.Subjects, s.Discard = &jetstream.StreamSource{Name: "ROLLCALL"}, nil, jetstream.DiscardOld
		}, "it is a mirror"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := safe
			config.Name = newJournalName()
			config.Subjects = []string{config.Name + "." + safe.Metadata["rollcall.epoch"] + ".*"}
			test.change(&config)
			if _, err := js.CreateStream(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			o := c.options("a")
			o.Stream = config.Name
			_, err := natslog.Open(t.Context(), o)
			if _, unsafe := errors.AsType[*natslog.UnsafeError](err); !unsafe || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("fewer replicas than asked", func(t *testing.T) {
		o := c.options("a")
		o.Replicas = 3
		if _, err := natslog.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "it has 1 replicas and 3 are asked for") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("more replicas than servers", func(t *testing.T) {
		o := c.options("a")
		o.Replicas, o.Stream = 3, newJournalName()
		if _, err := natslog.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "replicas > 1 not supported") {
			t.Errorf("got %v", err)
		}
	})
}

// What somebody does to the stream behind an open journal's back.
func TestNATS_AStreamThatGoesBadFailsTheLog(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		do   func(context.Context, jetstream.JetStream, jetstream.StreamConfig) error
		want string
	}{
		{"it is made unsafe", func(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
			config.Discard = jetstream.DiscardOld
			_, err := js.UpdateStream(ctx, config)
			return err
		}, "discard old"},
		{"it is deleted", func(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
			return js.DeleteStream(ctx, config.Name)
		}, "it was deleted"},
		{"it is made anew", func(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
			if err := js.DeleteStream(ctx, config.Name); err != nil {
				return err
			}
			epoch := rollcall.Epoch(7).String()
			config.Metadata["rollcall.epoch"] = epoch
			config.Subjects = []string{config.Name + "." + epoch + ".*"}
			_, err := js.CreateStream(ctx, config)
			return err
		}, "made anew, with epoch 0000000000000007"},
		{"it is made anew with the same epoch, and empty", func(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) error {
			if err := js.DeleteStream(ctx, config.Name); err != nil {
				return err
			}
			_, err := js.CreateStream(ctx, config)
			return err
		}, "no longer there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := startNATS(t)
			o := c.options("a")
			o.Patience = time.Second
			l := openLog(t, o)
			var h logtest.History
			appendAll(t, &h, l, 2)
			if err := test.do(t.Context(), c.js(t), streamConfig(t, c)); err != nil {
				t.Fatal(err)
			}
			// An append that comes now is not acknowledged.
			if _, err := l.Append(t.Context(), [][]byte{[]byte("x")}); test.want != "discard old" && !errors.Is(err, journal.ErrFailed) {
				t.Errorf("append: got %v, want %v", err, journal.ErrFailed)
			}
			<-l.Failed()
			if err := l.Err(); !errors.Is(err, journal.ErrFailed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A store that is put back to an earlier state, and then grows again, has
// sequences without a hole; it is found by whoever was further.
func TestNATS_AStoreThatWentBackFailsTheLog(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	o := c.options("a")
	o.Patience = time.Second
	l := openLog(t, o)
	var h logtest.History
	appendAll(t, &h, l, 3)
	backup := t.TempDir()
	c[0].stop()
	if err := os.CopyFS(backup, os.DirFS(c[0].options.StoreDir)); err != nil {
		t.Fatal(err)
	}
	c[0].start(t)
	appendAll(t, &h, l, 3)
	c[0].stop()
	c[0].options.StoreDir = backup
	c[0].start(t)
	<-l.Failed()
	if err := l.Err(); !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "acknowledged and no longer there") {
		t.Errorf("got %v", err)
	}
}

func TestNATS_DamageIsNamedAndNeverSteppedOver(t *testing.T) {
	for name, before := range map[string]int{"where packs are read one by one": 2, "where packs are delivered": 6} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namesDamage(t, uint64(before))
		})
	}
}

// namesDamage makes a hole behind so many packs, and something that is no pack.
func namesDamage(t *testing.T, before uint64) {
	t.Helper()
	c := startNATS(t)
	js := c.js(t)
	other := openLog(t, c.options("other"))
	l := openLog(t, c.options("a"))
	var h logtest.History
	appendAll(t, &h, l, int(before))
	for range 2 { // of a subject on its own messages can be purged
		if _, err := other.Append(t.Context(), [][]byte{[]byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	appendAll(t, &h, l, 1)
	stream, err := js.Stream(t.Context(), "ROLLCALL")
	if err != nil {
		t.Fatal(err)
	}
	subject := "ROLLCALL." + l.Epoch().String() + "."
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSubject(subject+"other"), jetstream.WithPurgeSequence(before+2)); err != nil {
		t.Fatal(err)
	}
	packs, err := tailToTheError(t, l, rollcall.Position{}, 100)
	damage, ok := errors.AsType[*journal.DamageError](err)
	if packs != int(before) || !ok || damage.Sequence != before+1 || !errors.Is(err, journal.ErrGap) || damage.Place != "stream ROLLCALL" {
		t.Errorf("at a hole: %d packs and %v, want %d and a gap at pack %d", packs, err, before, before+1)
	}
	behind := rollcall.Position{Epoch: l.Epoch(), Pack: before + 2}
	if packs, err := tailToTheError(t, l, behind, 1); packs != 1 || err != nil {
		t.Errorf("behind the hole: %d packs and %v", packs, err)
	}
	ours := &nats.Msg{Subject: subject + "node", Data: []byte("hello"), Header: nats.Header{"Rollcall-Session": {"s"}}}
	if _, err := js.PublishMsg(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	_, err = tailToTheError(t, l, behind, 2)
	if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Sequence != before+4 || !strings.Contains(err.Error(), "its header alone has 48") {
		t.Errorf("what rollcall published and is no pack: got %v", err)
	}
}

// tailToTheError counts the packs until a tail ends, or until there are as many
// as are wanted.
func tailToTheError(t *testing.T, l journal.Log, from rollcall.Position, want int) (packs int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	for _, err := range l.Tail(ctx, from) {
		if err != nil {
			return packs, err
		}
		if packs++; packs == want {
			break
		}
	}
	return packs, nil
}

func TestNATS_APositionThatWasTrimmedIsRefused(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	l := openLog(t, c.options("a"))
	var h logtest.History
	appendAll(t, &h, l, 5)
	stream, err := c.js(t).Stream(t.Context(), "ROLLCALL")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSequence(4)); err != nil { // keeps 4 and 5
		t.Fatal(err)
	}
	for _, from := range []rollcall.Position{{}, {Epoch: l.Epoch(), Pack: 2}} {
		if packs, err := tailToTheError(t, l, from, 1); packs != 0 || !errors.Is(err, journal.ErrTrimmed) {
			t.Errorf("tail from %s: %d packs and %v, want %v", from, packs, err, journal.ErrTrimmed)
		}
	}
	for p, err := range l.Tail(t.Context(), rollcall.Position{Epoch: l.Epoch(), Pack: 4}) {
		if err != nil || p.Sequence != 4 {
			t.Errorf("tail from what is kept: pack %d, %v", p.Sequence, err)
		}
		break
	}
	// The node's own chain goes on, and begins anew where all of it was trimmed.
	other := openLog(t, c.options("b"))
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSequence(6)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	if got := other.End(); got.Pack != 5 {
		awaitEnd(t, other, 6)
	}
}
