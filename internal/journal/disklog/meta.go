package disklog

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"rollcall"
	"rollcall/internal/journal"
)

// The keys of the store: one for what it is, one for each pack, and startKey. Those
// that are no packs' sort before all packs: so a table of old packs ends where its
// packs do, and nobody who wants newer ones has to read it.
var metaKey = []byte("meta")

const packPrefix = 'p'

// packKey gives the key of a pack: keys sort as sequences do.
func packKey(sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{packPrefix}, sequence)
}

// packOf gives the sequence of the pack that a key is of, 0 if it is of none.
func packOf(key []byte) uint64 {
	if len(key) != 9 || key[0] != packPrefix {
		return 0
	}
	return binary.BigEndian.Uint64(key[1:])
}

// format is the version of the keys and of meta. Packs have a version of their
// own.
const format = 1

// meta is what the store says about itself, as JSON.
type meta struct {
	Format    int       `json:"format"`
	Epoch     string    `json:"epoch"` // 16 hexadecimal digits
	CreatedAt time.Time `json:"createdAt"`
}

// load reads what the store says about itself and gives the position of the
// newest record. What can't be read of the history hinders none of it: it is told,
// and whoever wants it is told again.
func (l *Log) load() (rollcall.Position, error) {
	if err := l.loadMeta(); err != nil {
		return rollcall.Position{}, err
	}
	if err := l.loadStart(); err != nil {
		return rollcall.Position{}, err
	}
	start := l.start.Load()
	last, err := l.newest(start + 1)
	switch {
	case err != nil:
		return rollcall.Position{}, err
	case last == 0 && l.epoch == 0:
		return rollcall.Position{}, l.damage("what it says about itself cannot be read, and no pack is there that does")
	case last == 0 && (start == 0 || start == l.salvaged.Pack):
		return l.Start(), nil
	case last == 0:
		return rollcall.Position{}, &journal.DamageError{Place: l.dir, Sequence: start + 1, Reason: "missing, and nothing lies behind it", Err: journal.ErrGap}
	}
	first, err := l.first(start+1, last)
	if err = l.tolerate(err); err != nil {
		return rollcall.Position{}, err
	}
	if first > start+1 {
		return rollcall.Position{}, journal.Gap(l.dir, start+1, first)
	}
	p, err := l.pack(nil, last)
	if err != nil {
		return rollcall.Position{}, err
	}
	l.epoch, l.salvaged.Epoch = p.Epoch, p.Epoch
	return p.Last(), nil
}

// loadMeta reads which epoch it is, unless that can't be read: each pack says it,
// too.
func (l *Log) loadMeta() error {
	value, err := l.get(metaKey)
	if errors.Is(err, pebble.ErrNotFound) {
		return l.damage("it does not say what it is")
	}
	if err != nil {
		return l.tolerate(err)
	}
	l.epoch, err = l.parseMeta(value)
	return err
}

// get gives a copy of a value; pebble.ErrNotFound, or an error that names what
// can't be read.
func (l *Log) get(key []byte) ([]byte, error) {
	value, closer, err := l.db.Get(key)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return nil, err
	case err != nil:
		return nil, l.storeError(err, 0)
	}
	return bytes.Clone(value), closer.Close()
}

// tolerate tells of damage of something that can be done without. Another error
// it gives back.
func (l *Log) tolerate(err error) error {
	if errors.Is(err, journal.ErrDamaged) {
		l.note(err)
		return nil
	}
	return err
}

// first gives the sequence of the oldest pack from one to another, 0 if there is
// none or it can't be read.
func (l *Log) first(from, to uint64) (first uint64, err error) {
	it, err := l.packs(from, packKey(to+1))
	if err != nil {
		return 0, err
	}
	if it.First() {
		first = binary.BigEndian.Uint64(it.Key()[1:])
	}
	if err := it.Close(); err != nil {
		return 0, l.storeError(err, 0)
	}
	return first, nil
}

// newest gives the sequence of the newest pack from one on, 0 if there is none. It
// looks first behind the one that was the newest by the witness, so as to read no
// table of older ones.
func (l *Log) newest(from uint64) (last uint64, err error) {
	lately, err := (&wreck{files: l.files, dir: l.dir}).witness()
	if err != nil || lately.Epoch != l.epoch && l.epoch != 0 {
		lately.Pack = 0
	}
	for _, from := range []uint64{max(from, lately.Pack+1), max(from, lately.Pack), from} {
		it, err := l.packs(from, []byte{packPrefix + 1})
		if err != nil {
			return 0, err
		}
		if it.Last() {
			last = binary.BigEndian.Uint64(it.Key()[1:])
		}
		if err := it.Close(); err != nil {
			return 0, l.storeError(err, 0)
		}
		if last != 0 {
			break
		}
	}
	return last, nil
}

func (l *Log) packs(from uint64, to []byte) (*pebble.Iterator, error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: packKey(from), UpperBound: to})
	if err != nil {
		return nil, l.storeError(err, 0)
	}
	return it, nil
}

func (l *Log) parseMeta(value []byte) (rollcall.Epoch, error) {
	var m meta
	if err := json.Unmarshal(value, &m); err != nil {
		return 0, l.damage("what it says about itself cannot be read: %v", err)
	}
	if m.Format > format {
		return 0, fmt.Errorf("it has format %d and this program reads format %d; a newer one wrote it", m.Format, format)
	}
	epoch, err := strconv.ParseUint(m.Epoch, 16, 64)
	if err != nil || epoch == 0 || m.Format < 1 {
		return 0, l.damage("it says that it has format %d and epoch %q", m.Format, m.Epoch)
	}
	return rollcall.Epoch(epoch), nil
}

func (l *Log) damage(format string, args ...any) *journal.DamageError {
	return &journal.DamageError{Place: l.dir, Reason: fmt.Sprintf(format, args...)}
}
