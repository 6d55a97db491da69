package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
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
	if err != nil {
		return err
	}
	return s.restore(ctx)
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
		return nil, explainDamage(fmt.Errorf("open the journal: %w", err))
	}
	return log, nil
}

func (s *Server) diskOptions() disklog.Options {
	c := &s.config
	return disklog.Options{
		MaxWaiting: journal.Limits{Bytes: int(c.MaxWaitingBytes)}, Logger: c.Logger, Now: c.Now,
		OnCommit: func(k disklog.Commit) { s.metrics.kept.commit(k.Records, k.StoredBytes, k.Took) },
	}
}

// explainDamage says what to do about damage.
func explainDamage(err error) error {
	if !errors.Is(err, journal.ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w; restore the journal from a backup, or start once with --accept-loss to keep what can be read", err)
}

// restore makes the floors from the newest snapshot that is sound, or empty ones
// where the journal still begins at its beginning. What lies behind follows.
func (s *Server) restore(ctx context.Context) error {
	list, err := s.journal.Snapshots(ctx)
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	start := s.journal.Start()
	for _, snapshot := range list {
		if snapshot.Position.Before(start) {
			continue // what lies behind it is forgotten
		}
		startedAt := s.config.Now()
		floors, err := s.loadSnapshot(ctx, snapshot.Position)
		if err == nil {
			s.floors, s.restored = floors, snapshot
			s.config.Logger.Info("floor restored from a snapshot", slog.String("position", snapshot.Position.String()),
				slog.Int("agents", floors.Counts().Agents), slog.Duration("took", s.config.Now().Sub(startedAt)))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.metrics.kept.unreadable.Inc()
		s.config.Logger.Error("a snapshot can't be read; the one before is used, or the whole journal",
			slog.String("position", snapshot.Position.String()), slog.Any("error", err))
	}
	if start.Pack != 0 {
		return explainDamage(&journal.DamageError{
			Sequence: start.Pack,
			Reason:   fmt.Sprintf("the packs up to here were forgotten, and of %d snapshots none can be read that holds what they made", len(list)),
		})
	}
	s.floors = floor.New(s.floorOptions())
	return nil
}

func (*Server) floorOptions() floor.Options { return floor.Options{Encode: connect.EncodeUserData} }

func (s *Server) loadSnapshot(ctx context.Context, at rollcall.Position) (*floor.Floors, error) {
	r, err := s.journal.OpenSnapshot(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return readSnapshot(&interruptible{ctx: ctx, r: r}, at, s.floorOptions())
}

// interruptible reads until ctx ends, so that a server need not load a large
// snapshot to its end when it is asked to stop.
type interruptible struct {
	ctx context.Context //nolint:containedctx // an io.Reader takes none
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
