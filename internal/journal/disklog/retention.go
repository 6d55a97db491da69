package disklog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"rollcall"
	"rollcall/internal/journal"
)

// startKey holds the sequence of the newest pack forgotten; without it there is
// none. Where the journal was salvaged and nothing but a snapshot was left, the
// event of the snapshot's position follows: then there may be no pack. Journals of
// before have it under oldStartKey.
var startKey, oldStartKey = []byte("begin"), []byte("start")

// Start implements journal.Retention.
func (l *Log) Start() rollcall.Position {
	start := l.start.Load()
	if start != 0 && start == l.salvaged.Pack {
		return l.salvaged
	}
	return journal.BehindPack(l.epoch, start)
}

// Trim implements journal.Retention.
func (l *Log) Trim(ctx context.Context, to rollcall.Position) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := journal.ValidateFrom(to, l.tip.End()); err != nil {
		return fmt.Errorf("trim: %w", err)
	}
	l.keeping.Lock()
	defer l.keeping.Unlock()
	l.reading.RLock()
	defer l.reading.RUnlock()
	switch {
	case l.closed.Load():
		return journal.ErrClosed
	case l.options.ReadOnly:
		return journal.ErrReadOnly
	case to.Pack <= l.start.Load()+1:
		return nil
	}
	err := l.forget(to.Pack - 1)
	if failed := l.Err(); failed != nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("trim up to pack %d: %w", to.Pack-1, err)
	}
	return nil
}

// forget makes the packs up to a sequence gone. The order matters: once start is
// durable nobody misses them, and what a crash leaves the next Open drops.
func (l *Log) forget(sequence uint64) error {
	if err := l.db.Set(startKey, binary.BigEndian.AppendUint64(nil, sequence), pebble.Sync); err != nil {
		return err
	}
	l.start.Store(sequence)
	return l.drop()
}

// drop frees the space of the packs that were forgotten, soon: once it is on disk
// that they are, Pebble removes tables of nothing else, which it need not read.
// (To have it compact them now would read them, and wait for ever behind other
// compactions while one of those fails; to excise them would keep all else from
// being flushed.)
func (l *Log) drop() error {
	if err := l.db.DeleteRange(packKey(0), packKey(l.start.Load()+1), pebble.NoSync); err != nil {
		return err
	}
	_, err := l.db.AsyncFlush()
	return err
}

// loadStart reads which packs were forgotten, and drops what a crash left. Where
// that can't be read, the packs that were forgotten are missed like those that
// can't be read, until the next Trim.
func (l *Log) loadStart() error {
	for _, key := range [][]byte{startKey, oldStartKey} {
		value, err := l.get(key)
		switch {
		case errors.Is(err, pebble.ErrNotFound):
			continue
		case err != nil:
			if err := l.tolerate(err); err != nil {
				return err
			}
			continue
		case len(value) == 8:
		case len(value) == 12:
			l.salvaged = rollcall.Position{Epoch: l.epoch, Pack: binary.BigEndian.Uint64(value), Event: binary.BigEndian.Uint32(value[8:])}
		default:
			return l.damage("it says in %d bytes where it begins", len(value))
		}
		l.start.Store(binary.BigEndian.Uint64(value))
		break
	}
	start := l.start.Load()
	if start == 0 || l.options.ReadOnly {
		return nil
	}
	left, err := l.first(0, start)
	if err == nil && left == 0 {
		return nil
	}
	if err := l.tolerate(err); err != nil {
		return err
	}
	if err := l.db.DeleteRange(packKey(0), packKey(start+1), pebble.NoSync); err != nil {
		return l.storeError(err, 0)
	}
	return nil // the next Trim frees the space
}

// Stat implements journal.Retention. The bytes of what lies in memory and in the
// write-ahead log alone are those of the whole write-ahead log.
func (l *Log) Stat(ctx context.Context, from rollcall.Position) (s journal.Stat, err error) {
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.closed.Load() {
		return s, journal.ErrClosed
	}
	first, last := max(from.Pack, l.start.Load())+1, l.End().Pack
	if first > last {
		return s, ctx.Err()
	}
	s.Packs = last - first + 1
	onDisk, err := l.db.EstimateDiskUsage(packKey(first), packKey(last+1))
	if err != nil { // a table at one end can't be read: then as if packs were alike
		if err := l.tolerate(l.storeError(err, 0)); err != nil {
			return s, err
		}
		onDisk = l.db.Metrics().DiskSpaceUsage() / (last - l.start.Load()) * s.Packs
	}
	s.Bytes = int64(max(onDisk+l.db.Metrics().WAL.Size, s.Packs*journal.HeaderBytes))
	// Of one that can't be read the time is not known; its readers are told.
	if oldest, err := l.pack(nil, first); err == nil {
		s.OldestAt = oldest.At
	}
	if newest, err := l.pack(nil, last); err == nil {
		s.NewestAt = newest.At
	}
	return s, ctx.Err()
}
