package floor

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/klauspost/compress/zstd"
)

// A snapshot is these 8 bytes: magic "RCSN", the version, and three zeros;
// and then blocks. Numbers are big-endian.
//
//	offset  size
//	     0     1  what the content is, see kind
//	     1     1  how it is stored: 0 as it is, 1 as one zstd frame
//	     2     2  zero
//	     4     4  number of the block, from 0
//	     8     4  length of the content
//	    12     4  length of the content as stored
//	    16     4  CRC-32C of everything in the block before and behind this field
//	    20        the content as stored
//
// Version 2 is what is written; 3 where records stand beside the floors, and 4
// where a contact is in a state that we don't know or an agent is seeded, with or
// without such records, so that a program that would leave them out names a newer one. What was written as
// version 1, without a directory, stays readable; testdata holds one of each.
//
// A further member goes behind the others where a length shows whether it is
// there, as in the words of a row, and is no new version. To go to version 5 for
// all else: Load branches on the version, WriteSnapshot writes 5 only, and a
// snapshot of 5 goes into testdata beside the others. A journal may hold nothing
// but a snapshot for what it was trimmed behind, so each stays readable in every
// later release.
const (
	snapshotMagic   = "RCSN"
	versionAlone    = 2
	versionBeside   = 3
	versionWords    = 4
	snapshotVersion = versionWords

	storedPlain = 0
	storedZstd  = 1

	blockHeaderBytes = 20
	blockCRCOffset   = 16

	// blockBytes is about how long a content gets, and maxBlockBytes bounds what
	// reading one can take, whatever its header says. One record is far shorter.
	blockBytes    = 256 << 10
	maxBlockBytes = 4 << 20
)

// kind says what a block holds. Blocks stand in the order of their kinds, but
// that each instance is followed by its directory and its agents.
type kind byte

const (
	kindHead kind = iota + 1
	kindWords
	kindQueues
	kindProfiles
	kindPaths
	kindStatuses
	kindSlots
	kindInstance
	kindAgents
	kindEnd
	kindNamed  // stands before kindAgents; the number is of version 2
	kindBeside // stands before kindEnd; the number is of version 3
)

var kindNames = [...]string{
	"nothing", "head", "words", "queues", "routing profiles", "hierarchy paths", "statuses", "slots", "instance", "agents", "end", "names", "records",
}

// String names the kind in errors.
func (k kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// place orders the kinds as blocks stand.
func (k kind) place() int {
	if k == kindNamed {
		return 2*int(kindInstance) + 1
	}
	if k == kindBeside {
		return 2*int(kindEnd) - 1
	}
	return 2 * int(k)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// blockWriter writes a snapshot's blocks.
type blockWriter struct {
	w      io.Writer
	enc    *zstd.Encoder
	number uint32
	stored []byte
}

func newBlockWriter(w io.Writer, version byte) (*blockWriter, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true)) // the frame states its length
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	_, err = w.Write([]byte{snapshotMagic[0], snapshotMagic[1], snapshotMagic[2], snapshotMagic[3], version, 0, 0, 0})
	return &blockWriter{w: w, enc: enc}, err
}

// write writes a block.
func (b *blockWriter) write(k kind, content []byte) error {
	if len(content) > maxBlockBytes {
		return fmt.Errorf("%s: %d bytes in one block, and at most %d can be read again", k, len(content), maxBlockBytes)
	}
	b.stored = appendBlock(b.stored[:0], k, b.number, content, b.enc)
	b.number++
	_, err := b.w.Write(b.stored)
	return err
}

// appendBlock appends a block. With enc nil it is stored as it is.
func appendBlock(dst []byte, k kind, number uint32, content []byte, enc *zstd.Encoder) []byte {
	begin := len(dst)
	dst = append(dst, byte(k), storedPlain, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, number)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(content)))
	dst = append(dst, make([]byte, 8)...) // set below
	if enc != nil {
		dst = enc.EncodeAll(content, dst)
		dst[begin+1] = storedZstd
	}
	if enc == nil || len(dst)-begin-blockHeaderBytes >= len(content) {
		dst = append(dst[:begin+blockHeaderBytes], content...)
		dst[begin+1] = storedPlain
	}
	block := dst[begin:]
	binary.BigEndian.PutUint32(block[12:], uint32(len(block)-blockHeaderBytes))
	binary.BigEndian.PutUint32(block[blockCRCOffset:], blockCRC(block[:blockHeaderBytes], block[blockHeaderBytes:]))
	return dst
}

func blockCRC(header, stored []byte) uint32 {
	return crc32.Update(crc32.Checksum(header[:blockCRCOffset], castagnoli), castagnoli, stored)
}
