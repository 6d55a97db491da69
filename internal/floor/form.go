package floor

import (
	"encoding/binary"
	"sync"
)

// form is what the answers of many agents have in common: text, with holes for
// what is each agent's own. It is immutable.
type form struct {
	text  string // without what comes into the holes; see put for what is behind size bytes
	size  uint32
	uses  uint32 // by answers of rows; the table's
	n     uint8  // holes
	holes [maxHoles]hole
}

// hole is a place in a form.
type hole struct {
	at uint32 // in the form's text
	id bool   // the agent's id comes here, else the next of its values
}

// maxHoles keeps a form to a cache line, beside its text.
const maxHoles = 4

// formTable is the forms of an instance's answers, counted by the answers that
// have them. Several goroutines use it while a snapshot is loaded, else the
// writer and whoever asks what events would add.
type formTable struct {
	mu    sync.Mutex
	known map[string]*form // :: text and holes -> form
	bytes int64
}

func (f *formTable) size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}

// take gives the form of the text and its holes, as others have it, and counts
// one answer more. key is what appendFormKey makes of them.
func (f *formTable) take(key, text []byte, holes []hole) *form {
	f.mu.Lock()
	defer f.mu.Unlock()
	is := f.known[string(key)]
	if is == nil {
		if f.known == nil {
			f.known = make(map[string]*form)
		}
		kept := string(append(key, make([]byte, shortBytes)...))
		is = &form{text: kept, size: uint32(len(text)), n: uint8(len(holes))}
		copy(is.holes[:], holes)
		f.known[kept[:len(key)]] = is
		f.bytes += priceOfForm(is)
	}
	is.uses++
	return is
}

// release counts one answer less, and drops the forms that no other has.
func (f *formTable) release(a *Answer) {
	if a.forms[0] == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, is := range a.forms {
		if is == nil {
			return
		}
		if is.uses--; is.uses == 0 {
			delete(f.known, is.text[:len(is.text)-shortBytes])
			f.bytes -= priceOfForm(is)
		}
	}
}

// missing sums the bytes of what is here and not in the other.
func (f *formTable) missing(other *formTable) (bytes int64) {
	other.mu.Lock()
	defer other.mu.Unlock()
	for key, is := range f.known {
		if other.known[key] == nil {
			bytes += priceOfForm(is)
		}
	}
	return bytes
}

// appendFormKey appends what a form is known by: its text first.
func appendFormKey(dst, text []byte, holes []hole) []byte {
	dst = append(dst, text...)
	for _, h := range holes {
		at := h.at << 1
		if h.id {
			at |= 1
		}
		dst = binary.BigEndian.AppendUint32(dst, at)
	}
	return append(dst, byte(len(holes)))
}
