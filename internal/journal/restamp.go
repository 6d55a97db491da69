package journal

import (
	"encoding/binary"

	"rollcall"
)

// Restamp makes a stored pack that Decode has verified one of another epoch.
func Restamp(p []byte, epoch rollcall.Epoch) {
	binary.BigEndian.PutUint64(p[8:], uint64(epoch))
	binary.BigEndian.PutUint32(p[crcOffset:], packCRC(p))
}
