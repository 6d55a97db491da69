package floor

import (
	"iter"
	"slices"
)

// pageRows is how many rows share a page.
const pageRows = 512

// rows holds the rows by ordinal, in pages: growing moves little while readers
// wait, pages of which all agents are forgotten go, and freezing the whole
// copies pointers to pages alone.
type rows struct {
	pages []page
	live  int // pages with rows
}

// page is some rows with neighboring ordinals.
type page struct {
	rows   *[pageRows]*row // nil when it has none
	n      int             // rows in it
	frozen bool            // rows is somebody else's too, and is copied before it changes
}

// get is the row with the ordinal, nil when there is none.
func (r *rows) get(o uint32) *row {
	if k := int(o / pageRows); k < len(r.pages) && r.pages[k].rows != nil {
		return r.pages[k].rows[o%pageRows]
	}
	return nil
}

// put sets the row with the ordinal; nil takes it away.
func (r *rows) put(o uint32, v *row) {
	k, i := int(o/pageRows), o%pageRows
	if k >= len(r.pages) {
		r.pages = append(r.pages, make([]page, k+1-len(r.pages))...)
	}
	p := &r.pages[k]
	if p.rows == nil {
		if v == nil {
			return
		}
		*p = page{rows: new([pageRows]*row)}
		r.live++
	}
	if p.frozen {
		own := *p.rows
		p.rows, p.frozen = &own, false
	}
	if p.rows[i] != nil {
		p.n--
	}
	if p.rows[i] = v; v != nil {
		p.n++
	}
	if p.n == 0 {
		*p = page{}
		r.live--
	}
}

// freeze gives the rows as they are now, to be read while put goes on.
func (r *rows) freeze() []page {
	for k := range r.pages {
		r.pages[k].frozen = true
	}
	return slices.Clone(r.pages)
}

// liveRows goes over the rows of some pages in the order of their ordinals.
func liveRows(pages []page) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for k := range pages {
			if pages[k].rows == nil {
				continue
			}
			for _, r := range pages[k].rows {
				if r != nil && !yield(r) {
					return
				}
			}
		}
	}
}
