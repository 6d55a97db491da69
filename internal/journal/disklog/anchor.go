package disklog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// anchor tells whether the journal is still where a restart would look for it.
// A directory that is removed, moved or replaced leaves open files behind that
// take writes and syncs as before, and are gone with the process. So before
// each acknowledgement, and now and then without one, the witness is looked at by
// its name: it must be the file that was opened.
type anchor struct {
	path string
	file fs.FileInfo // nil: nobody looks, as in a file system in memory
}

// errMoved says that what was written can't be found again.
var errMoved = errors.New("the journal's directory was removed, moved or replaced while the journal was open; what is written is not found again after a restart")

// dropAnchor makes the witness that was just opened the anchor.
func (l *Log) dropAnchor() error {
	if !l.options.anchored {
		return nil
	}
	l.anchor.path = l.fs.PathJoin(l.dir, witnessFile)
	var err error
	l.anchor.file, err = os.Stat(l.anchor.path)
	return err
}

// anchorEvery is how often a log looks to which nothing is appended.
const anchorEvery = 2 * time.Second

// every gives ticks at which to look; never, if nobody does.
func (a *anchor) every(d time.Duration) (tick <-chan time.Time, stop func()) {
	if a.file == nil {
		return nil, func() {}
	}
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// check gives errMoved if the journal is somewhere else by now.
func (a *anchor) check() error {
	if a.file == nil {
		return nil
	}
	now, err := os.Stat(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(a.file, now):
		return errMoved
	case err != nil:
		return fmt.Errorf("look for the journal: %w", err)
	}
	return nil
}
