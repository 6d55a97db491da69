package natslog

import (
	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// RoomFor gives what is worked out of a max_payload, and what a body may have.
func RoomFor(payloadBytes int64, asked journal.Limits) (limits journal.Limits, packBytes, bodyBytes int, err error) {
	r, err := roomFor(payloadBytes, asked)
	return r.limits, r.packBytes, int(payloadBytes) - headerRoom - journal.HeaderBytes, err
}

// NewStreamConfig gives the configuration of a stream as Open makes it.
func NewStreamConfig(o Options, epoch rollcall.Epoch) (jetstream.StreamConfig, error) {
	err := o.complete()
	return newStreamConfig(&o, o.Stream, subjects(o.Stream, epoch), epoch), err
}

// ValidateStream holds a configuration against the rules.
func ValidateStream(c jetstream.StreamConfig, o Options) error {
	if err := o.complete(); err != nil {
		return err
	}
	epoch, err := parseEpoch(c)
	if err != nil {
		return err
	}
	return validateStream(c, &o, subjects(o.Stream, epoch))
}

// ValidateVersion refuses servers that are too old.
var ValidateVersion = validateVersion

// Complete fills options in.
func Complete(o Options) (Options, error) {
	err := o.complete()
	return o, err
}

// Element and Chain are what a Tail verifies with.
type Element struct {
	Sequence, Before uint64
	Sum              uint32
}

// NewChain begins a chain.
func NewChain(begin uint64, trimmed func(uint64) (bool, error)) func(node string, e Element) error {
	c := newChain("S", begin, trimmed)
	return func(node string, e Element) error {
		return c.verify(node, element{sequence: e.Sequence, before: e.Before, sum: e.Sum})
	}
}
