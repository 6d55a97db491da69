package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"rollcall"
	"rollcall/internal/journal"
)

// follow is the one loop in which the state changes: everything that the
// journal holds, in order, then what is appended, as it becomes durable.
// Start-up, live running and a test over a journal in memory are this loop.
// It ends with ctx or with the journal.
func (s *Server) follow(ctx context.Context) error {
	for pack, err := range s.journal.Tail(ctx, s.floors.Position()) {
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, journal.ErrClosed) {
				return nil
			}
			return fmt.Errorf("follow the journal: %w", err)
		}
		changes, err := s.state.Apply(pack)
		if err != nil {
			return err
		}
		for _, change := range changes {
			if change.Effect == rollcall.EffectUnreadable {
				s.config.Logger.Debug("an event of the journal is not readable by today's rules, and changes nothing", slog.String("position", change.Position.String()))
			}
			s.metrics.effects.WithLabelValues(change.Effect.String()).Inc()
			s.feeds.note(&change, s.ready.Load(), s.config.Now)
		}
		if err := s.noteFloorBytes(); err != nil {
			return err
		}
		s.keeper.Applied(sizeOf(pack.Records))
		s.noteCaughtUp()
	}
	return nil
}

func sizeOf(records [][]byte) (bytes int) {
	for _, r := range records {
		bytes += len(r)
	}
	return bytes
}

// noteCaughtUp makes the server ready when the floor has reached what the
// journal held at the start.
func (s *Server) noteCaughtUp() {
	if s.ready.Load() {
		return
	}
	position := s.floors.Position()
	if position.Before(s.startAt) {
		return
	}
	s.ready.Store(true)
	s.config.Logger.Info("floor is up to date", slog.String("position", position.String()))
}
