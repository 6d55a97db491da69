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

// find gives the form as others have it. scratch is used, and returned.
func (f *formTable) find(text []byte, holes []hole, scratch []byte) (*form, []byte) {
	key := append(scratch[:0], text...)
	ids := uint8(0)
	for _, h := range holes {
		at := h.at << 1
		if h.id {
			at |= 1
			ids++
		}
		key = binary.BigEndian.AppendUint32(key, at)
	}
	key = append(key, byte(len(holes)))
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.known[string(key)]; known != nil {
		return known, key
	}
	if f.known == nil || len(f.known) >= maxForms {
		f.known = make(map[string]*form)
	}
	kept := string(append(key, make([]byte, shortBytes)...))
	is := &form{text: kept, size: uint32(len(text)), n: uint8(len(holes)), ids: ids}
	copy(is.holes[:], holes)
	f.known[kept[:len(key)]] = is
	return is, key
}
