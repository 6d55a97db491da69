package floor

import (
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"

	"rollcall"
)

// Load reads what WriteSnapshot wrote, and makes the floors that wrote it. What
// is damaged is ErrDamaged, never half a state; a snapshot of a newer
// program and a reader's own error are others. It takes memory in proportion to
// what it reads.
//
// Blocks are unpacked, and answers encoded, on all processors; one goroutine
// puts them into the indexes in order.
func Load(r io.Reader, o Options) (*Floors, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(0),
		zstd.WithDecoderMaxMemory(maxBlockBytes), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	defer dec.Close()
	l := &loader{floors: New(o), blocks: blockReader{r: r}, dec: dec, stop: make(chan struct{})}
	pieces := make(chan *piece, 2*runtime.GOMAXPROCS(0))
	l.desks = make(chan *desk, cap(pieces))
	defer l.unpacking.Wait() // also for what was begun and then not wanted: it uses dec
	go func() {
		defer close(pieces)
		l.read(pieces)
	}()
	for p := range pieces { // to the end, so that no goroutine is left
		<-p.done
		if err == nil {
			if err = p.err; err == nil {
				err = l.take(p)
			}
			if err != nil {
				close(l.stop)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return l.finish(), nil
}

// TooLargeError says that a snapshot takes more memory than it may.
type TooLargeError struct {
	Bytes int64 // or more
	Most  int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the floor takes %d bytes of memory or more, and there are %d for it", e.Bytes, e.Most)
}

// loader is the work on one snapshot.
type loader struct {
	floors *Floors

	// Of the goroutine that reads.
	blocks   blockReader
	dec      *zstd.Decoder
	shared   sharedReader // complete before the first agents are unpacked
	instance *Floor

	// Of the goroutine that takes.
	position  rollcall.Position
	instances int           // still to come
	floor     *Floor        // whose agents come
	agents    int           // of it, still to come
	names     int           // of it, still to come; unwritten
	bytes     int64         // of the floors that are whole
	stop      chan struct{} // closed when nothing more is wanted

	desks     chan *desk     // that are free
	unpacking sync.WaitGroup // goroutines
}

// read reads block after block, and sends those that are to be taken.
func (l *loader) read(pieces chan<- *piece) {
	err := l.blocks.magic()
	for last := kind(0); err == nil && last != kindEnd; {
		p := &piece{done: make(chan struct{})}
		if p.stored, err = l.blocks.next(); err != nil {
			break
		}
		if err = p.follows(last); err != nil {
			break
		}
		last = p.kind
		if err = l.unpack(p); err != nil {
			break
		}
		if p.kind > kindHead && p.kind < kindInstance {
			continue
		}
		select {
		case pieces <- p:
		case <-l.stop:
			return
		}
	}
	if err == nil {
		err = l.blocks.end()
	}
	if err != nil {
		pieces <- &piece{done: closed, err: err}
	}
}

// closed is done.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// unpack reads the block, or begins to.
func (l *loader) unpack(p *piece) error {
	if p.kind == kindAgents {
		p.floor = l.instance
		l.unpacking.Go(func() { p.unpackAgents(l) })
		return nil
	}
	defer close(p.done)
	content, err := p.content(l.dec)
	if err != nil {
		return err
	}
	c := cursor{rest: content}
	switch p.kind {
	case kindHead:
		p.position = rollcall.Position{Epoch: rollcall.Epoch(c.uvarint()), Pack: c.uvarint(), Event: c.uint32()}
		l.floors.retired = c.uint32()
		p.count = int(c.uint32())
	case kindInstance:
		l.instance = c.floor(l.floors)
		p.floor, p.count = l.instance, int(c.uint32())
		p.names = p.floor.shared.names.readHead(&c)
	case kindNamed:
		p.floor = l.instance
		for c.rest != "" {
			p.named = append(p.named, c.named(&l.shared))
		}
	case kindBeside:
		for c.rest != "" && !c.bad {
			p.beside = append(p.beside, c.word())
		}
	case kindEnd:
	case kindWords, kindQueues, kindProfiles, kindPaths, kindStatuses, kindSlots:
		l.shared.read(p.kind, &c)
	case kindAgents:
	}
	return p.whole(&c)
}

// take puts what a piece has into the floors.
func (l *loader) take(p *piece) error {
	f := l.floors
	switch {
	case p.kind == kindNamed:
		if l.names -= len(p.named); l.names < 0 || !p.floor.shared.names.restore(p.named) {
			return p.damage("a name stands twice in %s, or was not announced", p.floor.arn)
		}
	case l.names > 0:
		return p.damage("%d names of %s are missing before it", l.names, l.floor.arn)
	case p.kind == kindAgents:
		return l.takeAgents(p)
	case l.agents > 0:
		return p.damage("%d agents of %s are missing before it", l.agents, l.floor.arn)
	case p.kind == kindHead:
		l.position, l.instances = p.position, p.count
	case p.kind == kindInstance:
		if _, known := f.floors[p.floor.arn.Instance]; known || l.instances == 0 {
			return p.damage("instance %s stands twice, or was not announced", p.floor.arn)
		}
		l.instances--
		if err := l.settle(p); err != nil {
			return err
		}
		l.floor, l.agents, l.names = p.floor, p.count, p.names
		f.floors[p.floor.arn.Instance] = p.floor
		f.homes[homeOf(p.floor.arn)]++
		p.floor.index.ordinals.reserve(min(p.count, 1<<20)) // what a damaged snapshot claims must not take memory
	case p.kind == kindBeside && l.floors.options.Beside != nil:
		for _, record := range p.beside {
			if err := l.floors.options.Beside([]byte(record)); err != nil {
				return fmt.Errorf("a record beside the floors: %w", err)
			}
		}
	case p.kind == kindEnd:
		if l.instances > 0 {
			return p.damage("%d instances are missing before it", l.instances)
		}
		return l.settle(p)
	}
	return nil
}

// settle completes the floor of which all is here, before another piece.
func (l *loader) settle(next *piece) error {
	if fl := l.floor; fl != nil {
		if !fl.shared.names.complete(fl.shared, l.names == unwritten) {
			return next.damage("an agent of %s has something before it that no name is there for", fl.arn)
		}
		if d := fl.shared.names.view(); d != nil {
			fl.directory = d
		}
		fl.bytes.shared = fl.shared.bytes()
	}
	return nil
}

func (l *loader) takeAgents(p *piece) error {
	fl := p.floor
	if l.agents -= len(p.rows); l.agents < 0 {
		return p.damage("%s has more agents than it says", fl.arn)
	}
	for i, r := range p.rows {
		if int(r.ordinal) >= fl.index.span || fl.rows.get(r.ordinal) != nil {
			return p.damage("agent %s has ordinal %d, which is another's or not of %d in %s",
				rollcall.Shorten(string(r.id())), r.ordinal, fl.index.span, fl.arn)
		}
		if fl.index.ordinals.find(r.id()) != nil {
			return p.damage("agent %s stands twice in %s", rollcall.Shorten(string(r.id())), fl.arn)
		}
		fl.shared.hold(r, nil)
		r.bytes = uint32(priceOfRow(r))
		fl.putRow(r.ordinal, r)
		a := &p.desk.agents[i]
		a.Configuration.RoutingProfile, a.Configuration.Hierarchy = r.profile, r.hierarchy
		fl.index.reindex(nil, a)
		if l.names == unwritten {
			fl.shared.names.adopt(a)
		}
		fl.shared.names.holdNext(r.next, 1)
	}
	select {
	case l.desks <- p.desk:
	default:
	}
	fl.bytes.shared = fl.shared.bytes()
	is := fl.countsLocked().Bytes
	if most := l.floors.options.MostBytes; most > 0 && l.bytes+is > most {
		return &TooLargeError{Bytes: l.bytes + is, Most: most}
	}
	if l.agents == 0 {
		l.bytes += is
	}
	return nil
}

// finish publishes what was loaded.
func (l *loader) finish() *Floors {
	f := l.floors
	f.newest = version{number: 1, position: l.position}
	for _, fl := range f.floors {
		f.counts.move(Counts{}, fl.countsLocked())
		fl.recent.begin(l.position)
	}
	f.advance()
	return f
}
