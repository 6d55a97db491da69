package emit

import (
	"bufio"
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Unpack gives the text of an input: inflated if it is gzip, as exports and
// archives of deliveries are, whatever it is called, and without a byte order
// mark.
func Unpack(r io.Reader) io.Reader { return &unpacker{from: bufio.NewReader(r)} }

// unpacker looks at its input when it is first read.
type unpacker struct {
	from *bufio.Reader
	text io.Reader // nil before
}

var (
	gzipMagic     = []byte{0x1F, 0x8B}
	byteOrderMark = []byte{0xEF, 0xBB, 0xBF}
)

func (u *unpacker) Read(p []byte) (int, error) {
	if u.text == nil {
		if err := u.look(); err != nil {
			return 0, err
		}
	}
	return u.text.Read(p)
}

func (u *unpacker) look() error {
	text := u.from
	if head, _ := text.Peek(len(gzipMagic)); bytes.Equal(head, gzipMagic) {
		inflated, err := gzip.NewReader(text)
		if err != nil {
			return err
		}
		text = bufio.NewReader(inflated)
	}
	if head, _ := text.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		_, _ = text.Discard(len(byteOrderMark))
	}
	u.text = text
	return nil
}
