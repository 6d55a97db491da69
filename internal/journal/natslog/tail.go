package natslog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// Tail implements journal.Log.
func (l *Log) Tail(ctx context.Context, from rollcall.Position) iter.Seq2[journal.Pack, error] {
	return func(yield func(journal.Pack, error) bool) {
		if err := l.tail(ctx, from, yield); err != nil {
			yield(journal.Pack{}, err)
		}
	}
}

// tail returns nil when yield asked to stop.
func (l *Log) tail(ctx context.Context, from rollcall.Position, yield func(journal.Pack, error) bool) error {
	if err := l.validateFrom(ctx, from); err != nil {
		return err
	}
	start := l.Start()
	if err := journal.ValidateStart(from, start); err != nil {
		return err
	}
	first := max(from.Pack, start.Pack+1) // the pack that from lies in may have more records
	if from == journal.BehindPack(from.Epoch, from.Pack) {
		first = from.Pack + 1 // it may be trimmed without this node's knowing
	}
	r := l.newReader(ctx, first)
	defer r.close()
	for {
		p, err := r.next(ctx)
		if err != nil {
			return err
		}
		l.learn(p.Last())
		if p, err = p.After(from); err != nil {
			return err
		}
		if len(p.Records) > 0 && !yield(p, nil) {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// validateFrom is journal.ValidateFrom with the cluster's end, where this node
// may not know of it yet.
func (l *Log) validateFrom(ctx context.Context, from rollcall.Position) error {
	end := l.End()
	if from.Epoch == l.epoch && end.Before(from) {
		ctx, cancel, err := l.whileOpen(ctx)
		if err != nil {
			return err
		}
		defer cancel()
		if end, err = until(ctx, l, "its end", l.newest); err != nil {
			return err
		}
	}
	return journal.ValidateFrom(from, end)
}

// reader gives the packs of the stream one after the other, verified.
type reader struct {
	log   *Log
	due   uint64 // the sequence of the next pack
	feed  *feed
	chain *chain
}

func (l *Log) newReader(ctx context.Context, first uint64) *reader {
	r := &reader{log: l, due: first}
	r.chain = newChain(l.options.Stream, first, func(sequence uint64) (bool, error) {
		ctx, cancel, err := l.whileOpen(ctx)
		if err != nil {
			return false, err
		}
		defer cancel()
		return until(ctx, l, "where it begins", func(ctx context.Context) (bool, error) { return l.trimmed(ctx, sequence) })
	})
	return r
}

// next waits for the pack that is due. A failed log gives what it has first.
func (r *reader) next(ctx context.Context) (journal.Pack, error) {
	if r.feed == nil {
		if err := ctx.Err(); err != nil {
			return journal.Pack{}, err
		}
		var err error
		if r.feed, err = r.log.newFeed(r.log.options.Stream, "", r.due); err != nil { //nolint:contextcheck // it ends with close
			return journal.Pack{}, err
		}
	}
	m, err := r.feed.next(ctx, r.due)
	if err != nil {
		return journal.Pack{}, err
	}
	p, err := r.verify(m)
	if err != nil {
		p, err = r.repair(ctx, m, err)
	}
	if err != nil {
		return journal.Pack{}, err
	}
	r.due++
	return p, nil
}

// verify decodes a message and holds it against what is due.
func (r *reader) verify(m message) (journal.Pack, error) {
	if m.sequence != r.due {
		return journal.Pack{}, journal.Gap(place(r.log.options.Stream), r.due, m.sequence)
	}
	d, err := r.log.decode(m)
	if err != nil {
		return journal.Pack{}, err
	}
	return d.pack, r.chain.verify(d.node, d.element)
}

// repair is what to do about a message that is not what is due: messages come
// from any replica, and this one's copy may be the only bad one. It takes the
// leader's if that is sound, and begins to read anew behind it.
func (r *reader) repair(ctx context.Context, m message, damage error) (journal.Pack, error) {
	r.close()
	l := r.log
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return journal.Pack{}, err
	}
	defer cancel()
	trimmed := false
	leaders, err := until(ctx, l, "a pack", func(ctx context.Context) (leaders message, err error) {
		leaders, err = l.get(ctx, r.due)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			trimmed, err = l.trimmed(ctx, r.due)
		}
		return
	})
	switch {
	case err != nil:
		return journal.Pack{}, err
	case trimmed:
		return journal.Pack{}, fmt.Errorf("%w: pack %d, where the oldest is %d", journal.ErrTrimmed, r.due, m.sequence)
	case leaders.data == nil:
		return journal.Pack{}, damage
	}
	p, err := r.verify(leaders)
	if err != nil {
		return journal.Pack{}, damage
	}
	l.options.Logger.Error("a replica of the journal is damaged, the leader's copy is sound", "pack", r.due, "error", damage)
	return p, nil
}

// close ends the feed.
func (r *reader) close() {
	if r.feed != nil {
		r.feed.close()
		r.feed = nil
	}
}

// message is one of the stream's.
type message struct {
	subject  string
	sequence uint64
	data     []byte
}

// get reads one message from the leader.
func (l *Log) get(ctx context.Context, sequence uint64) (message, error) {
	msg, err := l.stream.GetMsg(ctx, sequence)
	if err != nil {
		return message{}, err
	}
	return message{msg.Subject, msg.Sequence, msg.Data}, nil
}

// decoded is what a message holds.
type decoded struct {
	pack    journal.Pack
	node    string
	element element
}

// decode reads a message and verifies all that can be without knowing others.
func (l *Log) decode(m message) (decoded, error) {
	bad := func(reason string, err error) (decoded, error) {
		return decoded{}, &journal.DamageError{Place: place(l.options.Stream), Sequence: m.sequence, Reason: reason, Err: err}
	}
	node, ok := strings.CutPrefix(m.subject, subject(l.options.Stream, l.epoch, ""))
	if !ok || !nameForm.MatchString(node) {
		return bad(fmt.Sprintf("it lies under subject %q", rollcall.Shorten(m.subject)), nil)
	}
	p, err := l.codec.Decode(m.data)
	if err != nil {
		if damaged, ok := errors.AsType[*journal.DamageError](err); ok {
			return bad(damaged.Reason, damaged.Err)
		}
		return decoded{}, err
	}
	if p.Epoch != l.epoch {
		return bad("it has epoch "+p.Epoch.String()+", in a journal of epoch "+l.epoch.String(), nil)
	}
	e := element{sequence: m.sequence, before: p.Sequence - 1, sum: checksum(m.data)}
	p.Sequence = m.sequence
	return decoded{pack: p, node: node, element: e}, nil
}
