package main

import (
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// display is what commands print on where that is a terminal: whatever they print,
// and wherever it comes from, nothing in it steers the terminal. What does so on
// purpose (tables that are drawn anew, bars) writes to the file itself.
type display struct {
	*os.File

	mu   sync.Mutex
	held []byte // the beginning of a character whose rest is still to come
}

// onDisplay is the file, or the display that it is.
func onDisplay(file *os.File) io.Writer {
	if !term.IsTerminal(int(file.Fd())) {
		return file
	}
	return &display{File: file}
}

// WriteString is Write, for io.WriteString would else find the file's.
func (s *display) WriteString(text string) (int, error) { return s.Write([]byte(text)) }

func (s *display) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shown []byte
	shown, s.held = calm(append(s.held, p...))
	if _, err := s.File.Write(shown); err != nil {
		return 0, err
	}
	return len(p), nil
}

// calm replaces what would steer a terminal, but for ends of lines and tabs. The
// beginning of a character at the end is given back.
func calm(text []byte) (shown, rest []byte) {
	shown = make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && !utf8.FullRune(text):
			return shown, text
		case r != '\n' && r != '\t' && steers(r):
			r = utf8.RuneError
		}
		shown, text = utf8.AppendRune(shown, r), text[size:]
	}
	return shown, nil
}

// terminal is the file behind w, if that is a terminal.
func terminal(w any) (*os.File, bool) {
	switch w := w.(type) {
	case *display:
		return w.File, true
	case *os.File:
		return w, term.IsTerminal(int(w.Fd()))
	}
	return nil, false
}

// beginLine goes back over the ^C that a terminal shows when it is typed.
func beginLine(w any) {
	if file, seen := terminal(w); seen {
		_, _ = file.WriteString("\r")
	}
}

// isTerminal tells whether what is written there is seen by somebody.
func isTerminal(w any) bool {
	_, is := terminal(w)
	return is
}
