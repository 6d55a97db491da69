package floor

import (
	"encoding/binary"
	"math"
	"time"

	"rollcall"
)

// frozenNames is one version of a directory.
type frozenNames struct {
	next uint32
	room int64
	list []frozenName
}

type frozenName struct {
	kind int
	is   *Resource
	at   time.Time
}

// freeze takes what there is, of the version that is published. Whoever calls it
// keeps the writer from publishing.
func (d *names) freeze() frozenNames {
	d.flush()
	s := frozenNames{d.next, d.room, make([]frozenName, len(d.list))}
	for i, n := range d.list {
		s.list[i] = frozenName{n.kind, n.is, n.at}
	}
	return s
}

// appendHead appends what stands behind an instance.
func (s *frozenNames) appendHead(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s.list)))
	return binary.AppendVarint(binary.AppendUvarint(dst, uint64(s.next)), s.room)
}

// collectNames numbers what named resources have that rows share, too.
func (s *sharedWriter) collectNames(list []frozenName) {
	for i := range list {
		s.profile(list[i].is.Profile)
	}
}

func (s *frozenNames) write(b *blockWriter, shared *sharedWriter) error {
	var dst []byte
	for i := range s.list {
		dst = appendNamed(dst, &s.list[i], shared)
		if len(dst) < blockBytes && i+1 < len(s.list) {
			continue
		}
		if err := b.write(kindNamed, dst); err != nil {
			return err
		}
		dst = dst[:0]
	}
	return nil
}

func appendNamed(dst []byte, n *frozenName, shared *sharedWriter) []byte {
	is := n.is
	dst = binary.AppendUvarint(append(dst, byte(n.kind)), uint64(is.Ordinal))
	for _, word := range [...]string{is.ID, is.ARN, is.Name, string(is.Type), is.Parent} {
		dst = appendWord(dst, word)
	}
	dst = append(dst, byte(is.Level))
	dst = appendInstant(appendInstant(dst, is.ChangedAt), n.at)
	return appendSlots(binary.AppendUvarint(dst, shared.profile(is.Profile)), is.Slots)
}

// named reads what appendNamed wrote.
func (c *cursor) named(shared *sharedReader) *named {
	n := &named{kind: int(c.byte())}
	is := &Resource{
		Ordinal: c.uint32(), ID: c.own(), ARN: c.own(), Name: c.own(), Type: rollcall.StatusType(c.own()), Parent: c.own(),
		Level: int(c.byte()), ChangedAt: c.instant(),
	}
	n.is, n.at = is, c.instant()
	is.Profile = pickOrNone(c, shared.profiles)
	if is.Slots = c.concurrency(); len(is.Slots) == 0 {
		is.Slots = nil
	}
	if n.kind >= kindsOfNames || is.ID == "" || is.Level > rollcall.HierarchyLevels || (n.kind == nameOfProfile) != (is.Profile != nil) {
		c.fail()
	}
	return n
}

// readHead reads what appendHead wrote, and tells how many resources come. What
// isn't there was not written: then rows will tell (adopt).
func (d *names) readHead(c *cursor) int {
	if c.rest == "" {
		return unwritten
	}
	n := c.uint32()
	d.next, d.room = c.uint32(), c.varint()
	if d.room < namesRoom || n > math.MaxInt32 {
		c.fail()
	}
	return int(n)
}

// unwritten is how many resources a snapshot of version 1 has.
const unwritten = -1

// restore takes in what a block has, and tells whether it can be.
func (d *names) restore(list []*named) bool {
	for _, n := range list {
		is := n.is
		if is.Ordinal >= d.next || d.kinds[n.kind][is.ID] != nil || (len(d.list) > 0 && d.list[len(d.list)-1].is.Ordinal >= is.Ordinal) {
			return false
		}
		d.kinds[n.kind][is.ID] = n
		d.list = append(d.list, n)
		d.set(n, is)
	}
	return true
}

// adopt takes in what a row names, of which nothing else is known.
func (d *names) adopt(a *rollcall.Agent) {
	d.say(a, &rollcall.Snapshot{
		Status: &a.Status, Next: a.Next, Configuration: &a.Configuration, Concurrency: a.Concurrency, Contacts: a.Contacts,
	})
}

// complete counts what rows name, when all are here, from what they share; next
// statuses, which they don't, are counted already. When what they name was
// adopted, nobody knows since when it is so. It tells whether all of it is there.
func (d *names) complete(s *shared, adopted bool) bool {
	for _, k := range s.statuses.known {
		d.count(nameOfStatus, string(k.value.ID), k.rows)
	}
	for _, k := range s.profiles.known {
		d.holdProfile(k.value, k.rows)
	}
	for _, k := range s.paths.known {
		d.holdPath(k.value, k.rows)
	}
	for _, k := range s.queues.known {
		d.holdQueue(k.value, k.rows)
	}
	for _, n := range d.list {
		if adopted {
			n.is.ChangedAt = time.Time{}
		}
	}
	return !d.lacks
}
