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

// Actions gives the actions that a policy can name.
func Actions() []string {
	var names []string
	for _, a := range actions() {
		names = append(names, a.name)
	}
	return names
}

// ActionResources gives the kinds of resource of which a request for the action
// may name some.
func ActionResources(action string) []string {
	for _, a := range actions() {
		if a.name == action {
			return a.rest
		}
	}
	return nil
}
