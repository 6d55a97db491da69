package replay

import "testing"

// SetKinds makes these all the kinds there are, for a test.
func SetKinds(t *testing.T, k ...Kind) {
	t.Helper()
	before := kinds
	kinds = k
	t.Cleanup(func() { kinds = before })
}

// Part gives what the records of a form make.
func (s *State) Part(form byte) Part { return s.parts[form] }
