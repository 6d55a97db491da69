package floor

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"rollcall"
)

// WriteSnapshot writes the whole state, of one version, and tells the position
// of the newest record in it. Whoever loads it and applies what follows has the
// floors that applied everything. Any goroutine may call it while Apply and
// readers go on: they wait for the list of pages of rows to be copied, and for
// nothing else.
//
// A snapshot holds what rows are made from, and what they can't be made from
// again: ordinals, the start that is shown of a contact, event ids, the directory. It holds no
// index and no answer, which may be made otherwise by the program that reads
// it. See snapblock.go for the form, and kind for the order.
func (f *Floors) WriteSnapshot(w io.Writer) (rollcall.Position, error) {
	return f.Freeze().Write(w, nil)
}

// Frozen is one version of all floors, for a snapshot.
type Frozen struct {
	position rollcall.Position
	retired  uint32
	floors   []frozenFloor
}

// Write writes the snapshot, with journal records that say what is true beside
// the floors at the same position, for Options.Beside; and gives the position.
func (s *Frozen) Write(w io.Writer, beside [][]byte) (rollcall.Position, error) {
	shared := s.collect()
	version := byte(versionAlone)
	switch {
	case shared.v4:
		version = versionWords
	case len(beside) > 0:
		version = versionBeside
	}
	b, err := newBlockWriter(w, version)
	if err == nil {
		err = s.write(b, shared, beside)
	}
	if err != nil {
		return rollcall.Position{}, fmt.Errorf("write snapshot: %w", err)
	}
	return s.position, nil
}

type frozenFloor struct {
	arn    rollcall.ARN
	since  time.Time
	next   uint32 // ordinal
	agents int
	pages  []page
	names  frozenNames
}

// Freeze takes one version of all floors. Readers and the writer wait for it:
// about 25 µs with a million agents.
func (f *Floors) Freeze() *Frozen {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	s := &Frozen{position: f.Position(), retired: f.retired}
	for _, fl := range f.Instances() {
		fl.mu.Lock()
		s.floors = append(s.floors, frozenFloor{
			arn: fl.arn, since: fl.since, next: uint32(fl.index.span), agents: fl.index.present.n, pages: fl.rows.freeze(), names: fl.shared.names.freeze(),
		})
		fl.mu.Unlock()
	}
	return s
}

// collect numbers what the rows share.
func (s *Frozen) collect() *sharedWriter {
	shared := newSharedWriter()
	for i := range s.floors {
		for r := range liveRows(s.floors[i].pages) {
			shared.collect(r)
		}
		shared.collectNames(s.floors[i].names.list)
	}
	return shared
}

func (s *Frozen) write(b *blockWriter, shared *sharedWriter, beside [][]byte) error {
	if err := b.write(kindHead, s.appendHead(nil)); err != nil {
		return err
	}
	if err := shared.write(b); err != nil {
		return err
	}
	for i := range s.floors {
		if err := s.floors[i].write(b, shared); err != nil {
			return fmt.Errorf("%s: %w", s.floors[i].arn, err)
		}
	}
	if err := writeBeside(b, beside); err != nil {
		return err
	}
	return b.write(kindEnd, nil)
}

func writeBeside(b *blockWriter, records [][]byte) error {
	var dst []byte
	for i, record := range records {
		dst = appendWord(dst, string(record))
		if len(dst) < blockBytes && i+1 < len(records) {
			continue
		}
		if err := b.write(kindBeside, dst); err != nil {
			return err
		}
		dst = dst[:0]
	}
	return nil
}

func (s *Frozen) appendHead(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(s.position.Epoch))
	dst = binary.AppendUvarint(dst, s.position.Pack)
	dst = binary.AppendUvarint(dst, uint64(s.position.Event))
	dst = binary.AppendUvarint(dst, uint64(s.retired))
	return binary.AppendUvarint(dst, uint64(len(s.floors)))
}

func (fl *frozenFloor) write(b *blockWriter, shared *sharedWriter) error {
	var dst []byte
	for _, word := range [...]string{fl.arn.Partition, fl.arn.Region, fl.arn.Account, string(fl.arn.Instance)} {
		dst = appendWord(dst, word)
	}
	dst = appendInstant(dst, fl.since)
	dst = binary.AppendUvarint(dst, uint64(fl.next))
	dst = binary.AppendUvarint(dst, uint64(fl.agents))
	if err := b.write(kindInstance, fl.names.appendHead(dst)); err != nil {
		return err
	}
	if err := fl.names.write(b, shared); err != nil {
		return err
	}
	dst = dst[:0]
	for r := range liveRows(fl.pages) {
		if dst = appendRow(dst, r, shared); len(dst) >= blockBytes {
			if err := b.write(kindAgents, dst); err != nil {
				return err
			}
			dst = dst[:0]
		}
	}
	if len(dst) == 0 {
		return nil
	}
	return b.write(kindAgents, dst)
}
