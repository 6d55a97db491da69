package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/spf13/cobra"

	"rollcall/internal/archive"
	"rollcall/internal/durable"
	"rollcall/internal/journal"
	"rollcall/internal/ownclient"
)

func newJournalExport() *cobra.Command {
	var brief bool
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write a whole journal out, to be imported elsewhere or kept as a backup",
		Long: `export writes all that is needed to make the same journal elsewhere: lines of
JSON, with a checksum in the last. An import of it makes the same floor. Where the
journal was trimmed, the export begins with the state at its oldest sound
snapshot, as agent events, and goes on with the events behind it. With --brief it
begins with the newest one, without the history before: that is smaller, and gets
past damage that lies before it. An export has no holes: what it needs and can't be
read is named, nothing is kept, and the exit status is 4.

With no FILE, or with -, it writes to standard output. A FILE appears when it is
whole, is readable by its owner alone, and is compressed if its name ends in .gz.

'rollcall emit' takes the agent events of an export, too, and leaves out the lines
that are rollcall's own. Keys and settings are no part of the journal.`,
		Example: `  rollcall journal export --data-dir /var/lib/rollcall backup.jsonl.gz
  rollcall journal export --nats-url nats://n1:4222 backup.jsonl.gz    # while servers run
  rollcall journal export --endpoint-url http://127.0.0.1:8420 backup.jsonl.gz    # of a server that runs
  rollcall journal export | rollcall journal import --nats-url nats://n1:4222`,
		Args: cobra.MaximumNArgs(1),
	}
	place := addJournalPlace(cmd)
	var server ownclient.Options
	addTarget(cmd, &server)
	cmd.Flags().Lookup("endpoint-url").Usage = "take the journal of the server that runs there, with a key that may do rollcall:ExportJournal"
	cmd.Flags().BoolVar(&brief, "brief", false, "begin with the state at the newest sound snapshot")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := append(args, "-")[0]
		if server.EndpointURL != "" {
			if brief {
				return misused(cmd, errors.New("--brief is for a journal that is read here, not by a server that runs"))
			}
			return exportFrom(cmd, server, name)
		}
		return place.with(cmd, func(ctx context.Context, log journal.Log) error {
			progress, finish := newJournalBar(cmd.ErrOrStderr(), "export")
			var is archive.Exported
			err := writeWhole(cmd.OutOrStdout(), name, func(out io.Writer) (err error) {
				is, err = archive.Export(ctx, log, out, brief, progress)
				return err
			})
			finish()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "exported %d events of epoch %s up to %s", is.Events, is.Epoch, is.End)
			if !is.State.IsZero() {
				fmt.Fprintf(cmd.ErrOrStderr(), ", beginning with the state at %s", is.State)
			}
			fmt.Fprintln(cmd.ErrOrStderr())
			return nil
		})
	}
	return cmd
}

// exportFrom has a server write its journal out.
func exportFrom(cmd *cobra.Command, o ownclient.Options, name string) error {
	server, err := ownclient.Open(cmd.Context(), o)
	if err != nil {
		return err
	}
	body, refused, err := server.Download(cmd.Context(), "/v1/journal/export", nil, nil)
	if refused != nil {
		err = read(server, refused, nil)
	}
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	end := new(lastLine)
	err = writeWhole(cmd.OutOrStdout(), name, func(out io.Writer) error {
		if _, err := io.Copy(io.MultiWriter(out, end), body); err != nil {
			return fmt.Errorf("the export was cut off: %w", err)
		}
		if !strings.HasPrefix(end.line, `{"EventType":"ROLLCALL_EXPORT_END"`) {
			return errors.New("the export was cut off: its last line is missing")
		}
		return nil
	})
	if err == nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "exported the journal of", server.Endpoint)
	}
	return err
}

// lastLine keeps the beginning of the last line that is written to it.
type lastLine struct {
	line string
	more bool // the line has not ended
}

func (l *lastLine) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		if !l.more {
			l.line = ""
		}
		if room := 64 - len(l.line); room > 0 {
			l.line += string(part[:min(len(part), room)])
		}
		l.more, p = !ended, rest
	}
	return n, nil
}

// writeWhole has write fill a file that appears when it is whole and durable, or
// standard output for -.
func writeWhole(stdout io.Writer, name string, write func(io.Writer) error) error {
	if name == "-" {
		return write(stdout)
	}
	return durable.Write(name, func(w io.Writer) error {
		if !strings.HasSuffix(name, ".gz") {
			return write(w)
		}
		packed := gzip.NewWriter(w)
		return errors.Join(write(packed), packed.Close())
	})
}
