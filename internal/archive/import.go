package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"

	"rollcall"
	"rollcall/internal/journal"
)

const (
	// maxLineBytes is the longest line, and with it what an import holds beside
	// one batch. A journal keeps no longer record.
	maxLineBytes = 32 << 20

	// batchBytes is how much is appended at once, if the log takes as much. Packs
	// that are larger cost by the byte.
	batchBytes = 1 << 20
)

// ErrNotEmpty refuses an import into a journal that holds something else.
var ErrNotEmpty = errors.New("the journal is not empty")

// InputError says that an export can't be read, or is not whole.
type InputError struct{ Err error }

// Error is the cause's.
func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *InputError) Unwrap() error { return e.Err }

// Imported is what an import made.
type Imported struct {
	Epoch  rollcall.Epoch
	End    rollcall.Position // of the last event
	Events uint64            // in the journal now
	Found  uint64            // of them were there already, from an import that was broken off
}

// Import appends what an export holds to an empty journal, or goes on with an
// import that was broken off. Nobody else may append meanwhile. Its progress
// counts events, of a total that is not known. After an error the journal holds
// what came before it, whole batches, and the same export can be imported again.
// Errors: ErrNotEmpty, an *InputError, the journal's.
func Import(ctx context.Context, log journal.Log, in io.Reader, progress Progress) (Imported, error) {
	m := &importer{log: log, progress: progress, is: Imported{Epoch: log.Epoch(), End: log.End()}}
	next, stop := iter.Pull2(records(in))
	defer stop()
	if err := m.find(ctx, next); err != nil {
		return m.is, err
	}
	for {
		record, err, more := next()
		if err == nil && more {
			err = m.add(ctx, record)
		}
		if err != nil {
			return m.is, err
		}
		if !more {
			return m.is, m.flush(ctx)
		}
	}
}

// importer is one import on its way.
type importer struct {
	log      journal.Log
	progress Progress
	is       Imported

	batch [][]byte
	bytes int
}

// find goes over what the journal holds already, which must be what the export
// begins with.
func (m *importer) find(ctx context.Context, next func() ([]byte, error, bool)) error {
	start := m.log.Start()
	if start.Pack != 0 {
		return fmt.Errorf("%w: it begins behind pack %d", ErrNotEmpty, start.Pack)
	}
	return scan(ctx, m.log, start, nil, func(p journal.Pack) error {
		for i := range p.Records {
			record, err, more := next()
			switch {
			case err != nil:
				return err
			case !more:
				return fmt.Errorf("%w: it holds all of the export, and more behind it, from %s on", ErrNotEmpty, p.Position(i))
			case !bytes.Equal(record, p.Records[i]):
				return fmt.Errorf("%w, and what it holds is no import of this export that was broken off: the event at %s is another", ErrNotEmpty, p.Position(i))
			}
			m.is.Events++
			m.is.Found++
		}
		m.progress.tell(m.is.Events, 0)
		return nil
	})
}

// add takes a record, and appends the batch when it is full.
func (m *importer) add(ctx context.Context, record []byte) error {
	most := m.log.Limits()
	if len(record) > most.Bytes {
		return fmt.Errorf("event %d has %d bytes, and this journal keeps at most %d as one unit", m.is.Events+uint64(len(m.batch))+1, len(record), most.Bytes)
	}
	if m.bytes+len(record) > min(most.Bytes, batchBytes) && m.bytes > 0 || len(m.batch) == most.Records {
		if err := m.flush(ctx); err != nil {
			return err
		}
	}
	m.batch = append(m.batch, record)
	m.bytes += len(record)
	return nil
}

// flush appends the batch. Its place tells whether anybody else did, too.
func (m *importer) flush(ctx context.Context) error {
	if len(m.batch) == 0 {
		return nil
	}
	at, err := m.log.Append(ctx, m.batch)
	if err != nil {
		return fmt.Errorf("append: %w", err)
	}
	if at.Pack != m.is.End.Pack+1 || int(at.Event) != len(m.batch)-1 {
		return fmt.Errorf("somebody else appends to the journal: what was to be pack %d came to lie at %s; stop all servers on it, remove what it holds and import again",
			m.is.End.Pack+1, at)
	}
	m.is.End = at
	m.is.Events += uint64(len(m.batch))
	m.batch, m.bytes = m.batch[:0], 0
	m.progress.tell(m.is.Events, 0)
	return nil
}

// records yields the records of an export, verifies that it is whole, and ends
// with the first error.
func records(in io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		x := &exportReader{lines: bufio.NewScanner(in), sum: sha256.New()}
		x.lines.Buffer(make([]byte, 0, 1<<16), maxLineBytes)
		for {
			record, err := x.next()
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				err = &InputError{err}
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// exportReader reads an export line by line.
type exportReader struct {
	lines  *bufio.Scanner
	number int       // of the line
	sum    hash.Hash // of the lines before
	events uint64
}

// next gives the record of the next event, or errEnough behind the last.
func (x *exportReader) next() ([]byte, error) {
	line, err := x.line()
	if err == nil && x.number == 1 {
		if _, err = parseHead(line); err == nil {
			line, err = x.line()
		}
	}
	if err != nil {
		return nil, err
	}
	if ownType(line) == typeEnd {
		return nil, x.end(line)
	}
	r, err := record(line)
	if err != nil {
		return nil, fmt.Errorf("line %d of the export: %w", x.number, err)
	}
	x.take(line)
	x.events++
	return r, nil
}

// line gives the next line. The one before is then in the sum, if take took it.
func (x *exportReader) line() ([]byte, error) {
	if x.lines.Scan() {
		x.number++
		if x.number == 1 {
			x.take(x.lines.Bytes())
		}
		return x.lines.Bytes(), nil
	}
	switch err := x.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d of the export is longer than %d bytes", x.number+1, maxLineBytes)
	case err != nil:
		return nil, fmt.Errorf("read the export behind line %d: %w", x.number, err)
	}
	return nil, fmt.Errorf("the export ends with line %d and is not whole: its last line is missing", x.number)
}

func (x *exportReader) take(line []byte) {
	x.sum.Write(line)
	x.sum.Write([]byte{'\n'})
}

// end holds the last line against those before it.
func (x *exportReader) end(line []byte) error {
	var f foot
	if err := json.Unmarshal(line, &f); err != nil {
		return fmt.Errorf("line %d of the export: %w", x.number, err)
	}
	if sum := hex.EncodeToString(x.sum.Sum(nil)); f.Events != x.events || f.SHA256 != sum {
		return fmt.Errorf("the export was changed or is damaged: it has %d events with checksum %s, and its last line says %d with %s",
			x.events, sum, f.Events, rollcall.Shorten(f.SHA256))
	}
	for x.lines.Scan() {
		if len(bytes.TrimSpace(x.lines.Bytes())) > 0 {
			return fmt.Errorf("something stands behind the end of the export, in line %d", x.number+1)
		}
	}
	if err := x.lines.Err(); err != nil { // a checksum of what packed it, too
		return fmt.Errorf("read the export behind line %d: %w", x.number, err)
	}
	return errEnough
}
