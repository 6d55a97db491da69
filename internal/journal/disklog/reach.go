package disklog

import (
	"context"
	"errors"
	"sort"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall/internal/journal"
)

// reach finds out how many packs an error of reading one is about, and has it say
// so. A checksum that is wrong is that of a block of a table, or of what the table
// says about its blocks. Whoever goes on behind damage must not try all that lies
// there pack by pack: for each, Pebble would try every bit of the block, to find
// out which was flipped, and that may take seconds.
func (l *Log) reach(err error) error {
	damage, ok := errors.AsType[*journal.DamageError](err)
	if ok && damage.Sequence != 0 && pebble.IsCorruptionError(err) {
		damage.Through = l.through(damage.Sequence)
	}
	return err
}

// through is the last of the packs that can't be read for the same reason as one
// of which a checksum is wrong: that pack itself, where it can't be said.
func (l *Log) through(sequence uint64) uint64 {
	levels, err := l.db.SSTables(pebble.WithKeyRangeFilter(packKey(sequence), packKey(l.End().Pack+1)))
	if err != nil {
		return sequence
	}
	var in *pebble.SSTableInfo // what the pack lies in
	last := l.End().Pack       // that lies in no other table
	for _, tables := range levels {
		for i := range tables {
			switch first := packOf(tables[i].Smallest.UserKey); {
			case first > sequence:
				last = min(last, first-1)
			case in != nil:
				return sequence // tables lie upon each other: it may be readable there
			default:
				in = &tables[i]
			}
		}
	}
	if in == nil || in.Virtual {
		return sequence
	}
	last = min(last, packOf(in.Largest.UserKey))
	if last <= sequence {
		return sequence
	}
	r, err := openTable(context.Background(), l.files, l.files.PathJoin(l.dir, in.BackingSSTNum.String()+".sst"))
	if pebble.IsCorruptionError(err) {
		return last
	}
	if err != nil {
		return sequence
	}
	defer func() { _ = r.Close() }()
	if it, err := r.NewIter(sstable.NoTransforms, nil, nil, sstable.AssertNoBlobHandles); err == nil {
		_ = it.Close()
	} else if pebble.IsCorruptionError(err) { // its index
		return last
	}
	size := func(to uint64) (bytes uint64) { // of the blocks from the pack's to that of another
		bytes, err := r.EstimateDiskUsage(packKey(sequence), packKey(to), sstable.NoReadEnv)
		if err != nil {
			return ^uint64(0)
		}
		return bytes
	}
	block := size(sequence)
	if block == ^uint64(0) {
		return sequence
	}
	return sequence + uint64(sort.Search(int(last-sequence), func(i int) bool { return size(sequence+1+uint64(i)) > block }))
}

// openTable opens one of the store's tables.
func openTable(ctx context.Context, files vfs.FS, path string) (*sstable.Reader, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	var options pebble.Options
	options.EnsureDefaults()
	r, err := sstable.NewReader(ctx, readable, options.MakeReaderOptions())
	if err != nil {
		return nil, errors.Join(err, readable.Close())
	}
	return r, nil
}
