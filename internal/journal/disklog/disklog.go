// Package disklog is the journal on the disk of one machine, the default: packs
// in Pebble, CockroachDB's storage engine, one key a pack.
//
// What it acknowledges survives the process, the machine and a power cut, as
// long as the disk keeps what it said it had written. One appender packs
// whatever waits into one synced commit while the next pack gathers (see
// journal.Packer), because a sync costs the same for one event as for a
// hundred. A Tail reads packs from the store up to the newest durable one,
// then waits on a channel for the next; it holds no iterator while it waits.
//
// The store's first failed write or sync is the end: see Options.FailStop. Damage
// is found by Pebble's checksums, by those of the packs and by their sequence; it
// is named, and never stepped over.
package disklog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
)

// Options sets how a Log works. The zero value is ready for use.
type Options struct {
	// Limits is the largest atomic append. Zero members mean 16 MiB and 65,536
	// records. It is at most 32 MiB and journal.MaxRecords.
	Limits journal.Limits

	// MaxWaiting bounds what waits to be durable; more gets journal.ErrFull.
	// Zero members mean 64 MiB and 262,144 records. It is at least Limits.
	MaxWaiting journal.Limits

	// Now is the clock that stamps packs. nil means time.Now.
	Now func() time.Time

	// Logger is told what the store does (debug), of stalled disks, damage and
	// failures (error). nil discards.
	Logger *slog.Logger

	// OnCommit, if set, is called by the appender after each durable commit. It
	// must be quick.
	OnCommit func(Commit)

	// FailStop is called once, with the first failure of a write or sync of the
	// store's files since Open, before anybody else can see what came of it; the error wraps
	// journal.ErrFailed. It is to log it and to end the process, which is the only
	// sound state after such a failure. nil logs it; then, and where FailStop
	// returns, the log has failed and whoever opened it is to end.
	FailStop func(error)

	// Stall is how long a write or sync may take until Stalled tells of it, and
	// StallStop until it counts as failed; 0 means for ever.
	Stall, StallStop time.Duration

	// FS is where the journal lies. nil means the operating system's.
	FS vfs.FS

	// ReadOnly opens a journal that is there, changes nothing in it, and gives
	// journal.ErrReadOnly to whoever tries.
	ReadOnly bool

	anchored      bool          // it is looked for by its name: on the operating system's, for writing
	noSync        bool          // for the test that must see a loss
	memTableBytes uint64        // for tests that want the store to be busy; 0 means as below
	lookEvery     time.Duration // how often an idle log looks for its anchor and for stalls; 0 means anchorEvery and stallsEvery
}

// Commit is what one durable commit was.
type Commit struct {
	Records     int
	Bytes       int           // of the records, with their lengths
	StoredBytes int           // of the pack, compressed
	Took        time.Duration // write and sync
}

const (
	defaultLimitBytes     = 16 << 20
	defaultLimitRecords   = 1 << 16
	defaultWaitingBytes   = 64 << 20
	defaultWaitingRecords = 1 << 18
	mostLimitBytes        = 32 << 20 // with the lengths of its records a body stays below journal.MaxBodyBytes

	// packBytes is when a pack is full. Beyond it a sync costs by the byte, so
	// larger packs only make their appends wait longer.
	packBytes = 1 << 20
)

// Log is a journal.Log on disk.
type Log struct {
	dir         string
	epoch       rollcall.Epoch
	options     Options
	codec       *journal.Codec
	files       vfs.FS      // where the journal lies
	fs          *failStopFS // the same for Pebble
	db          *pebble.DB
	compactions compactions // of db
	tip         *journal.Tip
	packer      *journal.Packer
	noted       noted // damage that was told

	opened   atomic.Bool
	watching sync.WaitGroup // watchAnchor and watchStalls
	closing  chan struct{}  // closed by Close

	// The appender's own.
	sequence uint64 // of the newest pack
	encoded  []byte
	witness  witness
	anchor   anchor

	start    atomic.Uint64     // the newest pack forgotten
	salvaged rollcall.Position // where a journal begins that was salvaged without a pack; set by Open
	keeping  sync.Mutex        // held while packs are forgotten or a snapshot is written

	// Whoever reads the store holds reading shared and looks at closed; what
	// closes the store takes it alone.
	reading sync.RWMutex
	closed  atomic.Bool
}

// Open opens the journal in dir, and makes both where there is none. Errors:
// journal.ErrInUse, a *journal.DamageError, what the file system says.
func Open(dir string, o Options) (*Log, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	l := &Log{dir: dir, options: o, codec: journal.NewCodec(), files: o.FS, tip: journal.NewTip(rollcall.Position{}), closing: make(chan struct{})}
	l.fs = newFailStopFS(o.FS, l.fail)
	l.fs.readOnly = o.ReadOnly
	l.packer = journal.NewPacker(journal.PackerOptions{
		Limits: o.Limits, PackBytes: packBytes, MaxWaiting: o.MaxWaiting,
	}, l.commitOrFail)
	l.watching.Go(l.watchStalls)
	end, err := l.openStore()
	if failed := l.Err(); failed != nil {
		err = failed // what was read of the store since is not to be believed, damage least of all
	}
	if err != nil {
		_ = l.Close() // the first error is the one that tells
		return nil, fmt.Errorf("open the journal in %s: %w", dir, err)
	}
	l.sequence = end.Pack
	l.tip.Advance(end)
	l.watching.Go(l.watchAnchor)
	l.opened.Store(true)
	return l, nil
}

// fail is the only place where the log comes to fail: a write or sync of the
// store failed or hangs, or the directory is gone. Nothing is acknowledged from
// the first line on; then whoever tails is told, and then the process ends.
func (l *Log) fail(err error) {
	l.packer.Fail(err)
	l.tip.Fail(l.packer.Err())
	if l.opened.Load() || errors.Is(err, journal.ErrStalled) { // else Open gives the error
		l.options.FailStop(l.packer.Err())
	}
}

// complete fills in what is not set and validates the rest.
func (o *Options) complete() error {
	set := func(member *int, value int) {
		if *member == 0 {
			*member = value
		}
	}
	set(&o.Limits.Bytes, defaultLimitBytes)
	set(&o.Limits.Records, defaultLimitRecords)
	set(&o.MaxWaiting.Bytes, max(defaultWaitingBytes, o.Limits.Bytes))
	set(&o.MaxWaiting.Records, max(defaultWaitingRecords, o.Limits.Records))
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.FS == nil {
		o.FS, o.anchored = vfs.Default, !o.ReadOnly
	}
	if o.FailStop == nil {
		o.FailStop = func(err error) {
			o.Logger.Error("journal failed, nothing more is accepted", "error", err)
		}
	}
	switch {
	case o.Limits.Bytes < 1 || o.Limits.Bytes > mostLimitBytes:
		return fmt.Errorf("largest append of %d bytes: want 1 to %d", o.Limits.Bytes, mostLimitBytes)
	case o.Limits.Records < 1 || o.Limits.Records > journal.MaxRecords:
		return fmt.Errorf("largest append of %d events: want 1 to %d", o.Limits.Records, journal.MaxRecords)
	case o.MaxWaiting.Bytes < o.Limits.Bytes || o.MaxWaiting.Records < o.Limits.Records:
		return fmt.Errorf("%d events of %d bytes may wait to be durable: want at least the largest append, %d events of %d bytes",
			o.MaxWaiting.Records, o.MaxWaiting.Bytes, o.Limits.Records, o.Limits.Bytes)
	}
	return nil
}

// Append implements journal.Log.
func (l *Log) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	switch {
	case len(records) == 0:
		return l.End(), ctx.Err()
	case l.options.ReadOnly:
		return rollcall.Position{}, journal.ErrReadOnly
	}
	return l.packer.Append(ctx, records)
}

// commitOrFail is commit, whose error is the log's end.
func (l *Log) commitOrFail(b *journal.Body) (rollcall.Position, error) {
	at, err := l.commit(b)
	if err != nil {
		l.fs.stop(err)
	}
	return at, err
}

// commit makes one body durable as the next pack. The appender alone calls it.
func (l *Log) commit(b *journal.Body) (rollcall.Position, error) {
	begin := time.Now()
	defer l.fs.under.begin("commit a pack to", l.dir)() // which may wait for others
	h := journal.Header{Epoch: l.epoch, Sequence: l.sequence + 1, At: l.options.Now()}
	l.encoded = l.codec.Encode(l.encoded[:0], h, b)

	sync := pebble.Sync
	if l.options.noSync {
		sync = pebble.NoSync
	}
	// The commit point. When Set returns, the pack is on disk: a crash before it
	// leaves none of the pack, and whatever happens after it leaves all of it.
	// Only from here on may it be acknowledged or read.
	if err := l.db.Set(packKey(h.Sequence), l.encoded, sync); err != nil {
		return rollcall.Position{}, fmt.Errorf("commit pack %d: %w", h.Sequence, err)
	}
	l.sequence++
	if err := l.witness.write(l.epoch, l.sequence); err != nil {
		return rollcall.Position{}, fmt.Errorf("write the witness of pack %d: %w", h.Sequence, err)
	}
	if err := l.anchor.check(); err != nil {
		l.fs.stop(err) // nothing more is written
	}
	if err := l.Err(); err != nil {
		return rollcall.Position{}, err // what returned above may not have been done
	}
	first := rollcall.Position{Epoch: h.Epoch, Pack: h.Sequence}
	last := first
	last.Event = uint32(b.Records() - 1)
	l.tip.Advance(last)

	if l.options.OnCommit != nil {
		l.options.OnCommit(Commit{
			Records: b.Records(), Bytes: b.Bytes(), StoredBytes: len(l.encoded), Took: time.Since(begin),
		})
	}
	if cap(l.encoded) > 2*packBytes {
		l.encoded = nil // after a large append
	}
	return first, nil
}

// watchAnchor looks now and then whether the directory is still there.
func (l *Log) watchAnchor() {
	look, stop := l.anchor.every(cmp.Or(l.options.lookEvery, anchorEvery))
	defer stop()
	for {
		select {
		case <-l.closing:
			return
		case <-look:
		}
		if err := l.anchor.check(); errors.Is(err, errMoved) {
			l.fs.stop(err)
		}
	}
}

// Epoch implements journal.Log.
func (l *Log) Epoch() rollcall.Epoch { return l.epoch }

// End implements journal.Log.
func (l *Log) End() rollcall.Position { return l.tip.End() }

// Limits implements journal.Log.
func (l *Log) Limits() journal.Limits { return l.options.Limits }

// Failed implements journal.Log.
func (l *Log) Failed() <-chan struct{} { return l.packer.Failed() }

// Err implements journal.Log.
func (l *Log) Err() error { return l.packer.Err() }

// Waiting tells what was handed over and is not durable yet.
func (l *Log) Waiting() journal.Limits { return l.packer.Waiting() }

// DiskBytes tells how much disk the journal takes.
func (l *Log) DiskBytes() uint64 {
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.closed.Load() {
		return 0
	}
	return l.db.Metrics().DiskSpaceUsage()
}

// Close implements journal.Log. What only the write-ahead log has is written out,
// so that the next start is quick; an error that wraps journal.ErrFailed says
// that this failed. After a failure Close frees the directory alone, and leaves
// to the end of the process what Pebble holds.
func (l *Log) Close() error {
	l.packer.Close()
	l.tip.Close()
	if !l.closed.CompareAndSwap(false, true) {
		return nil
	}
	var err error
	if l.Err() != nil {
		<-l.fs.broken // until everybody was told
	} else {
		err = l.closeStore()
		if failed := l.Err(); failed != nil {
			err = failed
		}
	}
	close(l.closing) // until here a stalled disk is told of
	l.watching.Wait()
	if err = errors.Join(err, l.fs.release()); err != nil {
		return fmt.Errorf("close the journal in %s: %w", l.dir, err)
	}
	return nil
}

var _ journal.Log = (*Log)(nil)
