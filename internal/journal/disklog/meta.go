package disklog

import (
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

// The keys of the store: one for what it is, one for each pack, and startKey.
var metaKey = []byte("meta")

const packPrefix = 'p'

// packKey gives the key of a pack: keys sort as sequences do.
func packKey(sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{packPrefix}, sequence)
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
// newest record.
func (l *Log) load() (rollcall.Position, error) {
	value, closer, err := l.db.Get(metaKey)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return rollcall.Position{}, l.damage("it does not say what it is")
	case err != nil:
		return rollcall.Position{}, l.storeError(err, 0)
	}
	defer closer.Close() //nolint:errcheck // a reader's
	if l.epoch, err = l.parseMeta(value); err != nil {
		return rollcall.Position{}, err
	}
	oldest, _, err := l.bounds(0)
	if err != nil {
		return rollcall.Position{}, err
	}
	if err := l.loadStart(oldest); err != nil {
		return rollcall.Position{}, err
	}
	start := l.start.Load()
	first, last, err := l.bounds(start + 1)
	switch {
	case err != nil:
		return rollcall.Position{}, err
	case last == 0 && (start == 0 || start == l.salvaged.Pack):
		return l.Start(), nil
	case last == 0:
		return rollcall.Position{}, &journal.DamageError{Place: l.dir, Sequence: start + 1, Reason: "missing, and nothing lies behind it", Err: journal.ErrGap}
	case first != start+1:
		return rollcall.Position{}, journal.Gap(l.dir, start+1, first)
	}
	p, err := l.pack(nil, last)
	if err != nil {
		return rollcall.Position{}, err
	}
	return p.Last(), nil
}

// bounds gives the sequences of the oldest and the newest pack from one on, 0 if
// there is none.
func (l *Log) bounds(from uint64) (first, last uint64, err error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: packKey(from), UpperBound: []byte{packPrefix + 1}})
	if err != nil {
		return 0, 0, l.storeError(err, 0)
	}
	if it.First() {
		first = binary.BigEndian.Uint64(it.Key()[1:])
	}
	if it.Last() {
		last = binary.BigEndian.Uint64(it.Key()[1:])
	}
	if err := it.Close(); err != nil {
		return 0, 0, l.storeError(err, 0)
	}
	return first, last, nil
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
