package natslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"rollcall/internal/journal"
)

// sessionHeader tells processes with the same node name apart.
const sessionHeader = "Rollcall-Session"

// publisher writes one message at a time on a subject that is its own. One
// goroutine uses it.
type publisher struct {
	log     *Log
	stream  jetstream.Stream
	name    string // of the stream
	subject string
	session string
	newest  uint64    // stream sequence of the newest message on subject; 0 if there is none
	missing time.Time // since when the server says that newest is not there; zero if it is
	rival   time.Time // when another process with this subject was last spoken of

	impatient bool        // what it writes can be given up
	others    func() bool // others wait behind what is stored now; nil where none can
}

// mostWaits is how often an impatient publisher waits: about half a minute, which
// is enough for the election of a leader.
const mostWaits = 32

// errStrangeAck is an acknowledgement that is not one of what was sent.
var errStrangeAck = errors.New("acknowledgement of something else")

// newPublisher gives a publisher on a subject where nothing lies yet.
func (l *Log) newPublisher(stream jetstream.Stream, subject string) *publisher {
	return &publisher{
		log: l, stream: stream, name: stream.CachedInfo().Config.Name,
		subject: subject, session: nuid.Next(),
	}
}

// readNewest gives the stream sequence of the newest message on the subject, or
// 0.
func (p *publisher) readNewest(ctx context.Context) (uint64, error) {
	msg, err := p.stream.GetLastMsgForSubject(ctx, p.subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the newest message on %s: %w", p.subject, err)
	}
	return msg.Sequence, nil
}

// store sends data until it is in the stream, and takes its place for newest. It
// gives up when ctx ends; an impatient publisher also when the server has no
// room, or after some time. stored is false when the message can no longer be
// stored, since something else lies behind what was newest, and newest has moved.
// sends tells how often it was sent. A *journal.RefusalError says that this message is
// in the way of others.
func (p *publisher) store(ctx context.Context, data []byte) (stored bool, sends int, err error) {
	var wait backoff
	begin := time.Now()
	for {
		sequence, sendErr := p.send(ctx, data, sends)
		sends++
		if sendErr == nil {
			// The commit point: a majority has the message. Only from here on, or
			// from where it is read back, may it be acknowledged.
			p.newest, p.missing = sequence, time.Time{}
			return true, sends, nil
		}
		if !p.impatient {
			p.log.progress.refused(sendErr)
		}
		if sends == 5 {
			p.log.options.Logger.Warn("journal append waits for the cluster", "subject", p.subject, "error", sendErr)
		}
		next, mine, err := p.readBack(ctx, data, &wait, sendErr)
		switch {
		case err != nil:
			return false, sends, err
		case mine:
			p.newest, p.missing = next, time.Time{}
			return true, sends, nil
		case next != 0:
			p.overtaken(next)
			return false, sends, nil
		case tooLarge(sendErr):
			return false, sends, &journal.RefusalError{Err: refusalOf(sends, sendErr), Apart: true}
		case p.impatient && noRoom(sendErr):
			return false, sends, sendErr
		case noRoom(sendErr) && p.others() && time.Since(begin) > fullTime:
			return false, sends, &journal.RefusalError{Err: fmt.Errorf("%w: %w", journal.ErrUnsure, sendErr)}
		case wrongSequence(sendErr):
			if moved, err := p.explain(ctx); moved || err != nil {
				return false, sends, err
			}
		}
	}
}

// overtaken goes behind a message of another process on this subject: one that
// ran before and had sent it, or one that runs now.
func (p *publisher) overtaken(sequence uint64) {
	p.newest = sequence
	if p.impatient {
		return // another node was first with the same snapshot, as happens
	}
	if now := time.Now(); now.Sub(p.rival) > time.Minute {
		p.rival = now
		p.log.options.Logger.Warn("another process writes on the same subject", "subject", p.subject, "sequence", sequence)
	}
}

// send sends data once, after so many times before. Any error means that it may
// have been stored, or may still be.
func (p *publisher) send(ctx context.Context, data []byte, before int) (sequence uint64, err error) {
	ctx, cancel := p.log.attempt(ctx, before)
	defer cancel()
	ack, err := p.log.js.PublishMsg(ctx,
		&nats.Msg{Subject: p.subject, Data: data, Header: nats.Header{sessionHeader: {p.session}}},
		jetstream.WithExpectStream(p.name),
		jetstream.WithExpectLastSequencePerSubject(p.newest),
		jetstream.WithRetryAttempts(0)) // not before the subject was read
	switch {
	case err != nil:
		return 0, err
	case ack.Stream != p.name || ack.Duplicate || ack.Sequence <= p.newest:
		return 0, fmt.Errorf("%w: stream %s, sequence %d, duplicate %t", errStrangeAck, ack.Stream, ack.Sequence, ack.Duplicate)
	}
	return ack.Sequence, nil
}

// readBack gives the first message that lies behind newest on the subject, 0 if
// none does, and tells whether it is what was sent. It asks until it knows.
func (p *publisher) readBack(ctx context.Context, data []byte, wait *backoff, sendErr error) (next uint64, mine bool, err error) {
	for urgent := wrongSequence(sendErr) && wait.count == 0; ; urgent = false {
		if p.impatient && wait.count == mostWaits {
			return 0, false, fmt.Errorf("given up, and it may have been stored: %w", sendErr)
		}
		if !urgent && wait.sleep(ctx) != nil {
			return 0, false, fmt.Errorf("%w, and it may have been stored: %w", context.Cause(ctx), sendErr)
		}
		if next, mine, err = p.readNext(ctx, data, wait.count); err == nil {
			return next, mine, nil
		}
	}
}

func (p *publisher) readNext(ctx context.Context, data []byte, before int) (next uint64, mine bool, err error) {
	ctx, cancel := p.log.attempt(ctx, before)
	defer cancel()
	msg, err := p.stream.GetMsg(ctx, p.newest+1, jetstream.WithGetMsgSubject(p.subject))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	}
	return msg.Sequence, msg.Header.Get(sessionHeader) == p.session && bytes.Equal(msg.Data, data), nil
}

// wrongSequence tells whether the server refused a message because another one
// is the newest on its subject, or is on its way.
func wrongSequence(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// fullTime is how long a message waits for room while others wait behind it, which
// may be smaller. The last one goes on to try.
const fullTime = 5 * time.Second

// tooLarge tells whether the server, or the client for it, refused a message
// because of its size.
func tooLarge(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == codeTooLarge || errors.Is(err, nats.ErrMaxPayload)
}

// refusalOf is what is known of a message that is too large, and does not lie in
// the stream: of one that was sent before, an earlier sending may be on its way.
func refusalOf(sends int, err error) error {
	if sends == 1 {
		return fmt.Errorf("%w: %w", journal.ErrTooLarge, err)
	}
	return fmt.Errorf("%w: %w", journal.ErrUnsure, err)
}

// noRoom tells whether the server refused a message because it, or the account,
// or the stream has no room for it.
func noRoom(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == codeStoreFailed || api.ErrorCode == codeNoResources || api.ErrorCode == codeStorageExceeded || api.ErrorCode == codeAccountFull)
}

// explain finds out why newest is not the newest on the subject while nothing
// lies behind it. moved tells that it was trimmed, and newest is 0; an error,
// that it is lost.
func (p *publisher) explain(ctx context.Context) (moved bool, err error) {
	ctx, cancel := p.log.attempt(ctx, 1)
	defer cancel()
	newest, err := p.readNewest(ctx)
	if err != nil {
		return false, nil // not answered: asked again with the next send
	}
	if newest >= p.newest {
		p.missing = time.Time{}
		return false, nil
	}
	info, _, err := askLeader(ctx, p.stream)
	switch {
	case err != nil:
		return false, nil
	case info.State.FirstSeq > p.newest:
		p.newest, p.missing = 0, time.Time{}
		return true, nil
	case p.missing.IsZero():
		p.missing = time.Now()
	}
	if time.Since(p.missing) < p.log.options.Patience {
		return false, nil
	}
	return false, &journal.DamageError{
		Place: place(p.name), Sequence: p.newest, Err: journal.ErrGap,
		Reason: "acknowledged on " + p.subject + " and no longer there",
	}
}
