package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/klauspost/compress/s2"

	"rollcall"
	"rollcall/internal/slab"
)

// A pack as it is stored, version 1. Numbers are big-endian.
//
//	offset  size
//	     0     4  magic, "RCPK"
//	     4     1  version, 1
//	     5     1  how the body is stored: 0 as it is, 1 as an S2 block
//	     6     2  zero
//	     8     8  epoch
//	    16     8  sequence
//	    24     8  time of the commit, milliseconds since 1970
//	    32     4  number of records
//	    36     4  length of the body
//	    40     4  length of the body as stored
//	    44     4  CRC-32C of everything before and behind this field
//	    48        the body as stored: see Body
//
// What was written as version 1 stays readable; testdata holds such packs.
//
// To go to version 2: keep magic, version and sequence where they are, so that
// an older program names the version and the pack that it can't read; let
// Decode branch on the version and go on reading 1; write 2 only; add a golden
// pack of 2 beside those of 1. A pack is never rewritten: retention ends version 1.
const (
	packMagic   = "RCPK"
	packVersion = 1

	bodyPlain = 0
	bodyS2    = 1

	crcOffset = 44

	// Smaller bodies are stored as they are: a sync does not get quicker by what
	// they would lose, and the engine beneath compresses many of them together.
	compressBytes = 32 << 10

	// HeaderBytes is the length of a stored pack before its body.
	HeaderBytes = 48

	// MaxBodyBytes and MaxRecords bound what a pack may hold, and with it the
	// memory that reading one can take, whatever its header says.
	MaxBodyBytes = 64 << 20
	MaxRecords   = 1 << 20
)

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// Codec turns packs into bytes and back. Decode may be called by several
// goroutines at once, Encode by one.
//
// Bodies are compressed with S2, which takes a quarter of zstd's time where that
// counts, before the commit, and leaves an engine that compresses what is at
// rest something to gain.
type Codec struct {
	scratch []byte // Encode's: a compressed body
}

// NewCodec gives a Codec.
func NewCodec() *Codec { return new(Codec) }

// Header is what a pack says beside its records.
type Header struct {
	Epoch    rollcall.Epoch
	Sequence uint64
	At       time.Time // kept to the millisecond
}

// Encode appends the stored form of a pack to dst. The body holds 1 to
// MaxRecords records in at most MaxBodyBytes.
func (c *Codec) Encode(dst []byte, h Header, b *Body) []byte {
	begin := len(dst)
	dst = append(dst, packMagic...)
	dst = append(dst, packVersion, bodyPlain, 0, 0)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.Epoch))
	dst = binary.BigEndian.AppendUint64(dst, h.Sequence)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.At.UnixMilli()))
	dst = binary.BigEndian.AppendUint32(dst, uint32(b.records))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b.data)))
	dst = append(dst, make([]byte, HeaderBytes-40)...) // stored length and CRC, set below
	if dst = c.appendBody(dst, b.data); len(dst)-begin-HeaderBytes < len(b.data) {
		dst[begin+5] = bodyS2
	}
	p := dst[begin:]
	binary.BigEndian.PutUint32(p[40:], uint32(len(p)-HeaderBytes))
	binary.BigEndian.PutUint32(p[crcOffset:], packCRC(p))
	return dst
}

// appendBody appends a body as it is stored: compressed if it is large enough
// to be worth the time and becomes smaller.
func (c *Codec) appendBody(dst, body []byte) []byte {
	if len(body) >= compressBytes {
		most := s2.MaxEncodedLen(len(body))
		if cap(c.scratch) < most {
			c.scratch = make([]byte, most)
		}
		if stored := s2.Encode(c.scratch[:cap(c.scratch)], body); len(stored) < len(body) {
			return append(dst, stored...)
		}
	}
	return append(dst, body...)
}

func packCRC(p []byte) uint32 {
	return crc32.Update(crc32.Checksum(p[:crcOffset], crcTable), crcTable, p[HeaderBytes:])
}

// Decode reads one stored pack and verifies all of it. The pack's memory is its
// own. What is wrong is a DamageError without a place; only a pack of a later
// version is another error.
func (c *Codec) Decode(p []byte) (Pack, error) { return c.DecodeInto(nil, p) }

// DecodeInto does the same with the records in memory that the caller gives
// back: they hold until then.
func (*Codec) DecodeInto(loan *slab.Loan, p []byte) (Pack, error) {
	if err := validateHeader(p); err != nil {
		return Pack{}, err
	}
	pack := Pack{
		Epoch:    rollcall.Epoch(binary.BigEndian.Uint64(p[8:])),
		Sequence: binary.BigEndian.Uint64(p[16:]),
		At:       time.UnixMilli(int64(binary.BigEndian.Uint64(p[24:]))).UTC(),
	}
	records, length := int(binary.BigEndian.Uint32(p[32:])), int(binary.BigEndian.Uint32(p[36:]))
	if pack.Sequence == 0 || records == 0 || records > min(length, MaxRecords) || length > MaxBodyBytes {
		return Pack{}, damage("its header claims %d records in %d bytes, with sequence %d", records, length, pack.Sequence)
	}
	body, err := decodeBody(loan, p[5], p[HeaderBytes:], length)
	if err != nil {
		return Pack{}, err
	}
	if pack.Records = splitBody(body, records); pack.Records == nil {
		return Pack{}, damage("its body is not the %d records that its header claims", records)
	}
	return pack, nil
}

// validateHeader verifies everything that can be before the numbers in p are
// believed: form, length and checksum.
func validateHeader(p []byte) error {
	switch {
	case len(p) < HeaderBytes:
		return damage("it has %d bytes, and its header alone has %d", len(p), HeaderBytes)
	case string(p[:4]) != packMagic:
		return damage("it begins with %q", p[:4])
	case p[4] > packVersion:
		return fmt.Errorf("pack of version %d: this program reads version %d; a newer one wrote it", p[4], packVersion)
	case p[4] == 0 || p[5] > bodyS2 || p[6] != 0 || p[7] != 0:
		return damage("its header has version %d, body form %d, reserved bytes %x", p[4], p[5], p[6:8])
	}
	if stored := binary.BigEndian.Uint32(p[40:]); uint64(stored) != uint64(len(p)-HeaderBytes) {
		return damage("its body has %d bytes, and its header claims %d", len(p)-HeaderBytes, stored)
	}
	if want, got := binary.BigEndian.Uint32(p[crcOffset:]), packCRC(p); want != got {
		return damage("its checksum is %08x, and its bytes give %08x", want, got)
	}
	return nil
}

// decodeBody gives the length bytes of a body in memory of the loan's.
func decodeBody(loan *slab.Loan, form byte, stored []byte, length int) ([]byte, error) {
	if form == bodyPlain {
		if len(stored) != length {
			return nil, damage("its plain body has %d bytes, and its header claims %d", len(stored), length)
		}
		return append(loan.Take(length), stored...), nil
	}
	if claimed, err := s2.DecodedLen(stored); err != nil || claimed != length {
		return nil, damage("its compressed body does not claim the %d bytes that its header does", length)
	}
	body, err := s2.Decode(loan.Take(length)[:length], stored)
	if err != nil {
		return nil, &DamageError{Reason: "its body cannot be decompressed", Err: err}
	}
	return body, nil
}

func damage(format string, args ...any) *DamageError {
	return &DamageError{Reason: fmt.Sprintf(format, args...)}
}
