package natslog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal/natslog"
)

func someOptions() natslog.Options {
	return natslog.Options{URLs: []string{"nats://127.0.0.1:4222"}, Node: "n"}
}

func TestStream_AsItIsMadeIsSafe(t *testing.T) {
	c, err := natslog.NewStreamConfig(someOptions(), 0x3f0c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Replicas != 3 || c.Subjects[0] != "ROLLCALL.0000000000003f0c.*" {
		t.Errorf("%d replicas, subjects %q", c.Replicas, c.Subjects)
	}
	if err := natslog.ValidateStream(c, someOptions()); err != nil {
		t.Error(err)
	}
	c.Replicas = 5 // more than asked for
	c.MaxBytes, c.MaxMsgs = 1<<30, 1<<20
	if err := natslog.ValidateStream(c, someOptions()); err != nil {
		t.Error(err)
	}
}

func TestStream_UnsafeOnesAreRefusedWithTheReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*jetstream.StreamConfig)
		want   string
	}{
		{"fewer replicas", func(c *jetstream.StreamConfig) { c.Replicas = 1 }, "it has 1 replicas and 3 are asked for"},
		{"memory", func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, "in memory"},
		{"asynchronous", func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode }, "before it writes"},
		{"no ack", func(c *jetstream.StreamConfig) { c.NoAck = true }, "acknowledges nothing"},
		{"sealed", func(c *jetstream.StreamConfig) { c.Sealed = true }, "sealed"},
		{"mirror", func(c *jetstream.StreamConfig) { c.Mirror = &jetstream.StreamSource{Name: "X"} }, "mirror"},
		{"sources", func(c *jetstream.StreamConfig) { c.Sources = []*jetstream.StreamSource{{Name: "X"}} }, "sources"},
		{"other subjects", func(c *jetstream.StreamConfig) { c.Subjects = append(c.Subjects, "more.>") }, `its subjects are ["ROLLCALL.`},
		{"subject transform", func(c *jetstream.StreamConfig) { c.SubjectTransform = &jetstream.SubjectTransformConfig{} }, "subject_transform"},
		{"work queue", func(c *jetstream.StreamConfig) { c.Retention = jetstream.WorkQueuePolicy }, "removes messages that were read"},
		{"interest", func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }, "removes messages that were read"},
		{"discard old", func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }, "discard old"},
		{"max age", func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }, "after 1h0m0s"},
		{"max messages a subject", func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 7 }, "7 messages a node"},
		{"ttl", func(c *jetstream.StreamConfig) { c.AllowMsgTTL = true }, "expire"},
		{"rollup", func(c *jetstream.StreamConfig) { c.AllowRollup = true }, "allow_rollup_hdrs"},
		{"counter", func(c *jetstream.StreamConfig) { c.AllowMsgCounter = true }, "counter"},
		{"schedules", func(c *jetstream.StreamConfig) { c.AllowMsgSchedules = true }, "allow_msg_schedules"},
		{"no purge", func(c *jetstream.StreamConfig) { c.DenyPurge = true }, "may not trim"},
		{"deletes", func(c *jetstream.StreamConfig) { c.DenyDelete = false }, "deny_delete"},
		{"first sequence", func(c *jetstream.StreamConfig) { c.FirstSeq = 100 }, "begins with sequence 100"},
		{"direct", func(c *jetstream.StreamConfig) { c.AllowDirect = true }, "allow_direct"},
		{"small messages", func(c *jetstream.StreamConfig) { c.MaxMsgSize = 1000 }, "at most 1000 bytes"},
		{"few consumers", func(c *jetstream.StreamConfig) { c.MaxConsumers = 2 }, "at most 2 readers"},
		{"hasty consumers", func(c *jetstream.StreamConfig) { c.ConsumerLimits.InactiveThreshold = time.Second }, "forgotten after 1s"},
		{"not ours", func(c *jetstream.StreamConfig) { c.Metadata = nil }, "rollcall did not make it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, err := natslog.NewStreamConfig(someOptions(), 1)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&config)
			err = natslog.ValidateStream(config, someOptions())
			unsafe, ok := errors.AsType[*natslog.UnsafeError](err)
			if !ok || len(unsafe.Reasons) != 1 || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "ROLLCALL") {
				t.Errorf("got %v, want one reason, with %q", err, c.want)
			}
		})
	}
}

func TestStream_WithMetadataThatMeansNothingIsRefused(t *testing.T) {
	for _, metadata := range []map[string]string{
		{"rollcall.epoch": "", "rollcall.format": "1"},
		{"rollcall.epoch": "0000000000000000", "rollcall.format": "1"},
		{"rollcall.epoch": "1", "rollcall.format": "1"},
		{"rollcall.epoch": "000000000000000g", "rollcall.format": "1"},
		{"rollcall.epoch": "0000000000000001", "rollcall.format": "2"},
		{"rollcall.epoch": "0000000000000001"},
	} {
		config, err := natslog.NewStreamConfig(someOptions(), 1)
		if err != nil {
			t.Fatal(err)
		}
		config.Metadata = metadata
		if err := natslog.ValidateStream(config, someOptions()); err == nil {
			t.Errorf("%v was taken", metadata)
		}
	}
}

func TestServer_TooOldIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{
		"2.15.2": true, "2.11.0": true, "2.11.0-RC.1": true, "3.0.0": true, "2.10.29": false, "1.4.1": false, "dev": true, "": true,
	} {
		if err := natslog.ValidateVersion(version); (err == nil) != ok {
			t.Errorf("version %q: %v", version, err)
		}
	}
}
