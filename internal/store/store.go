// Package store opens the journal that a server's settings name: embedded in the
// data directory, or in a cluster. It is where the engines are known; whoever
// has a journal.Log from here does not ask which one it is.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"rollcall/internal/archive"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/natslog"
)

// Options say which journal, and how it is opened. NewOptions gives the
// defaults.
type Options struct {
	Place
	// AcceptLoss keeps what can be read of a damaged journal, in a new epoch,
	// instead of refusing to open it. For the embedded one only.
	AcceptLoss bool
	// MaxWaitingBytes bounds the events that wait to be durable.
	MaxWaitingBytes int64
	// JournalStall is how long a write or sync of the embedded journal may take
	// until readiness and the log tell of it, and JournalStallExit until it counts
	// as failed; 0 means for ever.
	JournalStall, JournalStallExit time.Duration
	// FailStop is called with the first failed write or sync of the embedded
	// journal, and is to end the process. nil, for who has a journal among other
	// things: it fails, and says so.
	FailStop func(error)
	Now      func() time.Time
}

// NewOptions gives the defaults; Place has yet to name a data directory or a
// cluster.
func NewOptions() Options {
	return Options{
		Place:            Place{Cluster: Cluster{Stream: "ROLLCALL", Replicas: 3}},
		MaxWaitingBytes:  64 << 20,
		JournalStall:     10 * time.Second,
		JournalStallExit: time.Minute,
		Now:              time.Now,
	}
}

// leastWaitingBytes is the largest append that any journal takes.
const leastWaitingBytes = 16 << 20

// Validate finds settings that can't be meant. All of them are named.
func (o *Options) Validate() error {
	err := o.Place.Validate()
	if o.Shared() && o.AcceptLoss {
		err = errors.Join(err, errors.New("--accept-loss is for the embedded journal; what to do about a damaged stream is in docs/operations.md"))
	}
	if o.MaxWaitingBytes < leastWaitingBytes {
		err = errors.Join(err, fmt.Errorf("--max-waiting-bytes is %d bytes: want %d or more", o.MaxWaitingBytes, leastWaitingBytes))
	}
	for _, s := range []struct {
		flag         string
		value, least time.Duration
	}{
		{"journal-stall", o.JournalStall, time.Second},
		{"journal-stall-exit", o.JournalStallExit, max(o.JournalStall, time.Second)},
	} {
		if s.value != 0 && s.value < s.least {
			err = errors.Join(err, fmt.Errorf("--%s is %s: want 0, for no bound, or %s or more", s.flag, s.value, s.least))
		}
	}
	return err
}

// Open opens the journal, or makes one where there is none. Committed is told of
// each pack that was made durable: how many records, how many bytes as stored,
// how long it took.
func (o *Options) Open(ctx context.Context, committed func(records, storedBytes int, took time.Duration)) (journal.Log, error) {
	if o.Shared() {
		return o.Cluster.open(ctx, natslog.Options{
			MaxWaiting: journal.Limits{Bytes: int(o.MaxWaitingBytes)}, Now: o.Now, Logger: o.Logger,
			OnCommit: func(k natslog.Commit) { committed(k.Records, k.StoredBytes, k.Took) },
		})
	}
	dir := o.JournalDir()
	if err := finishSalvage(dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir + archive.ImportingSuffix); err == nil {
		o.Logger.Warn("an import into this data directory was broken off, and none of it is served; go on with it with rollcall journal import, or remove its directory",
			slog.String("dir", dir+archive.ImportingSuffix))
	}
	if o.AcceptLoss {
		if err := o.acceptLoss(ctx, dir); err != nil {
			return nil, err
		}
	}
	disk := o.diskOptions()
	disk.OnCommit = func(k disklog.Commit) { committed(k.Records, k.StoredBytes, k.Took) }
	log, err := disklog.Open(dir, disk)
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	return log, nil
}

func (o *Options) diskOptions() disklog.Options {
	return disklog.Options{
		MaxWaiting: journal.Limits{Bytes: int(o.MaxWaitingBytes)}, Logger: o.Logger, Now: o.Now,
		FailStop: o.FailStop, Stall: o.JournalStall, StallStop: o.JournalStallExit,
	}
}

// Explain says what to do about damage of the journal, where err tells of some.
func (o *Options) Explain(err error) error {
	if !errors.Is(err, journal.ErrDamaged) {
		return err
	}
	if o.Shared() {
		return fmt.Errorf("%w; 'rollcall journal check' names all of it, and docs/operations.md says how to go on with another stream", err)
	}
	return fmt.Errorf("%w; restore the journal from a backup, or start once with --accept-loss to keep what can be read", err)
}
