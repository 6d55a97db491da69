package floor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged says that a snapshot is not what was written: cut short, or with
// other bytes. Nothing of it can be used.
var ErrDamaged = errors.New("damaged snapshot")

// damaged names the block that is, at which byte of the snapshot from 0 it begins,
// and why.
func damaged(block string, offset int64, format string, args ...any) error {
	return fmt.Errorf("%w: %s at byte %d: %s", ErrDamaged, block, offset, fmt.Sprintf(format, args...))
}

// blockReader reads what blockWriter wrote.
type blockReader struct {
	r      io.Reader
	number uint32
	offset int64
}

// stored is a block as it was read, its checksum verified.
type stored struct {
	kind   kind
	offset int64
	form   byte
	length int
	bytes  []byte
}

// magic reads what stands before the blocks.
func (b *blockReader) magic() error {
	var p [8]byte
	if err := b.read(p[:], "beginning"); err != nil {
		return err
	}
	switch {
	case string(p[:4]) != snapshotMagic || p[5]|p[6]|p[7] != 0 || p[4] == 0:
		return damaged("beginning", 0, "found %q, expected that of a snapshot", p)
	case p[4] > snapshotVersion:
		return fmt.Errorf("snapshot of version %d: this program reads version %d; a newer one wrote it", p[4], snapshotVersion)
	}
	return nil
}

// next reads the next block.
func (b *blockReader) next() (stored, error) {
	s := stored{offset: b.offset}
	name := fmt.Sprintf("block %d", b.number)
	var header [blockHeaderBytes]byte
	if err := b.read(header[:], name); err != nil {
		return stored{}, err
	}
	length := binary.BigEndian.Uint32(header[12:])
	if length > maxBlockBytes {
		return stored{}, damaged(name, s.offset, "it claims %d bytes, and at most %d are written", length, maxBlockBytes)
	}
	s.bytes = make([]byte, length)
	if err := b.read(s.bytes, name); err != nil {
		return stored{}, err
	}
	if want, got := binary.BigEndian.Uint32(header[blockCRCOffset:]), blockCRC(header[:], s.bytes); want != got {
		return stored{}, damaged(name, s.offset, "its checksum is %08x, and its bytes give %08x", want, got)
	}
	s.kind, s.form, s.length = kind(header[0]), header[1], int(binary.BigEndian.Uint32(header[8:]))
	switch number := binary.BigEndian.Uint32(header[4:]); {
	case number != b.number:
		return stored{}, damaged(name, s.offset, "it is number %d", number)
	case header[2]|header[3] != 0 || s.form > storedZstd || s.length > maxBlockBytes:
		return stored{}, damaged(name, s.offset, "its header %x is none that is written", header[:12])
	}
	b.number++
	return s, nil
}

// read fills p. An end before that is damage.
func (b *blockReader) read(p []byte, block string) error {
	n, err := io.ReadFull(b.r, p)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return damaged(block, b.offset, "the snapshot ends after %d of its bytes", n)
	case err != nil:
		return fmt.Errorf("read snapshot: %w", err)
	}
	b.offset += int64(n)
	return nil
}

// end demands that nothing follows.
func (b *blockReader) end() error {
	var p [1]byte
	switch _, err := io.ReadFull(b.r, p[:]); {
	case err == nil:
		return damaged("end", b.offset, "more bytes follow")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return fmt.Errorf("read snapshot: %w", err)
	}
}

// content gives a block's content as a string of its own, to cut from.
func (s *stored) content(dec *zstd.Decoder) (string, error) {
	if s.form == storedPlain {
		if len(s.bytes) != s.length {
			return "", s.damage("%d bytes, and its header claims %d", len(s.bytes), s.length)
		}
		return string(s.bytes), nil
	}
	content, err := dec.DecodeAll(s.bytes, make([]byte, 0, s.length))
	if err != nil || len(content) != s.length {
		return "", s.damage("it decompresses to %d bytes, and its header claims %d: %v", len(content), s.length, err)
	}
	return string(content), nil
}

func (s *stored) damage(format string, args ...any) error {
	return damaged(s.kind.String(), s.offset, format, args...)
}
