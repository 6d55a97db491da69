package disklog

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"

	"rollcall"
)

// openStore opens Pebble and reads what the store says about itself. It gives
// the position of the newest record.
func (l *Log) openStore() (end rollcall.Position, err error) {
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

// closeStore writes out what only the write-ahead log has, and closes Pebble.
func (l *Log) closeStore() error {
	l.reading.Lock()
	defer l.reading.Unlock()
	if l.db == nil {
		return nil
	}
	var flushed error
	if !l.options.ReadOnly {
		flushed = l.db.Flush()
	}
	return errors.Join(flushed, l.db.Close(), l.witness.close())
}

// storeOptions sets Pebble up as a log.
func (l *Log) storeOptions(lock *pebble.Lock) *pebble.Options {
	o := &pebble.Options{
		FS:       l.fs,
		Lock:     lock,
		ReadOnly: l.options.ReadOnly,

		// Fixed, so that a new Pebble does not change what older releases of
		// rollcall can read. This one can tell a torn end of the write-ahead log
		// from damage before its synced end.
		FormatMajorVersion: pebble.FormatTableFormatV6,

		// A table that is missing is damage like any other: of who reads it.
		DisableConsistencyCheck: true,

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

		Logger: pebbleLogger{l},
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
	o.Experimental.CompactionScheduler = &l.compactions
	o.EventListener = &pebble.EventListener{
		CompactionEnd: func(info pebble.CompactionInfo) { l.compactions.ended(info.Err) },
		// A failed write never comes here. What can't be read stays where it is, and
		// whoever wants it is told: to them it may be history that nobody needs.
		BackgroundError: func(err error) { l.note(err) },
		DataCorruption:  l.noteFile,
	}
	return o
}
