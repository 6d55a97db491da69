package journal

import (
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"io"
	"time"

	"rollcall"
)

// A snapshot as it is stored, version 1: frames, one after the other, each with
// a piece of what was written. Numbers are big-endian.
//
//	offset  size
//	     0     4  magic, "RCSF"
//	     4     1  version, 1
//	     5     1  1 for the last frame, else 0
//	     6     2  zero
//	     8     8  the snapshot that the frame is of, a random number
//	    16     4  its place in it, from 0
//	    20     4  length of the piece
//	    24     4  CRC-32C of everything before and behind this field
//	    28        the piece
//
// The piece of the last frame says what the snapshot is: epoch (8), pack (8) and
// event (4) of its position, when it was written in milliseconds since 1970
// (8), and the length of all other pieces together (8).
//
// To go to version 2: keep magic and version where they are, so that an older
// program names the version; let the reader branch on it, and write 2 only. A
// journal may hold nothing but a snapshot for what it was trimmed behind, so 1
// stays readable in every later release; testdata holds one. A store finds the
// last frame from the end, by its length: another length is another version.
const (
	frameMagic   = "RCSF"
	frameVersion = 1
	frameHeader  = 28
	frameCRC     = 24
	pieceBytes   = 256 << 10 // at most; what reading a frame can take is bounded by it
	trailerPiece = 36

	// TrailerBytes is the length of the last frame of a snapshot.
	TrailerBytes = frameHeader + trailerPiece
)

// SnapshotWriter turns what is written to it into the frames of a snapshot. It
// holds one at a time.
type SnapshotWriter struct {
	out   io.Writer
	id    uint64
	index uint32
	frame []byte // its header is filled in by flush
	bytes uint64 // of all pieces before
	size  int64  // of all frames before
	err   error
}

// NewSnapshotWriter begins a snapshot on out.
func NewSnapshotWriter(out io.Writer) *SnapshotWriter {
	var id [8]byte
	_, _ = rand.Read(id[:]) // documented never to fail
	return &SnapshotWriter{
		out: out, id: binary.BigEndian.Uint64(id[:]),
		frame: make([]byte, frameHeader, frameHeader+pieceBytes),
	}
}

// Write implements io.Writer.
func (w *SnapshotWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 && w.err == nil {
		n := min(len(p), cap(w.frame)-len(w.frame))
		w.frame = append(w.frame, p[:n]...)
		p, written = p[n:], written+n
		if len(w.frame) == cap(w.frame) {
			w.flush(false)
		}
	}
	return written, w.err
}

// Finish writes what makes the snapshot whole, and tells what it is.
func (w *SnapshotWriter) Finish(at rollcall.Position, writtenAt time.Time) (Snapshot, error) {
	if len(w.frame) > frameHeader {
		w.flush(false)
	}
	f := binary.BigEndian.AppendUint64(w.frame[:frameHeader], uint64(at.Epoch))
	f = binary.BigEndian.AppendUint64(f, at.Pack)
	f = binary.BigEndian.AppendUint32(f, at.Event)
	f = binary.BigEndian.AppendUint64(f, uint64(writtenAt.UnixMilli()))
	w.frame = binary.BigEndian.AppendUint64(f, w.bytes)
	w.flush(true)
	return Snapshot{Position: at, WrittenAt: writtenAt.UTC().Truncate(time.Millisecond), Bytes: w.size}, w.err
}

// flush writes the frame.
func (w *SnapshotWriter) flush(last bool) {
	if w.err != nil {
		return
	}
	f := w.frame
	clear(f[:frameHeader])
	copy(f, frameMagic)
	f[4] = frameVersion
	if last {
		f[5] = 1
	}
	binary.BigEndian.PutUint64(f[8:], w.id)
	binary.BigEndian.PutUint32(f[16:], w.index)
	binary.BigEndian.PutUint32(f[20:], uint32(len(f)-frameHeader))
	binary.BigEndian.PutUint32(f[frameCRC:], checksumOfFrame(f))
	_, w.err = w.out.Write(f)
	w.bytes += uint64(len(f) - frameHeader)
	w.size += int64(len(f))
	w.index++
	w.frame = f[:frameHeader]
}

func checksumOfFrame(f []byte) uint32 {
	return crc32.Update(crc32.Checksum(f[:frameCRC], crcTable), crcTable, f[frameHeader:])
}
