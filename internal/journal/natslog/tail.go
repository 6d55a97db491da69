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
	defer l.progress.begin(first - 1)()
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
		l.progress.follow(p.Sequence)
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

// earlyReads is how many packs a Tail reads one by one before it makes a
// consumer, which costs a cluster an election: one that is broken off early, or
// that begins near the end, does without.
const earlyReads = 4

// reader gives the packs of the stream one after the other, verified.
type reader struct {
	log   *Log
	due   uint64 // the sequence of the next pack
	early int    // packs read without a consumer
	feed  *feed  // nil before there is a consumer
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

// next waits for the next pack, and steps over strays. A failed log gives what it
// has first.
func (r *reader) next(ctx context.Context) (journal.Pack, error) {
	for {
		p, err := r.awaitDue(ctx)
		stray, ok := errors.AsType[*strayError](err)
		if !ok {
			return p, err
		}
		r.skip(stray.message)
	}
}

// skip steps over a stray. On the subject of a node it is an element of its
// chain: the node has gone behind it.
func (r *reader) skip(m message) {
	l := r.log
	l.noteStray(m, true)
	if node, ok := strings.CutPrefix(m.subject, subject(l.options.Stream, l.epoch, "")); ok {
		r.chain.newest[node] = element{sequence: m.sequence}
	}
	l.progress.follow(r.due)
	r.due++
}

// awaitDue waits for what is due: a pack, or a *strayError.
func (r *reader) awaitDue(ctx context.Context) (journal.Pack, error) {
	l := r.log
	if r.feed == nil && r.early < earlyReads && r.due <= l.End().Pack && l.sending.Err() == nil {
		r.early++
		p, err := r.fetch(ctx)
		if !errors.Is(err, journal.ErrFailed) {
			return p, err
		} // it failed meanwhile, and nobody is asked any more; a feed still gives what there is
	}
	if r.feed == nil {
		if err := ctx.Err(); err != nil {
			return journal.Pack{}, err
		}
		var err error
		if r.feed, err = l.newFeed(l.options.Stream, "", r.due); err != nil { //nolint:contextcheck // it ends with close
			return journal.Pack{}, err
		}
	}
	m, err := r.feed.next(ctx, r.due)
	if err != nil {
		return journal.Pack{}, err
	}
	p, err := r.verify(m)
	if err != nil {
		return r.repair(ctx, err)
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

// fetch reads the pack that is due from the stream's leader.
func (r *reader) fetch(ctx context.Context) (journal.Pack, error) {
	l := r.log
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return journal.Pack{}, err
	}
	defer cancel()
	m, err := until(ctx, l, "a pack", func(ctx context.Context) (message, error) {
		m, err := l.get(ctx, r.due)
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return m, err
		}
		trimmed, err := l.trimmed(ctx, r.due)
		switch {
		case err != nil:
			return m, err
		case trimmed:
			return m, journal.ValidateStart(rollcall.Position{Epoch: l.epoch, Pack: r.due}, l.Start())
		}
		return m, l.missing(r.due)
	})
	if err != nil {
		return journal.Pack{}, err
	}
	p, err := r.verify(m)
	if err != nil {
		return journal.Pack{}, err
	}
	r.due++
	return p, nil
}

// repair is what to do about a message that is not what is due: messages come
// from any replica, and this one's copy may be the only bad one. It takes the
// leader's if that is sound, and begins to read anew behind it. What is a stray
// is the leader's to say, too.
func (r *reader) repair(ctx context.Context, wrong error) (journal.Pack, error) {
	_, stray := errors.AsType[*strayError](wrong)
	if !stray {
		r.close()
	}
	p, err := r.fetch(ctx)
	switch {
	case err == nil:
		r.log.options.Logger.Error("a replica of the journal is damaged, the leader's copy is sound", "pack", p.Sequence, "error", wrong)
	case errors.Is(err, journal.ErrDamaged) && !stray:
		err = wrong
	}
	return p, err
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
	ours     bool // it says that a rollcall published it
}

// get reads one message from the leader.
func (l *Log) get(ctx context.Context, sequence uint64) (message, error) {
	msg, err := l.stream.GetMsg(ctx, sequence)
	if err != nil {
		return message{}, err
	}
	return message{msg.Subject, msg.Sequence, msg.Data, msg.Header.Get(sessionHeader) != ""}, nil
}

// decoded is what a message holds.
type decoded struct {
	pack    journal.Pack
	node    string
	element element
}

// decode reads a message and verifies all that can be without knowing others.
// What is wrong with one is damage if it is ours, else a *strayError.
func (l *Log) decode(m message) (decoded, error) {
	bad := func(reason string, err error) (decoded, error) {
		if !m.ours {
			return decoded{}, &strayError{m}
		}
		return decoded{}, &journal.DamageError{Place: place(l.options.Stream), Sequence: m.sequence, Reason: reason, Err: err}
	}
	node, ok := strings.CutPrefix(m.subject, subject(l.options.Stream, l.epoch, ""))
	if !ok || !nameForm().MatchString(node) {
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
