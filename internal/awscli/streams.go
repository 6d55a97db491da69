package awscli

import (
	"io"
	"os"

	"golang.org/x/term"
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
}

// OSStreams are the streams and the environment of this process.
func OSStreams() Streams {
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
	return s
}

func (s *Streams) env(name string) string {
	v, _ := s.LookupEnv(name)
	return v
}
