package access

// MaxBuckets bounds Buckets.
const MaxBuckets = 2 * generationBuckets

// Buckets is how many buckets t holds.
func (t *Throttle) Buckets() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.newer) + len(t.older)
}

// Entries gives the keys and tokens in force, in the order of the file, the
// server's own first.
func (k *Keys) Entries() []*Entry {
	return append(append([]*Entry(nil), k.own.entries...), k.ring.Load().entries...)
}
