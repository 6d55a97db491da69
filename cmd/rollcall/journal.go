package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/journal"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

func newJournal() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Look at a journal, check it, and carry it from one place to another",
		Long: `The journal is the durable log of agent events from which a server makes
everything that it knows. It lies in the server's --data-dir, or in a NATS
JetStream cluster (--nats-url).

In a data directory it can be looked at while no server uses it; in a cluster at
any time. Only import changes anything. The settings that say where the journal
is are those of "rollcall serve": from the command line, from the environment
(ROLLCALL_DATA_DIR), or from the file that --config names.`,
		Example: `  rollcall journal stat
  rollcall journal export --data-dir /var/lib/rollcall backup.jsonl.gz
  rollcall journal import --nats-url nats://n1:4222 backup.jsonl.gz`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newJournalStat(), newJournalCheck(), newJournalDump(), newJournalExport(), newJournalImport())
	return cmd
}

// journalPlace is where a command's journal is.
type journalPlace struct {
	store.Place
	flags *pflag.FlagSet
}

func addJournalPlace(cmd *cobra.Command) *journalPlace {
	p := &journalPlace{Place: store.NewOptions().Place, flags: pflag.NewFlagSet("place", pflag.ContinueOnError)}
	p.flags.SortFlags = false
	p.flags.String("config", "", "YAML file of settings, such as serve takes")
	p.flags.StringVar(&p.DataDir, "data-dir", server.NewConfig().DataDir, "the server's data directory")
	addClusterFlags(p.flags, &p.Cluster)
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(p.flags)
	return p
}

// load reads the settings that the command line left alone.
func (p *journalPlace) load(cmd *cobra.Command) error {
	err := fillFlags(p.flags, newServe().Flags(), "rollcall serve")
	if err == nil {
		err = p.Validate()
	}
	if err != nil {
		return misused(cmd, err)
	}
	p.Logger = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: plainErrors}))
	return nil
}

// with opens the journal for reading, and closes it behind f.
func (p *journalPlace) with(cmd *cobra.Command, f func(ctx context.Context, log journal.Log) error) error {
	if err := p.load(cmd); err != nil {
		return err
	}
	log, err := p.OpenExisting(cmd.Context())
	if err != nil {
		return explainJournal(err)
	}
	return explainJournal(errors.Join(f(cmd.Context(), log), log.Close()))
}

// name says where the journal is.
func (p *journalPlace) name() string {
	if p.Shared() {
		return "stream " + p.Cluster.Stream + " on " + strings.Join(p.Cluster.Servers(), ", ")
	}
	return p.JournalDir()
}

// explainJournal says what to do about what keeps a journal from being read, and
// gives damage its exit status.
func explainJournal(err error) error {
	switch {
	case errors.Is(err, journal.ErrInUse):
		return fmt.Errorf("%w; stop the server that uses it, or look at a copy made by a snapshot of the file system", err)
	case errors.Is(err, journal.ErrTrimmed):
		return fmt.Errorf("%w; a server forgot these events in keeping with its settings of retention", err)
	case errors.Is(err, journal.ErrDamaged):
		return &exitError{status: exitDamaged, err: err}
	}
	return err
}
