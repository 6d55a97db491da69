package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/memlog"
)

func (s *Server) openJournal(ctx context.Context) (err error) {
	c := &s.config
	switch {
	case c.journal != nil:
		s.journal = c.journal
	case c.Cluster.in():
		s.journal, err = s.openCluster(ctx)
	case c.Ephemeral:
		s.journal = memlog.New(memlog.Options{MaxBytes: int(c.MemoryBytes), Now: c.Now})
	default:
		s.journal, err = s.openDisk(ctx)
	}
	return err
}

// openDisk opens the embedded journal.
func (s *Server) openDisk(ctx context.Context) (journal.Log, error) {
	dir := filepath.Join(s.config.DataDir, journalDir)
	if err := finishSalvage(dir); err != nil {
		return nil, err
	}
	if s.config.AcceptLoss {
		if err := s.acceptLoss(ctx, dir); err != nil {
			return nil, err
		}
	}
	log, err := disklog.Open(dir, s.diskOptions())
	if err != nil {
		return nil, s.explainDamage(fmt.Errorf("open the journal: %w", err))
	}
	return log, nil
}

func (s *Server) diskOptions() disklog.Options {
	c := &s.config
	return disklog.Options{
		MaxWaiting: journal.Limits{Bytes: int(c.MaxWaitingBytes)}, Logger: c.Logger, Now: c.Now,
		FailStop: c.FailStop, Stall: c.JournalStall, StallStop: c.JournalStallExit,
		OnCommit: func(k disklog.Commit) { s.metrics.kept.Commit(k.Records, k.StoredBytes, k.Took) },
	}
}

// explainDamage says what to do about damage.
func (s *Server) explainDamage(err error) error {
	if !errors.Is(err, journal.ErrDamaged) {
		return err
	}
	if s.config.Cluster.in() {
		return fmt.Errorf("%w; 'rollcall journal check' names all of it, and docs/operations.md says how to go on with another stream", err)
	}
	return fmt.Errorf("%w; restore the journal from a backup, or start once with --accept-loss to keep what can be read", err)
}
