package natslog

import (
	"fmt"
	"hash/crc32"

	"rollcall/internal/journal"
)

// chain verifies, for one Tail, that each pack names the one of its node that
// came before it. It grows with the number of nodes that the stream knows.
type chain struct {
	stream string
	begin  uint64             // the first sequence that is verified
	newest map[string]element // :: node -> its newest pack

	// trimmed tells whether the stream no longer holds a sequence because it was
	// trimmed. It asks the server.
	trimmed func(sequence uint64) (bool, error)
}

// element is one pack of a node.
type element struct {
	sequence uint64 // of the stream
	before   uint64 // the sequence of the node's pack before it; 0 when there was none
	sum      uint32 // over the stored bytes
}

func newChain(stream string, begin uint64, trimmed func(uint64) (bool, error)) *chain {
	return &chain{stream: stream, begin: begin, newest: make(map[string]element), trimmed: trimmed}
}

// verify takes the next pack of the stream. Verifying one again does nothing.
func (c *chain) verify(node string, e element) error {
	if e.before >= e.sequence {
		return c.damage(e, "it names pack %d as the one before it", e.before)
	}
	last, known := c.newest[node]
	switch {
	case !known && e.before >= c.begin:
		return c.damage(e, "it names pack %d as the one before it of node %s, and that was another's", e.before, node)
	case !known, e.before == last.sequence:
	case e.before == last.before && e.sum == last.sum:
		// Stored twice. A server that changes its leader should not, and if it
		// does nothing is lost: repeated events change nothing.
	case e.before == 0:
		gone, err := c.trimmed(last.sequence)
		if err != nil {
			return err
		}
		if !gone {
			return c.damage(e, "it names no pack before it of node %s, and pack %d was one", node, last.sequence)
		}
	default:
		return c.damage(e, "it names pack %d as the one before it of node %s, and %d was the newest", e.before, node, last.sequence)
	}
	c.newest[node] = e
	return nil
}

func (c *chain) damage(e element, format string, args ...any) *journal.DamageError {
	return &journal.DamageError{
		Place: place(c.stream), Sequence: e.sequence, Err: journal.ErrGap,
		Reason: fmt.Sprintf(format, args...) + "; packs were lost or written anew",
	}
}

// place is how a DamageError calls the stream.
func place(stream string) string { return "stream " + stream }

var crcTable = crc32.MakeTable(crc32.Castagnoli)

func checksum(stored []byte) uint32 { return crc32.Checksum(stored, crcTable) }
