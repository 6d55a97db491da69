package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"rollcall"
)

// SnapshotReader gives the bytes of a snapshot from its frames. It delivers
// what was verified, and io.EOF only behind a last frame that fits.
type SnapshotReader struct {
	in    io.Reader
	at    rollcall.Position
	id    uint64
	index uint32
	rest  []byte // of the present piece, within frame
	frame []byte
	bytes uint64
	last  Snapshot // what the last frame said
	err   error
}

// NewSnapshotReader reads the snapshot of this position from in. What is wrong
// with it is a *DamageError without a place; only a snapshot of a later version
// and a failure of in are other errors.
func NewSnapshotReader(in io.Reader, at rollcall.Position) *SnapshotReader {
	return &SnapshotReader{in: in, at: at}
}

// Read implements io.Reader.
func (r *SnapshotReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 && r.err == nil {
		r.next()
	}
	if len(r.rest) == 0 {
		return 0, r.err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Snapshot tells what was read, once Read has given io.EOF.
func (r *SnapshotReader) Snapshot() Snapshot { return r.last }

// next reads a frame.
func (r *SnapshotReader) next() {
	piece, last, err := r.readFrame()
	switch {
	case err != nil:
		r.err = err
	case last:
		r.err = r.finish(piece)
	default:
		r.bytes += uint64(len(piece))
		r.rest = piece
	}
}

func (r *SnapshotReader) readFrame() (piece []byte, last bool, err error) {
	header, err := r.fill(0, frameHeader)
	if err != nil {
		return nil, false, err
	}
	switch {
	case string(header[:4]) != frameMagic:
		return nil, false, damage("frame %d begins with %q", r.index, header[:4])
	case header[4] > frameVersion:
		return nil, false, fmt.Errorf("snapshot of version %d: this program reads version %d; a newer one wrote it", header[4], frameVersion)
	}
	length := binary.BigEndian.Uint32(header[20:])
	if header[4] == 0 || header[5] > 1 || header[6] != 0 || header[7] != 0 || length > pieceBytes {
		return nil, false, damage("the header of frame %d makes no sense", r.index)
	}
	frame, err := r.fill(frameHeader, int(length))
	if err != nil {
		return nil, false, err
	}
	if want, got := binary.BigEndian.Uint32(frame[frameCRC:]), checksumOfFrame(frame); want != got {
		return nil, false, damage("the checksum of frame %d is %08x, and its bytes give %08x", r.index, want, got)
	}
	id := binary.BigEndian.Uint64(frame[8:])
	if r.index == 0 {
		r.id = id
	}
	if index := binary.BigEndian.Uint32(frame[16:]); id != r.id || index != r.index {
		return nil, false, damage("frame %d of snapshot %016x stands where frame %d of %016x is due", index, id, r.index, r.id)
	}
	r.index++
	r.last.Bytes += int64(len(frame))
	return frame[frameHeader:], frame[5] == 1, nil
}

// fill reads n bytes behind the first from of the frame, and gives all of it.
func (r *SnapshotReader) fill(from, n int) ([]byte, error) {
	if cap(r.frame) < from+n {
		grown := make([]byte, from, from+n)
		copy(grown, r.frame[:from])
		r.frame = grown
	}
	r.frame = r.frame[:from+n]
	if _, err := io.ReadFull(r.in, r.frame[from:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, damage("it ends in frame %d, which is not its last", r.index)
		}
		return nil, fmt.Errorf("read a snapshot: %w", err)
	}
	return r.frame, nil
}

// finish holds the last frame against everything before it.
func (r *SnapshotReader) finish(trailer []byte) error {
	if len(trailer) != trailerPiece {
		return damage("its last frame has %d bytes, expected %d", len(trailer), trailerPiece)
	}
	is, length := splitTrailer(trailer)
	if is.Position != r.at {
		return damage("it says that it is of %s, and stands at %s", is.Position, r.at)
	}
	if length != r.bytes {
		return damage("it has %d bytes, and its last frame claims %d", r.bytes, length)
	}
	if n, _ := io.ReadFull(r.in, make([]byte, 1)); n > 0 {
		return damage("something stands behind its last frame")
	}
	r.last.Position, r.last.WrittenAt = is.Position, is.WrittenAt
	return io.EOF
}

// splitTrailer gives what the piece of a last frame says, and the length of all
// other pieces.
func splitTrailer(trailer []byte) (Snapshot, uint64) {
	return Snapshot{
		Position: rollcall.Position{
			Epoch: rollcall.Epoch(binary.BigEndian.Uint64(trailer)),
			Pack:  binary.BigEndian.Uint64(trailer[8:]),
			Event: binary.BigEndian.Uint32(trailer[16:]),
		},
		WrittenAt: time.UnixMilli(int64(binary.BigEndian.Uint64(trailer[20:]))).UTC(),
	}, binary.BigEndian.Uint64(trailer[28:])
}

// DecodeTrailer gives position and time from the last TrailerBytes of a
// snapshot, without looking at the rest. It returns false when they are none.
func DecodeTrailer(frame []byte) (Snapshot, bool) {
	if len(frame) != TrailerBytes || string(frame[:4]) != frameMagic || frame[4] != frameVersion || frame[5] != 1 ||
		binary.BigEndian.Uint32(frame[frameCRC:]) != checksumOfFrame(frame) {
		return Snapshot{}, false
	}
	is, _ := splitTrailer(frame[frameHeader:])
	return is, true
}
