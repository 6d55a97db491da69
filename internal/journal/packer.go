package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"rollcall"
)

// Packer is the way into a log that commits packs: one appender with group
// commit. While one pack is being made durable, the appends that arrive gather
// in the next. What may wait is bounded in bytes and records.
type Packer struct {
	options PackerOptions
	commit  func(*Body) (rollcall.Position, error)

	failed chan struct{} // closed when err is set to a failure
	done   chan struct{} // closed when run has returned
	wake   chan struct{} // holds one token when run has something to look at

	mu             sync.Mutex // for options.Limits, options.PackBytes and all below
	err            error      // why nothing more is taken: ErrClosed or ErrFailed with its cause
	waiting        []*bundle  // oldest first; the last one may take more
	committing     *bundle    // nil when run waits
	waitingBytes   int        // of waiting and committing
	waitingRecords int
	spare          []Body // emptied, for new bundles
}

// PackerOptions bounds a Packer. All must be set.
type PackerOptions struct {
	Limits Limits

	// PackBytes is the size beyond which a pack takes no further append.
	PackBytes int

	// MaxWaiting bounds what was handed over and is not durable. It is at least
	// Limits, and of use above PackBytes.
	MaxWaiting Limits
}

// bundle is the appends that become durable together.
type bundle struct {
	body Body

	// at is the position of the body's first record and err the reason why it
	// may not be durable; done is closed when they are set.
	done chan struct{}
	at   rollcall.Position
	err  error

	// parts, if there are any when done is closed, have taken the place of this
	// one: a bundle for each append, which tell what became of it.
	parts []*bundle
	apart bool // it is such a part, and takes nothing more
}

// RefusalError is a commit's error that is about its body alone: the appends in it
// get Err, and the log goes on with the next.
type RefusalError struct {
	Err error

	// Apart says that parts of the body may be taken where the whole is not: they
	// are committed one by one.
	Apart bool
}

// Error implements error.
func (r *RefusalError) Error() string { return r.Err.Error() }

// Unwrap gives the reason.
func (r *RefusalError) Unwrap() error { return r.Err }

// NewPacker starts the appender. commit makes a body durable as one pack and
// gives the position of its first record; it is called by one goroutine. Its
// first error is terminal, unless it is a *RefusalError.
func NewPacker(o PackerOptions, commit func(*Body) (rollcall.Position, error)) *Packer {
	p := &Packer{
		options: o,
		commit:  commit,
		failed:  make(chan struct{}),
		done:    make(chan struct{}),
		wake:    make(chan struct{}, 1),
	}
	go p.run()
	return p
}

// Append hands records over and waits until they are durable, as Log.Append
// says. There must be at least one.
func (p *Packer) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	if err := ctx.Err(); err != nil {
		return rollcall.Position{}, err
	}
	b, part, last, err := p.hand(records)
	if err != nil {
		return rollcall.Position{}, err
	}
	if err := b.await(ctx); err != nil {
		return rollcall.Position{}, err
	}
	if b.parts != nil {
		b, last = b.parts[part], len(records)-1
		if err := b.await(ctx); err != nil {
			return rollcall.Position{}, err
		}
	}
	if b.err != nil {
		return rollcall.Position{}, b.err
	}
	at := b.at
	at.Event += uint32(last)
	return at, nil
}

// await waits until it is known what became of the bundle.
func (b *bundle) await(ctx context.Context) error {
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hand copies records into a bundle, and gives the index of the part that they
// are and that of their last one.
func (p *Packer) hand(records [][]byte) (b *bundle, part, last int, err error) {
	size := 0
	for _, r := range records {
		size += len(r)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.options.Limits.Validate(records); err != nil {
		return nil, 0, 0, err
	}
	if p.err != nil {
		return nil, 0, 0, p.err
	}
	if most := p.options.MaxWaiting; p.waitingBytes+size > most.Bytes || p.waitingRecords+len(records) > most.Records {
		return nil, 0, 0, fmt.Errorf("%w: %d events of %d bytes wait to be durable, and at most %d events and %d bytes may",
			ErrFull, p.waitingRecords, p.waitingBytes, most.Records, most.Bytes)
	}
	b = p.bundleForLocked(len(records), size)
	before := b.body.Bytes()
	b.body.Add(records)
	p.waitingBytes += b.body.Bytes() - before
	p.waitingRecords += len(records)
	select {
	case p.wake <- struct{}{}:
	default:
	}
	return b, b.body.Parts() - 1, b.body.records - 1, nil
}

// bundleForLocked gives the bundle that takes this much more: the newest, or a
// new one.
func (p *Packer) bundleForLocked(records, size int) *bundle {
	if n := len(p.waiting); n > 0 {
		b := p.waiting[n-1]
		if !b.apart && b.body.Bytes()+size <= p.options.PackBytes && b.body.Records()+records <= MaxRecords {
			return b
		}
	}
	b := &bundle{done: make(chan struct{})}
	if n := len(p.spare); n > 0 {
		b.body, p.spare = p.spare[n-1], p.spare[:n-1]
	}
	p.waiting = append(p.waiting, b)
	return b
}

// run is the one appender.
func (p *Packer) run() {
	defer close(p.done)
	for {
		b, ok := p.take()
		if !ok {
			return
		}
		at, err := p.commit(&b.body)
		if refusal, ok := errors.AsType[*RefusalError](err); ok {
			p.refuse(b, refusal)
			continue
		}
		if err != nil {
			p.Fail(err)
			return
		}
		if full := p.finish(b, at); !full {
			// Let those who were just answered run: whoever appends again at once
			// comes into the next pack, instead of waiting for it to be synced.
			runtime.Gosched()
		}
	}
}

// take gives the oldest bundle, and waits for one. It gives false when nothing
// is to be committed any more.
func (p *Packer) take() (*bundle, bool) {
	for {
		p.mu.Lock()
		err := p.err
		if err == nil && len(p.waiting) > 0 {
			b := p.waiting[0]
			p.waiting = slices.Delete(p.waiting, 0, 1)
			p.committing = b
			p.mu.Unlock()
			return b, true
		}
		p.mu.Unlock()
		if err != nil {
			return nil, false
		}
		<-p.wake
	}
}

// finish answers the appends of b, which is durable now. It tells whether the
// next pack is full already.
func (p *Packer) finish(b *bundle, at rollcall.Position) (full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.committing != b {
		return false // Fail has answered
	}
	p.committing = nil
	p.waitingBytes -= b.body.Bytes()
	p.waitingRecords -= b.body.Records()
	if len(p.spare) < 2 { // one to be committed, one to gather
		b.body.Reset(2 * p.options.PackBytes)
		p.spare = append(p.spare, b.body)
	}
	b.at = at
	close(b.done)
	return len(p.waiting) > 1
}

// refuse answers the appends of b with the refusal, or puts each in b's place.
func (p *Packer) refuse(b *bundle, refusal *RefusalError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.committing != b {
		return // Fail has answered
	}
	p.committing = nil
	defer close(b.done)
	if !refusal.Apart || b.body.Parts() == 1 || p.err != nil {
		p.waitingBytes -= b.body.Bytes()
		p.waitingRecords -= b.body.Records()
		b.err = refusal.Err
		return
	}
	for i := range b.body.Parts() {
		b.parts = append(b.parts, &bundle{body: b.body.Part(i), done: make(chan struct{}), apart: true})
	}
	p.waiting = append(slices.Clone(b.parts), p.waiting...)
}

// Limit changes what an append, and a pack, may have from now on. What waits
// stays as it is.
func (p *Packer) Limit(limits Limits, packBytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options.Limits, p.options.PackBytes = limits, packBytes
}

// Limits gives the largest append that is taken now.
func (p *Packer) Limits() Limits {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.options.Limits
}

// Fail stops everything for good: no append is acknowledged any more, and those
// under way get ErrFailed with this cause. Only the first call counts.
func (p *Packer) Fail(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.failed:
		return
	default:
	}
	p.stopLocked(fmt.Errorf("%w: %w", ErrFailed, cause))
	if b := p.committing; b != nil {
		p.committing = nil
		b.err = p.err
		close(b.done)
	}
	close(p.failed)
}

// stopLocked makes err the answer to everything but the bundle that is being
// committed.
func (p *Packer) stopLocked(err error) {
	p.err = err
	for _, b := range p.waiting {
		b.err = err
		close(b.done)
	}
	p.waiting, p.spare = nil, nil
	p.waitingBytes, p.waitingRecords = 0, 0
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Failed is closed when the Packer failed, and Err then gives the reason.
func (p *Packer) Failed() <-chan struct{} { return p.failed }

// Err gives the reason why the Packer failed, which wraps ErrFailed, or nil.
func (p *Packer) Err() error {
	select {
	case <-p.failed:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.err
	default:
		return nil
	}
}

// Waiting tells what was handed over and is not durable.
func (p *Packer) Waiting() Limits {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Limits{Bytes: p.waitingBytes, Records: p.waitingRecords}
}

// Close takes nothing more, answers what waits with ErrClosed and returns when
// the commit under way, if any, is over or has failed.
func (p *Packer) Close() {
	p.mu.Lock()
	if p.err == nil {
		p.stopLocked(ErrClosed)
	}
	p.mu.Unlock()
	select {
	case <-p.done:
	case <-p.failed:
	}
}
