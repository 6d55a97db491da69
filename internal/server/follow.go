package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
)

// follow is the one loop in which the floor changes: everything that the
// journal holds, in order, then what is appended, as it becomes durable.
// Start-up, live running and a test over a journal in memory are this loop.
// It ends with ctx or with the journal.
func (s *Server) follow(ctx context.Context) error {
	var batch []rollcall.Record
	for pack, err := range s.journal.Tail(ctx, s.floors.Position()) {
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, journal.ErrClosed) {
				return nil
			}
			return fmt.Errorf("follow the journal: %w", err)
		}
		batch, err = decodePack(batch[:0], pack)
		if err != nil {
			return err
		}
		for _, change := range s.floors.Apply(batch) {
			if change.Effect == rollcall.EffectUnreadable {
				s.config.Logger.Debug("an event of the journal is not readable by today's rules, and changes nothing", slog.String("position", change.Position.String()))
			}
			s.metrics.effects.WithLabelValues(change.Effect.String()).Inc()
			s.feeds.note(&change, s.ready.Load(), s.config.Now)
		}
		s.room.applied()
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

// decodePack turns what was kept into events. One of which today's rules make
// nothing changes nothing. One that only a newer rollcall knows is the end: to go
// on would answer questions wrongly.
func decodePack(batch []rollcall.Record, pack journal.Pack) ([]rollcall.Record, error) {
	for i, record := range pack.Records {
		position := pack.Position(i)
		event, err := agentevent.DecodeRecord(record)
		if newer, ok := errors.AsType[*agentevent.NewerError](err); ok {
			return nil, fmt.Errorf("read the event at %s from the journal: %w", position, newer)
		}
		if err != nil {
			event = nil
		}
		batch = append(batch, rollcall.Record{Position: position, Event: event})
	}
	return batch, nil
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
