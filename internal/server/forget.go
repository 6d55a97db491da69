package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
)

// forgetBatch is how many agents are forgotten with one append.
const forgetBatch = 1000

// forgetLongGone forgets agents who have been off the floor for
// Config.ForgetAfter, until ctx ends. It does so by events in the journal, so
// that whoever replays it forgets at the same place. Two nodes that do it at the
// same time do no harm: the second event finds nothing to forget.
func (s *Server) forgetLongGone(ctx context.Context) {
	after := s.config.ForgetAfter
	if after <= 0 {
		return
	}
	next := time.NewTimer(min(after, time.Minute)) // not in the rush of a start
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if err := s.forgetOverdue(ctx, s.config.Now().Add(-after)); err != nil && ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
			s.config.Logger.Warn("agents who left long ago could not be forgotten; it is tried again", slog.Any("error", err))
		}
		next.Reset(min(after, time.Hour))
	}
}

// forgetOverdue forgets all agents who are off the floor and of whom nothing was
// heard since before.
func (s *Server) forgetOverdue(ctx context.Context, before time.Time) error {
	if err := s.floors.Wait(ctx, s.startAt); err != nil {
		return err
	}
	forgotten := 0
	for _, fl := range s.floors.Instances() {
		for {
			events := fl.Overdue(before, forgetBatch)
			if len(events) == 0 {
				break
			}
			if _, err := s.appendVisibly(ctx, events...); err != nil {
				return err
			}
			if forgotten += len(events); len(events) < forgetBatch {
				break
			}
		}
	}
	if forgotten > 0 {
		s.config.Logger.Info("agents who left long ago are forgotten", slog.Int("agents", forgotten), slog.Time("last_event_before", before))
	}
	return nil
}

// appendVisibly makes events durable, all or none, and returns when the floor
// shows what they did.
func (s *Server) appendVisibly(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error) {
	records, err := agentevent.Records(events...)
	if err != nil {
		return rollcall.Position{}, err
	}
	position, err := s.journal.Append(ctx, records)
	if err != nil {
		return position, fmt.Errorf("append to the journal: %w", err)
	}
	return position, s.floors.Wait(ctx, position)
}
