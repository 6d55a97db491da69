package floor

import "rollcall"

// row is what the floor keeps of one agent: its immutable state and its
// encoded answer, nil when nobody encodes.
type row struct {
	agent  *rollcall.Agent
	answer []byte
}

// pageRows is how many rows are allocated at a time.
const pageRows = 512

// rows holds the rows by ordinal, in pages so that growing moves little while
// readers wait.
type rows struct {
	pages []*[pageRows]row
}

func (r *rows) get(o uint32) row { return r.pages[o/pageRows][o%pageRows] }

func (r *rows) put(o uint32, v row) {
	for int(o/pageRows) >= len(r.pages) {
		r.pages = append(r.pages, new([pageRows]row))
	}
	r.pages[o/pageRows][o%pageRows] = v
}
