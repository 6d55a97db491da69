package kinesis

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"rollcall/internal/source"
)

// Status tells how the source is doing now: shards in the order of their ids.
func (s *Source) Status() source.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.status
	is.Shards = make([]source.ShardStatus, 0, len(s.shards))
	for _, sh := range s.shards {
		is.Shards = append(is.Shards, sh.status)
		if sh.status.State == source.StateFailing && is.State == source.StateReading {
			is.State, is.Trouble = source.StateFailing, "shard "+sh.id+": "+sh.status.Trouble
		}
	}
	slices.SortFunc(is.Shards, func(a, b source.ShardStatus) int { return cmp.Compare(a.Shard, b.Shard) })
	return is
}

// trouble notes, and logs once a minute, why the stream can't be read.
func (s *Source) trouble(err error) {
	state := source.StateFailing
	if isMissing(err) || errors.Is(err, errInactive) {
		state = source.StateWaiting
	}
	s.mu.Lock()
	s.status.State, s.status.Trouble = state, explain(err)
	s.mu.Unlock()
	if s.due("trouble " + explain(err)) {
		s.Logger.Warn("the stream can't be read now; it is tried again", slog.String("reason", explain(err)), slog.Any("error", err))
	}
}

// clear notes that the stream is read.
func (s *Source) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.State, s.status.Trouble = source.StateReading, ""
}

// leave forgets the shards of a stream that is not read any more.
func (s *Source) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.shards)
}

// leaveOut counts what was left out, and logs it once a minute for each label.
func (s *Source) leaveOut(is *leftOut, shard string) {
	s.Observe.Refused(s.name, is.label)
	if s.due("refused " + is.label) {
		s.Logger.Warn("a record of the stream is left out, since it is no agent event; more of the kind are counted and not logged for a minute",
			slog.String("kind", is.label), slog.String("reason", is.reason), slog.String("shard", shard), slog.String("sequence_number", is.sequence))
	}
}

// mostTold bounds what is remembered to have been logged.
const mostTold = 100

// due tells whether something is to be logged: not again within a minute.
func (s *Source) due(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if at, ok := s.told[what]; ok && now.Sub(at) < time.Minute {
		return false
	}
	if len(s.told) >= mostTold {
		clear(s.told)
	}
	s.told[what] = now
	return true
}

// set changes what is told of the shard.
func (s *shard) set(change func(*source.ShardStatus)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}

// hear notes that the shard was read, and how far that was behind the stream, in
// milliseconds.
func (s *shard) hear(behind *int64) {
	s.behind, s.heard = 0, s.Now()
	if behind != nil {
		s.behind = time.Duration(*behind) * time.Millisecond
	}
	s.Observe.Behind(s.name, s.id, s.behind)
	s.set(func(is *source.ShardStatus) {
		is.State, is.BehindSeconds, is.After, is.ReadAt = source.StateReading, s.behind.Seconds(), s.at.After, s.heard.UTC()
	})
}

// fail notes what hinders the shard; nil: nothing. As long as it isn't read, it
// falls behind, as far as anybody knows.
func (s *shard) fail(err error) {
	if err == nil {
		s.set(func(is *source.ShardStatus) { is.Trouble = "" })
		return
	}
	behind := s.behind + s.Now().Sub(s.heard)
	s.Observe.Behind(s.name, s.id, behind)
	s.set(func(is *source.ShardStatus) {
		is.State, is.Trouble, is.BehindSeconds = source.StateFailing, explain(err), behind.Seconds()
	})
	if s.due("shard " + explain(err)) {
		s.Logger.Warn("a shard can't be read now; it is tried again", slog.String("shard", s.id), slog.String("reason", explain(err)), slog.Any("error", err))
	}
}

func (s *shard) isBegun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop != nil || s.status.State == source.StateEnded
}

func (s *shard) begun(node string, stop context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop, s.status.State, s.status.WaitsFor, s.status.Node = stop, source.StateReading, "", node
}

// leave reads the shard no more.
func (s *shard) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
	delete(s.shards, s.id)
}

func (s *shard) isEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status.State == source.StateEnded
}

func (s *shard) end() {
	s.set(func(is *source.ShardStatus) {
		*is = source.ShardStatus{Shard: is.Shard, Mode: is.Mode, State: source.StateEnded, After: is.After, ReadAt: is.ReadAt}
	})
}
