package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"rollcall/internal/emit"
	"rollcall/internal/ownclient"
)

func newEmit() *cobra.Command {
	var target ownclient.Options
	var into streamTarget
	cmd := &cobra.Command{
		Use:   "emit [FILE...]",
		Short: "Put agent events from files or standard input into a server",
		Long: `emit sends agent event documents to a server, in batches, in order. An input may
be one document, a JSON array, one document a line, or documents one after the
other. With no FILE, or with -, it reads standard input.

Documents that the server refuses are named on standard error by file and line;
all others are kept. Sending the same documents twice changes nothing. What
'rollcall journal dump' and 'rollcall journal export' write is taken; lines of it
that are no agent events (their EventType begins with ROLLCALL_) are left out.

With --kinesis, documents go into an Amazon Kinesis data stream instead, for
programs that read one: a record each, with the credentials and the Region that
AWS tools find (policy: kinesis:PutRecords). An agent's events keep their order;
a record whose answer was lost may be there twice.

The exit status is 0 when every document was kept, 1 when any was not.`,
		Example: `  rollcall emit events.jsonl
  rollcall simulate --agents 50 --duration 1h --rate max | rollcall emit
  zcat day.jsonl.gz | rollcall emit --endpoint-url http://127.0.0.1:8420 -
  rollcall journal dump | rollcall emit --kinesis agent-events`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := lookAtInputs(args); err != nil {
				return err
			}
			if cmd.Flags().Changed("kinesis") || cmd.Flags().Changed("kinesis-endpoint-url") {
				stream, err := into.open(cmd.Context())
				if err != nil {
					return err
				}
				return emitAll(cmd, args, func(sent func(int64), refused func(emit.Refused)) emitter {
					stream.OnSent, stream.OnRefused = sent, refused
					return stream
				})
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			return emitAll(cmd, args, func(sent func(int64), refused func(emit.Refused)) emitter {
				return &emit.Emitter{Server: server, OnSent: sent, OnRefused: refused}
			})
		},
	}
	addTarget(cmd, &target)
	into.addFlags(cmd.Flags())
	for _, flag := range []string{"endpoint-url", "region", "profile"} {
		if cmd.Flags().Lookup(flag) != nil {
			cmd.MarkFlagsMutuallyExclusive("kinesis", flag)
		}
	}
	return cmd
}

// emitter sends inputs to where they go.
type emitter interface {
	Emit(ctx context.Context, name string, r io.Reader) error
	Summary() emit.Summary
}

// lookAtInputs finds what can't be read, before anybody is asked and anything is
// sent. It opens nothing: a pipe can be opened once.
func lookAtInputs(inputs []string) error {
	for _, input := range inputs {
		if input == "-" {
			continue
		}
		info, err := os.Stat(input)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return fmt.Errorf("read %s: is a directory", input)
		}
	}
	return nil
}

func emitAll(cmd *cobra.Command, inputs []string, begin func(sent func(int64), refused func(emit.Refused)) emitter) error {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	bar := newBar(cmd.ErrOrStderr(), "emit", inputs)
	to := begin(func(n int64) { _ = bar.Add64(n) }, func(r emit.Refused) {
		_ = bar.Clear()
		member := r.Member
		if member != "" {
			member += ": "
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s:%d: %s\n", r.Input, r.Line, harmless(member+r.Reason))
	})
	var err error
	for _, input := range inputs {
		if err = emitInput(cmd.Context(), to, input, cmd.InOrStdin(), cmd.ErrOrStderr()); err != nil {
			break
		}
	}
	_ = bar.Finish()
	if cmd.Context().Err() != nil {
		beginLine(cmd.ErrOrStderr())
	}
	summary := to.Summary()
	if absent := (*fs.PathError)(nil); errors.As(err, &absent) && summary == (emit.Summary{}) {
		return err // there was nothing to begin with
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "kept %d, refused %d", summary.Kept, summary.Refused)
	if summary.LeftOut > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), ", left out %d that are rollcall's own", summary.LeftOut)
	}
	if summary.Position != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), ", position %s", summary.Position)
	}
	fmt.Fprintln(cmd.ErrOrStderr())
	if err == nil && summary.Refused > 0 {
		err = errors.New("not every document was kept")
	}
	return err
}

func emitInput(ctx context.Context, to emitter, input string, stdin io.Reader, log io.Writer) error {
	if input == "-" {
		if isTerminal(stdin) {
			fmt.Fprintln(log, "reading events from the terminal; Ctrl-D ends them")
		}
		return to.Emit(ctx, "standard input", emit.Unpack(interruptible(ctx, stdin)))
	}
	file, err := os.Open(input)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return to.Emit(ctx, input, emit.Unpack(interruptible(ctx, file)))
}

// interruptible reads r until ctx is done: a terminal or a pipe may have
// nothing to read for ever.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, r)
		_ = in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { _ = in.CloseWithError(context.Cause(ctx)) })
	return out
}

// noSpinner keeps the bar to the goroutine that moves it: the library's own
// redraws race with it.
var noSpinner = progressbar.OptionSetSpinnerChangeInterval(0)

// newBar is a bar over the bytes of all inputs, on a terminal; elsewhere it
// shows nothing. A pipe has no size, so it gets a counter.
func newBar(w io.Writer, what string, inputs []string) *progressbar.ProgressBar {
	file, seen := terminal(w)
	if !seen {
		return progressbar.NewOptions64(-1, progressbar.OptionSetWriter(io.Discard), noSpinner)
	}
	total := int64(0)
	for _, input := range inputs {
		info, err := os.Stat(input)
		if input == "-" || err != nil || !info.Mode().IsRegular() {
			total = -1
			break
		}
		total += info.Size()
	}
	return progressbar.NewOptions64(total, noSpinner,
		progressbar.OptionSetWriter(file), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(barEvery),
		progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
}
