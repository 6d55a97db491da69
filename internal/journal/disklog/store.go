package disklog

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall/internal/journal"
)

// slowDisk is how long a single operation takes when it is worth a warning.
const slowDisk = 5 * time.Second

// openStore opens Pebble behind a fence.
func (l *Log) openStore() error {
	files := l.options.FS
	if files == nil {
		healthy, stop := vfs.WithDiskHealthChecks(vfs.Default, slowDisk, nil, func(info vfs.DiskSlowInfo) {
			l.options.Logger.Warn("journal disk slow", "detail", info.String())
		})
		files, l.stopHealth = healthy, stop.Close
	}
	l.fence = newFence(files)

	err := l.fence.run(func() (err error) {
		l.db, err = pebble.Open(l.dir, l.storeOptions())
		return err
	})
	if err != nil {
		return errors.Join(l.storeError(err, 0), l.fence.release(), l.stopHealth())
	}
	return nil
}

// storeOptions sets Pebble up as a log.
func (l *Log) storeOptions() *pebble.Options {
	o := &pebble.Options{
		FS: l.fence,

		// Fixed, so that a new Pebble does not change what older releases of
		// rollcall can read. This one can tell a torn end of the write-ahead log
		// from damage before its synced end.
		FormatMajorVersion: pebble.FormatTableFormatV6,

		// Packs are written once, in order, and read in order. Tables do not
		// overlap, so that compaction moves them without rewriting; large ones
		// keep their number small. No read asks for the same block twice.
		MemTableSize:                32 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       1000,
		LBaseMaxBytes:               1 << 30,
		CacheSize:                   8 << 20,
		MaxOpenFiles:                500,

		Logger: pebbleLogger{l.options.Logger, l.fence},
	}
	for i := range o.TargetFileSizes {
		o.TargetFileSizes[i] = 64 << 20
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = 64 << 10
	}
	o.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionNone }) // packs are compressed
	o.Experimental.ReadSamplingMultiplier = -1                                                          // no compaction because of reads
	o.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { l.fence.trip(fmt.Errorf("background work of the store: %w", err)) },
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			l.options.Logger.Error("journal store damaged", "detail", info.String())
		},
	}
	return o
}

// closeStore writes out what only the write-ahead log has, so that the next
// start is quick, and closes Pebble. After a failure it only frees the
// directory.
func (l *Log) closeStore() error {
	var err error
	if !l.fence.isBroken() {
		err = l.fence.run(func() error { return errors.Join(l.db.Flush(), l.db.Close()) })
	}
	return errors.Join(err, l.fence.release(), l.stopHealth())
}

// storeError makes an error of Pebble's into one of ours: damage is named, with
// the pack if it is about one.
func (l *Log) storeError(err error, sequence uint64) error {
	if pebble.IsCorruptionError(err) || errors.Is(err, fs.ErrNotExist) {
		return &journal.DamageError{Place: l.dir, Sequence: sequence, Reason: "the store cannot be read", Err: err}
	}
	return err
}
