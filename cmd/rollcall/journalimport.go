package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"rollcall/internal/archive"
	"rollcall/internal/durable"
	"rollcall/internal/journal/disklog"
)

func newJournalImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Make a journal from what 'rollcall journal export' wrote",
		Long: `import makes a new journal, with an epoch of its own, from an export: in a data
directory that has none (or one without events), or in a stream of a NATS cluster
that holds nothing. With no FILE, or with -, it reads standard input; what is
compressed with gzip is recognized.

In a data directory the journal is there when the import is whole, and not before.
In a cluster its events are there as they are imported: start the servers when it
is done. An import that was broken off is gone on with when the same export is
imported again; a journal that holds anything else is refused.`,
		Example: `  rollcall journal import --data-dir /var/lib/rollcall backup.jsonl.gz
  rollcall journal import --nats-url nats://n1:4222 --nats-url nats://n2:4222 backup.jsonl.gz`,
		Args: cobra.MaximumNArgs(1),
	}
	place := addJournalPlace(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := place.load(cmd); err != nil {
			return err
		}
		in, err := openExport(cmd, append(args, "-")[0])
		if err != nil {
			return err
		}
		is, err := place.take(cmd, in)
		in.done()
		if err != nil {
			return place.explainImport(is, err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "imported %d events into %s, epoch %s, up to %s\n", is.Events, place.name(), is.Epoch, is.End)
		return nil
	}
	return cmd
}

// explainImport says what there is after an import that failed, and what to do.
func (p *journalPlace) explainImport(is archive.Imported, err error) error {
	doing := "import into " + p.name()
	if errors.Is(err, archive.ErrNotEmpty) {
		return fmt.Errorf("%s: %w; an import needs a place that holds nothing", doing, err)
	}
	next := "the same export goes on there when it is imported again"
	if input := (*archive.InputError)(nil); errors.As(err, &input) {
		next = "a whole export of the same journal goes on there"
	}
	return explainJournal(fmt.Errorf("%s, broken off after %d events: %w; %s", doing, is.Events, err, next))
}

// take imports into the place.
func (p *journalPlace) take(cmd *cobra.Command, in io.Reader) (is archive.Imported, err error) {
	if !p.Shared() {
		if err := durable.MkdirAll(p.DataDir); err != nil {
			return is, fmt.Errorf("make the data directory: %w", err)
		}
		return archive.ImportDir(cmd.Context(), p.JournalDir(), disklog.Options{Logger: p.Logger}, in, nil)
	}
	log, err := p.OpenShared(cmd.Context())
	if err != nil {
		return is, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	return archive.Import(cmd.Context(), log, in, nil)
}

// exportInput is an export that is being read, with a bar of how far it is.
type exportInput struct {
	io.Reader
	bar  *progressbar.ProgressBar
	file *os.File // nil for standard input
}

func openExport(cmd *cobra.Command, name string) (*exportInput, error) {
	x := &exportInput{}
	raw := cmd.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		x.file, raw = file, file
	}
	x.bar = newBar(cmd.ErrOrStderr(), "import", []string{name})
	plain, err := unpacked(interruptible(cmd.Context(), countingReader{raw, x.bar}))
	if err != nil {
		x.done()
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	begun := bufio.NewReader(plain)
	if head, _ := begun.Peek(len(exportHead)); string(head) != exportHead { // before anything is made
		x.done()
		return nil, fmt.Errorf("%s is no export: its first line is not that of 'rollcall journal export'", name)
	}
	x.Reader = begun
	return x, nil
}

// exportHead is what every export begins with.
const exportHead = `{"EventType":"ROLLCALL_EXPORT"`

func (x *exportInput) done() {
	_ = x.bar.Finish()
	if x.file != nil {
		_ = x.file.Close()
	}
}

// countingReader tells a bar what was read.
type countingReader struct {
	io.Reader
	bar *progressbar.ProgressBar
}

// Read implements io.Reader.
func (c countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	_ = c.bar.Add(n)
	return n, err
}

// unpacked gives what is in r, whether it is compressed or not.
func unpacked(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if begin, err := b.Peek(2); err != nil || begin[0] != 0x1f || begin[1] != 0x8b {
		return b, nil //nolint:nilerr // whoever reads on meets the error
	}
	return gzip.NewReader(b)
}
