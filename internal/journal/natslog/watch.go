package natslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// watchEvery is how often the stream's leader is asked how it is.
const watchEvery = time.Second

// watcher is what the watch has seen. The watch alone uses it.
type watcher struct {
	doubt       error     // why the stream may have lost something; nil if it has not
	doubtSince  time.Time // when it was first seen
	silentSince time.Time // when it was first not answered; zero if it is
}

// watch is the only place where the log comes to fail: the stream is not what it
// was, or the appender failed.
func (l *Log) watch() {
	defer close(l.watched)
	defer l.stopSending()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var w watcher
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick.C:
			if err := l.inspect(&w); err != nil {
				l.packer.Fail(err)
			}
		case <-l.packer.Failed():
			l.options.Logger.Error("journal failed, nothing more is accepted", "stream", l.options.Stream, "error", l.packer.Err())
			return
		}
	}
}

// inspect asks the leader about the stream. Its error is terminal.
func (l *Log) inspect(w *watcher) error {
	known, now := l.End(), l.options.Now()
	ctx, cancel := l.attempt(l.ctx, 1)
	defer cancel()
	info, ago, err := askLeader(ctx, l.stream)
	deleted := errors.Is(err, jetstream.ErrStreamNotFound)
	if err != nil && !deleted {
		l.silent(w, err)
		return nil
	}
	l.answered(w)
	if deleted {
		return l.doubt(w, &journal.DamageError{Place: place(l.options.Stream), Reason: "it was deleted", Err: err})
	}
	if err := l.validateConfig(info.Config); err != nil {
		return err
	}
	l.learnStart(info.State.FirstSeq)
	l.fit(info.Config)
	if info.State.LastSeq < known.Pack {
		return l.doubt(w, &journal.DamageError{
			Place: place(l.options.Stream), Sequence: info.State.LastSeq + 1, Err: journal.ErrGap,
			Reason: fmt.Sprintf("acknowledged and no longer there, as are all up to %d", known.Pack),
		})
	}
	w.doubt = nil
	l.progress.led(now.Add(-ago), info.State.LastSeq)
	if info.State.LastSeq > l.End().Pack {
		_, _ = l.newest(ctx) // no tail has told of it yet; one will name what is wrong
	}
	return nil
}

// validateConfig refuses a stream that is not the one that was opened, or is no
// longer safe.
func (l *Log) validateConfig(c jetstream.StreamConfig) error {
	epoch, err := parseEpoch(c)
	if err != nil {
		return err
	}
	if epoch != l.epoch {
		return &journal.DamageError{
			Place:  place(l.options.Stream),
			Reason: fmt.Sprintf("it was made anew, with epoch %s where %s was open", epoch, l.epoch),
		}
	}
	c.MaxMsgSize = 0 // fit follows it
	return validateStream(c, &l.options, subjects(c.Name, l.epoch))
}

func (l *Log) silent(w *watcher, err error) {
	l.progress.unled(err)
	if w.silentSince.IsZero() && l.ctx.Err() == nil {
		w.silentSince = time.Now()
		l.options.Logger.Warn("journal cluster does not answer", "stream", l.options.Stream, "error", err)
	}
}

func (l *Log) answered(w *watcher) {
	if !w.silentSince.IsZero() {
		l.options.Logger.Info("journal cluster answers again", "stream", l.options.Stream, "after", time.Since(w.silentSince))
		w.silentSince = time.Time{}
	}
}

// doubt gives the reason back when it has been seen for long enough.
func (l *Log) doubt(w *watcher, reason error) error {
	if w.doubt == nil {
		w.doubtSince = time.Now()
		l.options.Logger.Warn("journal stream seems to have lost packs", "stream", l.options.Stream, "error", reason)
	}
	w.doubt = reason
	l.progress.unled(reason)
	if time.Since(w.doubtSince) < l.options.Patience {
		return nil
	}
	return reason
}

// newest asks for the end of the stream and learns it.
func (l *Log) newest(ctx context.Context) (rollcall.Position, error) {
	info, err := l.info(ctx)
	if err != nil {
		return rollcall.Position{}, err
	}
	last := info.State.LastSeq
	if last == 0 {
		return rollcall.Position{Epoch: l.epoch}, nil
	}
	known := l.End()
	begin := max(known.Pack+1, info.State.FirstSeq)
	if known.Pack > 0 && last < begin {
		return known, nil
	}
	nothing := &journal.DamageError{
		Place: place(l.options.Stream), Sequence: last, Err: journal.ErrGap,
		Reason: "missing as are all before it, and a trim keeps the newest",
	}
	if info.State.Msgs == 0 {
		return rollcall.Position{}, nothing
	}
	p, ok, err := l.pack(ctx, last, begin)
	switch {
	case err != nil:
		return rollcall.Position{}, err
	case ok:
		l.learn(p.Last())
		return p.Last(), nil
	case known.Pack > 0:
		return known, nil // strays alone lie behind it
	case info.State.FirstSeq > 1:
		return rollcall.Position{}, nothing
	}
	return rollcall.Position{Epoch: l.epoch}, nil
}

// fit follows what the stream and the server take, which somebody may change.
func (l *Log) fit(c jetstream.StreamConfig) {
	r, err := roomLeft(l.payloadBytes(c), l.options.Limits)
	l.packer.Limit(r.limits, r.packBytes)
	l.progress.fits(l.options.Now(), err)
}
