package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
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

// waitsLook is how often it is looked for waits that are to be forgotten.
const waitsLook = time.Minute

// forgetWaits forgets contacts that have waited for Config.WaitForget, until ctx
// ends: what ended their waits has not come. It does so by records in the journal, as
// agents are forgotten.
func (s *Server) forgetWaits(ctx context.Context) {
	look := time.NewTicker(min(waitsLook, s.config.WaitForget))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if err := s.forgetOverdueWaits(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
			s.config.Logger.Warn("contacts that wait too long could not be forgotten; it is tried again", slog.Any("error", err))
		}
	}
}

func (s *Server) forgetOverdueWaits(ctx context.Context) error {
	if err := s.floors.Wait(ctx, s.startAt); err != nil {
		return err
	}
	before := s.config.Now().Add(-s.config.WaitForget)
	for {
		overdue := s.state.Lobby().Overdue(before, forgetBatch)
		if len(overdue) == 0 {
			return nil
		}
		records := make([][]byte, len(overdue))
		for i, f := range overdue {
			var err error
			if records[i], err = contactevent.AppendForgetting(nil, f); err != nil {
				return err
			}
		}
		if _, err := s.appendRecords(ctx, records); err != nil {
			return err
		}
		s.metrics.waitsForgotten.Add(float64(len(overdue)))
		s.config.Logger.Info("contacts are no longer taken to wait, as nothing more came of them", slog.Int("contacts", len(overdue)), slog.Time("waiting_since_before", before))
	}
}

// appendVisibly makes events durable, all or none, and returns when the floor
// shows what they did.
func (s *Server) appendVisibly(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error) {
	records, err := agentevent.Records(events...)
	if err != nil {
		return rollcall.Position{}, err
	}
	return s.appendRecords(ctx, records)
}

// appendRecords is appendVisibly for records.
func (s *Server) appendRecords(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	position, err := s.journal.Append(ctx, records)
	if err != nil {
		return position, fmt.Errorf("append to the journal: %w", err)
	}
	err = s.floors.Wait(ctx, position)
	s.state.View(func() {}) // what is beside the floors has followed them then
	return position, err
}
