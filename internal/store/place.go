package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/natslog"
)

// Place is where a journal is: in the cluster, if one is named, else in the data
// directory.
type Place struct {
	DataDir string
	Cluster Cluster
	Logger  *slog.Logger
}

// Validate finds settings that can't be meant.
func (p *Place) Validate() error {
	var errs []error
	p.Cluster.validate(func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) })
	return errors.Join(errs...)
}

// Shared tells whether the journal is in a cluster, where servers may be using
// it meanwhile.
func (p *Place) Shared() bool { return p.Cluster.in() }

// Servers are the URLs of the cluster as they may be shown.
func (c *Cluster) Servers() []string { return natslog.RedactAll(c.URLs) }

// journalDir is the embedded journal in a data directory.
const journalDir = "journal"

// JournalDir is the directory of the embedded journal.
func (p *Place) JournalDir() string { return filepath.Join(p.DataDir, journalDir) }

// OpenExisting opens a journal that is there, for reading. An embedded one must
// not be in use.
func (p *Place) OpenExisting(ctx context.Context) (journal.Log, error) {
	if p.Shared() {
		return p.Cluster.open(ctx, natslog.Options{Logger: p.Logger, Existing: true})
	}
	log, err := disklog.Open(p.JournalDir(), disklog.Options{ReadOnly: true, Logger: p.Logger})
	if err != nil {
		return nil, err
	}
	return log, nil
}

// OpenToChange opens the embedded journal that is there, to append to. No server
// may be using it.
func (p *Place) OpenToChange() (journal.Log, error) {
	if _, err := os.Stat(p.JournalDir()); err != nil {
		return nil, fmt.Errorf("there is no journal: %w", err)
	}
	log, err := disklog.Open(p.JournalDir(), disklog.Options{Logger: p.Logger})
	if err != nil {
		return nil, err
	}
	return log, nil
}

// OpenShared opens the journal in the cluster, and makes one where there is
// none.
func (p *Place) OpenShared(ctx context.Context) (journal.Log, error) {
	return p.Cluster.open(ctx, natslog.Options{Logger: p.Logger})
}
