package disklog

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"syscall"
	"time"

	"rollcall/internal/journal"
)

// storeError makes an error of Pebble's into one of ours: damage is named, with
// the pack if it is about one. That a file can't be read is damage of that file,
// whoever says so: Pebble's checksums, or a disk or file system that checks by
// itself (EIO). What else the operating system refuses is no damage, nor is a
// store of a newer Pebble, for which there is no error value.
func (l *Log) storeError(err error, sequence uint64) error {
	var refused syscall.Errno
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EIO):
	case errors.As(err, &refused), strings.Contains(err.Error(), "format major version"):
		return plainError{err}
	}
	return &journal.DamageError{Place: l.dir, Sequence: sequence, Reason: "the store cannot be read", Err: plainError{err}}
}

// plainError is an error in one line, without the stacks that Pebble's have for
// those who print them with %+v, as loggers do.
type plainError struct{ error }

// Error gives the first line.
func (e plainError) Error() string {
	line, _, _ := strings.Cut(e.error.Error(), "\n")
	return line
}

// Unwrap gives the whole error.
func (e plainError) Unwrap() error { return e.error }

// noteEvery is how often the same damage is told: the store comes upon it again
// and again.
const noteEvery = time.Minute

// noted is the damage that was told last.
type noted struct {
	mu   sync.Mutex
	text string
	at   time.Time
}

// note tells of something in the store that could not be read by the store
// itself, while it put its files in order.
func (l *Log) note(err error) {
	if err == nil || l.fs.stopped() {
		return
	}
	text := plainError{err}.Error()
	l.noted.mu.Lock()
	defer l.noted.mu.Unlock()
	if l.noted.text == text && time.Since(l.noted.at) < noteEvery {
		return
	}
	l.noted.text, l.noted.at = text, time.Now()
	l.options.Logger.Error("a part of the journal on disk can't be read; find out which with rollcall journal check", "dir", l.dir, "error", text)
}
