package connect

import "sync"

// recent remembers what was made of late, by what it was made of. Values are shared,
// so they must never be changed. What nobody finds goes once as much as half of what
// may be remembered was kept since.
type recent[K comparable, V any] struct {
	most int // bytes, of values as keep is told them

	mu         sync.Mutex
	young, old map[K]weighed[V]
	bytes      int // of young
}

type weighed[V any] struct {
	value V
	bytes int
}

// find gives the value that was kept last.
func (r *recent[K, V]) find(key K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	is, ok := r.young[key]
	if !ok {
		if is, ok = r.old[key]; ok {
			r.put(key, is)
		}
	}
	return is.value, ok
}

// keep remembers a value of so many bytes, in place of another.
func (r *recent[K, V]) keep(key K, value V, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(key, weighed[V]{value, bytes})
}

func (r *recent[K, V]) put(key K, is weighed[V]) {
	r.bytes -= r.young[key].bytes
	delete(r.young, key)
	delete(r.old, key)
	if is.bytes > r.most/2 {
		return
	}
	if r.bytes += is.bytes; r.bytes > r.most/2 {
		r.young, r.old, r.bytes = nil, r.young, is.bytes
	}
	if r.young == nil {
		r.young = make(map[K]weighed[V])
	}
	r.young[key] = is
}
