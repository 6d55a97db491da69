package natslog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// What the stream's metadata says.
const (
	metaEpoch  = "rollcall.epoch"  // 16 hexadecimal digits
	metaFormat = "rollcall.format" // of the subjects and of this metadata
	format     = "1"
)

// UnsafeError refuses a stream that does not keep what is acknowledged.
type UnsafeError struct {
	Stream  string
	Reasons []string
}

// Error gives all reasons in one line.
func (e *UnsafeError) Error() string {
	return place(e.Stream) + " is not safe for a journal: " + strings.Join(e.Reasons, "; ")
}

// newStreamConfig is how a stream of this epoch is made: that of the journal, or
// that of its snapshots.
func newStreamConfig(o *Options, name, subjects string, epoch rollcall.Epoch) jetstream.StreamConfig {
	maxBytes := o.MaxBytes
	if maxBytes == 0 {
		maxBytes = -1
	}
	return jetstream.StreamConfig{
		Name:        name,
		Description: "agent events of rollcall",
		Subjects:    []string{subjects},
		Metadata:    map[string]string{metaEpoch: epoch.String(), metaFormat: format},
		Storage:     jetstream.FileStorage,
		Replicas:    o.Replicas,

		// Nothing goes but what rollcall purges.
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxBytes:          maxBytes,
		MaxMsgs:           -1,
		MaxMsgsPerSubject: -1,
		MaxConsumers:      -1,
		DenyDelete:        true,

		// The expected sequence makes a message sent again harmless; ids and the
		// memory that they take in the server are not used.
		Duplicates: time.Second,
	}
}

// subjects is what the stream listens to.
func subjects(stream string, epoch rollcall.Epoch) string {
	return stream + "." + epoch.String() + ".*"
}

// subject is where a node publishes.
func subject(stream string, epoch rollcall.Epoch, node string) string {
	return stream + "." + epoch.String() + "." + node
}

// openStream gives a stream, and makes it as config says where there is none. It
// is called again until it succeeds or has a definite answer.
func openStream(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) (stream jetstream.Stream, created bool, err error) {
	stream, err = js.Stream(ctx, config.Name)
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return stream, false, err
	}
	// The server refuses to make a stream that exists with another
	// configuration, and each maker draws an epoch of its own: one wins.
	stream, err = js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		stream, err = js.Stream(ctx, config.Name)
		return stream, false, err
	}
	return stream, err == nil, err
}

// parseEpoch gives the epoch that the stream says it has.
func parseEpoch(c jetstream.StreamConfig) (rollcall.Epoch, error) {
	value, ok := c.Metadata[metaEpoch]
	if !ok {
		return 0, &UnsafeError{Stream: c.Name, Reasons: []string{
			"rollcall did not make it (its metadata has no " + metaEpoch + "); choose another name and let rollcall make the stream",
		}}
	}
	if f := c.Metadata[metaFormat]; f != format {
		return 0, fmt.Errorf("%s has format %q and this program reads format %s; a newer one made it", place(c.Name), f, format)
	}
	epoch, err := strconv.ParseUint(value, 16, 64)
	if err != nil || epoch == 0 || len(value) != 16 {
		return 0, &journal.DamageError{Place: place(c.Name), Reason: fmt.Sprintf("it says that it has epoch %q", value)}
	}
	return rollcall.Epoch(epoch), nil
}

// validateStream refuses a stream that loses messages by itself, or that could
// not be trusted to have them.
func validateStream(c jetstream.StreamConfig, o *Options, subjects string) error {
	var reasons []string
	for _, rule := range streamRules(c, o, subjects) {
		if rule.broken {
			reasons = append(reasons, rule.reason)
		}
	}
	if len(reasons) > 0 {
		return &UnsafeError{Stream: c.Name, Reasons: reasons}
	}
	return nil
}

type streamRule struct {
	broken bool
	reason string
}

func streamRules(c jetstream.StreamConfig, o *Options, subjects string) []streamRule {
	want := []string{subjects}
	return []streamRule{
		{c.Replicas < o.Replicas, fmt.Sprintf("it has %d replicas and %d are asked for", c.Replicas, o.Replicas)},
		{c.Storage != jetstream.FileStorage, "it is kept in memory"},
		{c.PersistMode == jetstream.AsyncPersistMode, "it acknowledges before it writes (persist_mode async)"},
		{c.NoAck, "it acknowledges nothing (no_ack)"},
		{c.Sealed, "it is sealed"},
		{c.Mirror != nil, "it is a mirror"},
		{len(c.Sources) > 0, "it takes messages from other streams (sources)"},
		{!slices.Equal(c.Subjects, want), fmt.Sprintf("its subjects are %q, want %q", c.Subjects, want)},
		{c.SubjectTransform != nil, "it changes subjects (subject_transform)"},
		{c.Retention != jetstream.LimitsPolicy, "it removes messages that were read (retention " + c.Retention.String() + ")"},
		{c.Discard != jetstream.DiscardNew, "it throws old messages away when it is full (discard old)"},
		{c.MaxAge > 0, "it throws messages away after " + c.MaxAge.String() + " (max_age)"},
		{c.MaxMsgsPerSubject > 0, fmt.Sprintf("it keeps %d messages a node (max_msgs_per_subject)", c.MaxMsgsPerSubject)},
		{c.AllowMsgTTL, "messages may expire (allow_msg_ttl)"},
		{c.AllowRollup, "a message may replace those before it (allow_rollup_hdrs)"},
		{c.AllowMsgCounter, "it is a counter (allow_msg_counter)"},
		{c.AllowMsgSchedules, "it sends messages by itself (allow_msg_schedules)"},
		{c.DenyPurge, "rollcall may not trim it (deny_purge)"},
		{!c.DenyDelete, "single messages may be deleted (deny_delete is not set)"},
		{c.FirstSeq > 1, fmt.Sprintf("it begins with sequence %d", c.FirstSeq)},
		{c.AllowDirect, "a replica that lags may answer for it (allow_direct)"},
		{
			c.MaxMsgSize > 0 && c.MaxMsgSize < leastPayloadBytes,
			fmt.Sprintf("its messages have at most %d bytes (max_msg_size), want %d", c.MaxMsgSize, leastPayloadBytes),
		},
		{c.MaxConsumers > 0, fmt.Sprintf("it has at most %d readers (max_consumers)", c.MaxConsumers)},
		{
			c.ConsumerLimits.InactiveThreshold > 0 && c.ConsumerLimits.InactiveThreshold < consumerIdle,
			"its readers are forgotten after " + c.ConsumerLimits.InactiveThreshold.String() + ", want " + consumerIdle.String(),
		},
	}
}
