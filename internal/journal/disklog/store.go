package disklog

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
)

// slowDisk is how long a single operation takes when it is worth a warning.
const slowDisk = 5 * time.Second

// openStore opens Pebble behind a fence and reads what the store says about
// itself. It gives the position of the newest record.
func (l *Log) openStore() (rollcall.Position, error) {
	files := l.options.FS
	if files == nil {
		healthy, stop := vfs.WithDiskHealthChecks(vfs.Default, slowDisk, nil, func(info vfs.DiskSlowInfo) {
			l.options.Logger.Warn("journal disk slow", "detail", info.String())
		})
		files, l.stopHealth = healthy, stop.Close
	}
	l.files, l.fence = files, newFence(files)
	end, err := within(l.fence, l.openFenced)
	if err != nil {
		_ = l.closeStore() // the first error is the one that tells
		return rollcall.Position{}, err
	}
	return end, nil
}

func (l *Log) openFenced() (end rollcall.Position, err error) {
	lock, fresh, err := l.prepare()
	if err != nil {
		return end, err
	}
	if l.db, err = pebble.Open(l.dir, l.storeOptions(lock)); err != nil {
		return end, l.storeError(err, 0)
	}
	if fresh {
		err = l.create()
	}
	if err == nil {
		end, err = l.load()
	}
	if err == nil {
		err = l.openWitness(end)
	}
	if err == nil {
		err = l.dropAnchor()
	}
	if err == nil && !l.options.ReadOnly {
		_ = l.files.Remove(l.snapshotPath(newSnapshot)) // what a crash left costs only space
	}
	return end, err
}

// closeStore writes out what only the write-ahead log has, so that the next
// start is quick, and closes Pebble. After a failure it only frees the
// directory.
func (l *Log) closeStore() error {
	var err error
	if !l.fence.isBroken() && l.db != nil {
		_, err = within(l.fence, func() (struct{}, error) {
			var flushed error
			if !l.options.ReadOnly {
				flushed = l.db.Flush()
			}
			return struct{}{}, errors.Join(flushed, l.db.Close(), l.witness.close())
		})
	}
	return errors.Join(err, l.fence.release(), l.stopHealth())
}

// storeOptions sets Pebble up as a log.
func (l *Log) storeOptions(lock *pebble.Lock) *pebble.Options {
	o := &pebble.Options{
		FS:       l.fence,
		Lock:     lock,
		ReadOnly: l.options.ReadOnly,

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
	if l.options.memTableBytes != 0 {
		o.MemTableSize = l.options.memTableBytes
	}
	for i := range o.TargetFileSizes {
		o.TargetFileSizes[i] = 64 << 20
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = 64 << 10
	}
	// Small packs are stored plain, and compress well together in a table.
	o.ApplyCompressionSettings(func() pebble.DBCompressionSettings {
		return pebble.UniformDBCompressionSettings(sstable.BalancedCompression)
	})
	o.Experimental.ReadSamplingMultiplier = -1 // no compaction because of reads
	o.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { l.fence.trip(l.storeError(err, 0)) },
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			l.options.Logger.Error("journal store damaged", "detail", info.String())
		},
	}
	return o
}

// storeError makes an error of Pebble's into one of ours: damage is named, with
// the pack if it is about one. What the operating system refused is no damage,
// but for a file that is not there, nor is a store of a newer Pebble, for which
// there is no error value.
func (l *Log) storeError(err error, sequence uint64) error {
	var refused syscall.Errno
	if errors.As(err, &refused) && !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "format major version") {
		return err
	}
	return &journal.DamageError{Place: l.dir, Sequence: sequence, Reason: "the store cannot be read", Err: oneLineError{err}}
}

// oneLineError is an error without the details that Pebble puts on further lines.
type oneLineError struct{ error }

// Error gives the first line.
func (e oneLineError) Error() string {
	line, _, _ := strings.Cut(e.error.Error(), "\n")
	return line
}

// Unwrap gives the whole error.
func (e oneLineError) Unwrap() error { return e.error }
