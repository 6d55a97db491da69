package journal

import (
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"rollcall"
)

// A snapshot as it is stored, version 1: frames, one after the other. Numbers
// are big-endian.
//
//	offset  size
//	     0     4  magic, "RCSN"
//	     4     1  version, 1
//	     5     1  how the body is stored: 0 as it is, 1 as one zstd frame
//	     6     1  1 for the last frame, else 0
//	     7     1  zero
//	     8     8  the snapshot that the frame is of, a random number
//	    16     4  its place in it, from 0
//	    20     4  length of the body
//	    24     4  length of the body as stored
//	    28     4  CRC-32C of everything before and behind this field
//	    32        the body as stored
//
// The body of the last frame says what the snapshot is: epoch (8), pack (8) and
// event (4) of its position, when it was written in milliseconds since 1970
// (8), and the length of all other bodies together (8). It is stored as it is,
// so that the last TrailerBytes tell it.
const (
	frameMagic    = "RCSN"
	frameVersion  = 1
	frameHeader   = 32
	frameCRC      = 28
	trailerBody   = 36
	snapshotChunk = 512 << 10 // the body of a frame; what reading one can take is bounded by it

	framePlain = 0
	frameZstd  = 1 // snapshots are written at leisure and kept for days: smaller than a pack's S2

	// TrailerBytes is the length of the last frame of a snapshot.
	TrailerBytes = frameHeader + trailerBody
)

// SnapshotWriter turns what is written to it into the frames of a snapshot. It
// holds one at a time.
type SnapshotWriter struct {
	out   io.Writer
	enc   *zstd.Encoder
	id    uint64
	index uint32
	body  []byte // not yet written
	frame []byte
	bytes uint64 // of all bodies
	size  int64  // of all frames
	err   error
}

// NewSnapshotWriter begins a snapshot on out.
func NewSnapshotWriter(out io.Writer) *SnapshotWriter {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
	if err != nil {
		panic("zstd encoder: " + err.Error()) // these options are sound
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // documented never to fail
	return &SnapshotWriter{out: out, enc: enc, id: binary.BigEndian.Uint64(id[:])}
}

// Write implements io.Writer.
func (w *SnapshotWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 && w.err == nil {
		n := min(len(p), snapshotChunk-len(w.body))
		w.body = append(w.body, p[:n]...)
		p, written = p[n:], written+n
		if len(w.body) == snapshotChunk {
			w.flush(false)
		}
	}
	return written, w.err
}

// Finish writes what makes the snapshot whole, and tells what it is.
func (w *SnapshotWriter) Finish(at rollcall.Position, writtenAt time.Time) (Snapshot, error) {
	if len(w.body) > 0 {
		w.flush(false)
	}
	w.body = binary.BigEndian.AppendUint64(w.body[:0], uint64(at.Epoch))
	w.body = binary.BigEndian.AppendUint64(w.body, at.Pack)
	w.body = binary.BigEndian.AppendUint32(w.body, at.Event)
	w.body = binary.BigEndian.AppendUint64(w.body, uint64(writtenAt.UnixMilli()))
	w.body = binary.BigEndian.AppendUint64(w.body, w.bytes)
	w.flush(true)
	return Snapshot{Position: at, WrittenAt: writtenAt.UTC().Truncate(time.Millisecond), Bytes: w.size}, w.err
}

// flush writes the body as a frame.
func (w *SnapshotWriter) flush(last bool) {
	if w.err != nil {
		return
	}
	f := append(w.frame[:0], frameMagic...)
	f = append(f, frameVersion, framePlain, 0, 0)
	if last {
		f[6] = 1
	} else {
		w.bytes += uint64(len(w.body))
	}
	f = binary.BigEndian.AppendUint64(f, w.id)
	f = binary.BigEndian.AppendUint32(f, w.index)
	f = binary.BigEndian.AppendUint32(f, uint32(len(w.body)))
	f = append(f, make([]byte, frameHeader-24)...) // stored length and CRC, set below
	if !last {
		f = w.enc.EncodeAll(w.body, f)
		f[5] = frameZstd
	}
	if last || len(f)-frameHeader >= len(w.body) {
		f = append(f[:frameHeader], w.body...)
		f[5] = framePlain
	}
	binary.BigEndian.PutUint32(f[24:], uint32(len(f)-frameHeader))
	binary.BigEndian.PutUint32(f[frameCRC:], checksumOfFrame(f))
	var n int
	n, w.err = w.out.Write(f)
	w.size += int64(n)
	w.frame, w.body, w.index = f, w.body[:0], w.index+1
}

func checksumOfFrame(f []byte) uint32 {
	return crc32.Update(crc32.Checksum(f[:frameCRC], crcTable), crcTable, f[frameHeader:])
}
