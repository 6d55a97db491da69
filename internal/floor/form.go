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
	n     uint8 // holes
	ids   uint8 // of them for the agent's id
	holes [maxHoles]hole
}

// hole is a place in a form.
type hole struct {
	at uint32 // in the form's text
	id bool   // the agent's id comes here, else the next of its values
}

// maxHoles keeps a form to a cache line, beside its text.
const maxHoles = 4

// formTable is the forms of all answers. Several goroutines use it while a
// snapshot is loaded, else the writer alone.
type formTable struct {
	mu    sync.Mutex
	known map[string]*form // :: text and holes -> form
}

// maxForms bounds the table, of forms that have mostly less than 1 KB. A full one
// starts afresh: answers keep what they hold.
const maxForms = 1 << 17

// find gives the form of the text and its holes, as others have it. key is what
// appendFormKey makes of them.
func (f *formTable) find(key, text []byte, holes []hole) *form {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.known[string(key)]; known != nil {
		return known
	}
	if f.known == nil || len(f.known) >= maxForms {
		f.known = make(map[string]*form)
	}
	kept := string(append(key, make([]byte, shortBytes)...))
	is := &form{text: kept, size: uint32(len(text)), n: uint8(len(holes))}
	for i, h := range holes {
		if is.holes[i] = h; h.id {
			is.ids++
		}
	}
	f.known[kept[:len(key)]] = is
	return is
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
