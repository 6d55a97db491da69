package store

import (
	"bufio"
	"errors"
	"log/slog"
	"os"

	"rollcall/internal/archive"
	"rollcall/internal/journal"
)

// droppedLines are agent events that could be read of a damaged journal and have
// no place in the new one, as lines that rollcall emit takes. They are a service:
// where they can't be written, the damaged journal still has them.
type droppedLines struct {
	path   string // without the epoch
	events uint64

	file *os.File // nil before the first pack
	out  *bufio.Writer
	err  error
}

func (d *droppedLines) drop(p journal.Pack) error {
	if d.file == nil && d.err == nil {
		if d.file, d.err = os.OpenFile(unused(d.path+p.Epoch.String()+".jsonl"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); d.err == nil {
			d.out = bufio.NewWriter(d.file)
		}
	}
	if d.err != nil {
		return nil //nolint:nilerr // it is told at the end: a repair goes on without these lines
	}
	var n uint64
	n, d.err = archive.WriteEvents(d.out, p)
	d.events += n
	return nil
}

// name is where they are; empty if there are none.
func (d *droppedLines) name() string {
	if d.file == nil {
		return ""
	}
	return d.file.Name()
}

// close makes the lines durable, or says that they are not all there.
func (d *droppedLines) close(log *slog.Logger) {
	if d.file == nil && d.err == nil {
		return
	}
	if d.file != nil {
		d.err = errors.Join(d.err, d.out.Flush(), d.file.Sync(), d.file.Close())
	}
	if d.err != nil {
		log.Error("events that are dropped could not all be written; the damaged journal still has them", slog.Any("error", d.err))
	}
}

// remove takes the lines away again.
func (d *droppedLines) remove() error {
	if d.file == nil {
		return nil
	}
	return errors.Join(d.file.Close(), os.Remove(d.file.Name()))
}
