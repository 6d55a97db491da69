package emit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// errLimit ends reading at lineReader's limit.
var errLimit = errors.New("no end within the limit")

// chunkBytes is how much is read from an input at once.
const chunkBytes = 64 << 10

// blanks may stand between documents.
const blanks = " \t\r\n"

// lineReader hands an input on and remembers where lines begin, as far back as
// the oldest place that may still be asked for. Whatever the input, it holds one
// chunk of it, what was given back, and a byte or two for each of those lines.
type lineReader struct {
	src      io.Reader
	err      error  // that src ended with; nil while there may be more
	chunk    []byte // read from src, or given back
	pos, end int    // chunk[pos:end] is to be handed on
	offset   int64  // bytes handed on
	limit    int64  // up to which offset bytes are handed on
	lines    lineIndex
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{src: r, chunk: make([]byte, chunkBytes), lines: lineIndex{line: 1}}
}

// fill makes sure that there is something to hand on; false: src has ended.
func (l *lineReader) fill() bool {
	for tries := 0; l.pos == l.end; tries++ {
		switch {
		case l.err != nil:
			return false
		case tries == 100:
			l.err = io.ErrNoProgress
			return false
		case len(l.chunk) != chunkBytes:
			l.chunk = make([]byte, chunkBytes)
		}
		l.pos = 0
		l.end, l.err = l.src.Read(l.chunk)
	}
	return true
}

func (l *lineReader) Read(p []byte) (int, error) {
	room := l.limit - l.offset
	if room <= 0 {
		return 0, errLimit
	}
	if !l.fill() {
		return 0, l.err
	}
	n := copy(p[:min(int64(len(p)), room)], l.chunk[l.pos:l.end])
	for i := 0; ; {
		j := bytes.IndexByte(p[i:n], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		l.lines.add(l.offset + int64(i))
	}
	l.pass(n)
	return n, nil
}

func (l *lineReader) pass(n int) {
	l.pos += n
	l.offset += int64(n)
}

// unread takes back the last bytes handed on. Nobody asks for a line before them
// any more.
func (l *lineReader) unread(b []byte) {
	l.offset -= int64(len(b))
	l.lines.forgetBehind(l.offset)
	if len(b) <= l.pos {
		l.pos -= len(b)
		return
	}
	l.chunk = append(slices.Clone(b), l.chunk[l.pos:l.end]...)
	l.pos, l.end = 0, len(l.chunk)
}

// skipBlanks drops what may stand between documents. Nothing is kept of it,
// however much it is.
func (l *lineReader) skipBlanks() {
	l.lines.forgetBehind(l.offset)
	for l.fill() {
		ahead := l.chunk[l.pos:l.end]
		n := len(ahead) - len(bytes.TrimLeft(ahead, blanks))
		if n == 0 {
			return
		}
		l.pass(n)
		l.lines.skip(bytes.Count(ahead[:n], []byte{'\n'}), l.offset)
	}
}

// skipToBrace drops lines up to the next one that begins with "{". It reports
// whether there is more to read: such a line, or the error of src.
func (l *lineReader) skipToBrace() bool {
	for {
		for ended := false; !ended; { // the rest of the line
			if !l.fill() {
				return !errors.Is(l.err, io.EOF)
			}
			n := bytes.IndexByte(l.chunk[l.pos:l.end], '\n') + 1
			if ended = n > 0; !ended {
				n = l.end - l.pos
			}
			l.pass(n)
		}
		l.lines.skip(1, l.offset)
		if !l.fill() {
			return !errors.Is(l.err, io.EOF)
		}
		if l.chunk[l.pos] == '{' {
			return true
		}
	}
}

// lineIndex tells the line of offsets that are asked for in rising order.
type lineIndex struct {
	line  int   // the one asked for last
	begin int64 // where it begins, or an offset within it

	// begins is where the lines behind it begin, each as a uvarint of its
	// distance from the one before.
	begins  []byte
	passed  int   // bytes of begins that are done with
	waiting int   // offsets in what is left
	newest  int64 // the last of them
}

// add says that a line begins at the offset.
func (x *lineIndex) add(offset int64) {
	x.begins = binary.AppendUvarint(x.begins, uint64(offset-x.newest))
	x.newest = offset
	x.waiting++
}

// at is the line of an offset.
func (x *lineIndex) at(offset int64) int {
	for x.waiting > 0 {
		distance, n := binary.Uvarint(x.begins[x.passed:])
		if x.begin+int64(distance) > offset {
			break
		}
		x.begin += int64(distance)
		x.passed += n
		x.waiting--
		x.line++
	}
	if x.passed > len(x.begins)/2 {
		x.begins = x.begins[:copy(x.begins, x.begins[x.passed:])]
		x.passed = 0
	}
	return x.line
}

// forgetBehind drops the lines that begin behind the offset: they are added
// again.
func (x *lineIndex) forgetBehind(offset int64) {
	x.at(offset)
	x.skip(0, x.begin)
}

// skip goes on by some lines, to an offset within the last. Nothing that was
// added before may lie behind.
func (x *lineIndex) skip(lines int, offset int64) {
	x.line += lines
	x.begins, x.passed, x.waiting = x.begins[:0], 0, 0
	x.begin, x.newest = offset, offset
}
