package slab

// Loan is the slabs that one borrower has and gives back together. The zero
// value is ready for use, by one goroutine at a time.
type Loan struct {
	slabs []*Slab
}

// Take gives an empty list with room for size bytes. It holds until GiveBack;
// that of a nil Loan is nobody else's for ever.
func (l *Loan) Take(size int) []byte {
	if l == nil {
		return make([]byte, 0, size)
	}
	s := Take(size)
	l.slabs = append(l.slabs, s)
	return s.Bytes()
}

// GiveBack ends the use of all that was taken. The Loan may take again.
func (l *Loan) GiveBack() {
	for _, s := range l.slabs {
		s.GiveBack()
	}
	clear(l.slabs)
	l.slabs = l.slabs[:0]
}
