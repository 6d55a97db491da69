package disklog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
)

// witness is a small file beside the store that says which pack was the newest
// when last one was made durable. The end of a write-ahead log that was cut off
// looks like one that was never written; by the witness it is told apart, and
// acknowledged packs that are missing are named instead of forgotten.
//
// It is written after each commit and not synced: it may lag behind after a
// power cut, and never runs ahead.
type witness struct {
	file  vfs.File
	bytes [witnessBytes]byte
}

const (
	witnessFile  = "WITNESS"
	witnessMagic = "RCWT"
	witnessBytes = 24 // magic, CRC-32C of what follows, epoch, sequence
)

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// openWitness opens the journal's witness, and holds what was loaded against
// it: end is the newest record that is there.
func (l *Log) openWitness(end rollcall.Position) error {
	path := l.fs.PathJoin(l.dir, witnessFile)
	var file vfs.File
	var err error
	if l.options.ReadOnly {
		if file, err = l.fs.Open(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	} else {
		file, err = l.fs.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
	}
	if err != nil {
		return err
	}
	l.witness = witness{file: file}
	newest, err := l.witness.read()
	if l.options.ReadOnly {
		l.witness.file = nil
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return err
	}
	if newest.Epoch == end.Epoch && newest.Pack > end.Pack {
		return &journal.DamageError{
			Place: l.dir, Sequence: end.Pack + 1, Err: journal.ErrGap,
			Reason: fmt.Sprintf("acknowledged and no longer there, as are all up to %d: the end of the store's write-ahead log was cut off or damaged", newest.Pack),
		}
	}
	return nil
}

// read gives what the file says, or the zero Position if it says nothing that
// can be believed, as in a new journal.
func (w *witness) read() (rollcall.Position, error) {
	n, err := w.file.ReadAt(w.bytes[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return rollcall.Position{}, err
	}
	b := w.bytes[:n]
	if n < witnessBytes || string(b[:4]) != witnessMagic || binary.BigEndian.Uint32(b[4:]) != crc32.Checksum(b[8:], crcTable) {
		return rollcall.Position{}, nil
	}
	return rollcall.Position{
		Epoch: rollcall.Epoch(binary.BigEndian.Uint64(b[8:])),
		Pack:  binary.BigEndian.Uint64(b[16:]),
	}, nil
}

// write says that this pack is durable.
func (w *witness) write(epoch rollcall.Epoch, sequence uint64) error {
	b := w.bytes[:]
	copy(b, witnessMagic)
	binary.BigEndian.PutUint64(b[8:], uint64(epoch))
	binary.BigEndian.PutUint64(b[16:], sequence)
	binary.BigEndian.PutUint32(b[4:], crc32.Checksum(b[8:], crcTable))
	_, err := w.file.WriteAt(b, 0)
	return err
}

// close syncs and closes the file, if it is open.
func (w *witness) close() error {
	if w.file == nil {
		return nil
	}
	return errors.Join(w.file.SyncData(), w.file.Close())
}
