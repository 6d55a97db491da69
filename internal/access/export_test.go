package access

// MaxBuckets bounds Buckets.
const MaxBuckets = 2 * generationBuckets

// Buckets is how many buckets t holds.
func (t *Throttle) Buckets() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.newer) + len(t.older)
}
