package floor

import "rollcall"

// Rebase gives the state, as it is, another position: that of the record in
// another epoch of the journal behind which it goes on there. The goroutine that
// calls Apply may call it.
func (f *Floors) Rebase(p rollcall.Position) {
	f.newest = version{number: f.newest.number + 1, position: p}
	for _, fl := range f.floors {
		fl.mu.Lock()
		fl.recent.begin(p)
		fl.mu.Unlock()
	}
	f.advance()
}
