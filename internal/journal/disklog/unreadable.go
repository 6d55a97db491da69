package disklog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"

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

// noted is when what damage was told.
type noted struct {
	mu sync.Mutex
	at map[string]time.Time
}

// due tells whether a text is to be told now.
func (n *noted) due(text string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if last, told := n.at[text]; told && time.Since(last) < noteEvery {
		return false
	}
	const most = 1000
	if n.at == nil || len(n.at) >= most {
		n.at = make(map[string]time.Time)
	}
	n.at[text] = time.Now()
	return true
}

// note tells of something in the store that could not be read by the store
// itself, while it put its files in order, and that can be done without.
func (l *Log) note(err error) {
	if err == nil || l.fs.stopped() {
		return
	}
	if text := (plainError{err}).Error(); l.noted.due(text) {
		l.options.Logger.Error("a part of the journal on disk can't be read; find out which with rollcall journal check", "dir", l.dir, "error", text)
	}
}

// noteFile tells of a file that Pebble came upon and can't read, and which packs
// lie in it.
func (l *Log) noteFile(info pebble.DataCorruptionInfo) {
	first, last := packOf(info.Bounds.Start), packOf(info.Bounds.End.Key)
	packs := fmt.Sprintf("packs %d to %d", first, last)
	if first == 0 {
		packs = fmt.Sprintf("packs up to %d", last)
	}
	l.note(fmt.Errorf("%s, of %s: %w", info.Path, packs, info.Details))
}
