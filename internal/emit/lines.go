package emit

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errLimit ends reading at lineReader's limit.
var errLimit = errors.New("no end within the limit")

// lineReader hands an input on and remembers where lines begin, as far back as
// the oldest place that may still be asked for.
type lineReader struct {
	r      *bufio.Reader
	back   []byte  // given back by unread, handed on first
	offset int64   // bytes handed on
	limit  int64   // up to which offset bytes are handed on
	begins []int64 // offsets behind line ends, of lines after line
	line   int     // the line that begins before begins[0]
}

func (l *lineReader) Read(p []byte) (int, error) {
	room := l.limit - l.offset
	if room <= 0 {
		return 0, errLimit
	}
	p = p[:min(int64(len(p)), room)]
	var n int
	var err error
	if len(l.back) > 0 {
		n = copy(p, l.back)
		l.back = l.back[n:]
	} else {
		n, err = l.r.Read(p)
	}
	for i := 0; ; {
		j := bytes.IndexByte(p[i:n], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		l.begins = append(l.begins, l.offset+int64(i))
	}
	l.offset += int64(n)
	return n, err
}

// lineAt is the line of an offset. Offsets are asked for in rising order.
func (l *lineReader) lineAt(offset int64) int {
	passed := 0
	for passed < len(l.begins) && l.begins[passed] <= offset {
		passed++
	}
	l.line += passed
	l.begins = append(l.begins[:0], l.begins[passed:]...)
	return l.line
}

// unread takes back the last bytes handed on.
func (l *lineReader) unread(b []byte) {
	l.back = append(append([]byte(nil), b...), l.back...)
	l.offset -= int64(len(b))
	for len(l.begins) > 0 && l.begins[len(l.begins)-1] > l.offset {
		l.begins = l.begins[:len(l.begins)-1]
	}
}

// skipToBrace drops lines up to the next one that begins with "{". It reports
// whether there is one.
func (l *lineReader) skipToBrace() bool {
	next := io.MultiReader(bytes.NewReader(l.back), l.r)
	l.back = nil
	l.r = bufio.NewReaderSize(next, 1<<16)
	for {
		more := true
		for more { // the rest of the line
			part, err := l.r.ReadSlice('\n')
			l.offset += int64(len(part))
			more = err == bufio.ErrBufferFull //nolint:errorlint // ReadSlice returns this very value
			if err != nil && !more {
				return false
			}
		}
		l.begins = append(l.begins, l.offset)
		l.lineAt(l.offset)
		if first, err := l.r.Peek(1); err != nil {
			return false
		} else if first[0] == '{' {
			return true
		}
	}
}
