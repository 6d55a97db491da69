package agentevent

import "rollcall/internal/slab"

// Memory is where records lie until they were appended to a journal, which
// copies them. The zero value is ready for use, by one goroutine.
type Memory struct {
	slabs []*slab.Slab
}

// take gives memory of size bytes, of m's if there is an m.
func (m *Memory) take(size int) []byte {
	if m == nil {
		return make([]byte, 0, size)
	}
	s := slab.Take(size)
	m.slabs = append(m.slabs, s)
	return s.Bytes()
}

// GiveBack ends the use of all records that were decoded into m.
func (m *Memory) GiveBack() {
	for _, s := range m.slabs {
		s.GiveBack()
	}
	m.slabs = nil
}
