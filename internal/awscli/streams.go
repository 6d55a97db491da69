package awscli

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"rollcall/internal/awscli/setup"
)

// defaultColumns is the width of a table when it is not for a terminal.
const defaultColumns = 80

// Streams are what a command has of the world around it.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// LookupEnv returns an environment variable, and whether it is set.
	LookupEnv func(name string) (string, bool)
	// InTerminal and OutTerminal say whether In and Out are terminals.
	InTerminal, OutTerminal bool
	// Columns is the width of the terminal. It is 80 if Out is none.
	Columns int
	// Ask asks the user for a code. nil: it is read from In, and the prompt
	// goes to Err.
	Ask func(prompt string) (string, error)
}

// OSStreams are the streams and the environment of this process. From then on a
// write into a pipe that nobody reads is an error, and not the process's end.
func OSStreams() Streams {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		LookupEnv:   os.LookupEnv,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		Columns:     defaultColumns,
	}
	if s.OutTerminal {
		if columns, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && columns > 0 {
			s.Columns = columns
		}
	}
	s.Ask = setup.AskAtTerminal
	return s
}

func (s *Streams) env(name string) string {
	v, _ := s.LookupEnv(name)
	return v
}
