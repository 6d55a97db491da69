package journal

import (
	"encoding/binary"

	"rollcall"
)

// Restamp makes a stored pack that Decode has verified one of another epoch, and
// of another place in it.
func Restamp(p []byte, epoch rollcall.Epoch, sequence uint64) {
	binary.BigEndian.PutUint64(p[8:], uint64(epoch))
	binary.BigEndian.PutUint64(p[16:], sequence)
	binary.BigEndian.PutUint32(p[crcOffset:], packCRC(p))
}
