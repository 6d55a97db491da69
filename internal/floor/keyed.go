package floor

import "slices"

// keyed is who stands under a key: a queue, a routing profile or a hierarchy
// group.
type keyed struct {
	posting            // agents one by one
	key     string     // the value's own
	number  uint32     // in postings
	alone   bool       // everybody is in the posting
	shared  []*holders // of values that have the key; who is in them is not in the posting
}

// mostShared is how many holders a key lists. With one more it lists everybody
// one by one, until nobody is left: a queue that feeds the whole floor is in
// every profile, and yet one set.
const mostShared = 16

func (k *keyed) empty() bool { return k.len() == 0 && len(k.shared) == 0 }

// list puts holders, of whom there is one, in the place of this one.
func (k *keyed) list(h *holders, limit int) {
	switch {
	case slices.Contains(k.shared, h) || slices.Contains(h.alone, k): // the value has the key twice
		return
	case k.alone:
	case len(k.shared) < mostShared:
		k.shared = append(k.shared, h)
		k.put(h.ordinals()[0], false, limit)
		return
	default:
		k.unite(k.shared, limit)
		for _, other := range k.shared {
			other.alone = append(other.alone, k)
		}
		k.alone, k.shared = true, nil
	}
	h.alone = append(h.alone, k)
}

// unlist puts the one who is left of the holders in their place.
func (k *keyed) unlist(h *holders, limit int) {
	if at := slices.Index(k.shared, h); at >= 0 {
		k.shared = slices.Delete(k.shared, at, at+1)
		k.put(h.ordinals()[0], true, limit)
	}
}
