package floor

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A posting is a set whatever form it takes, and it has the form that its size
// calls for.
func TestPosting_IsASortedSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]int{1, 2, 4, 8, 1000}).Draw(t, "limit")
		p, model := new(posting), map[uint32]bool{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			o, in := rapid.Uint32Range(0, 14).Draw(t, "ordinal")*21, rapid.Bool().Draw(t, "in")
			was := p.isDense()
			p.put(o, in, limit)
			if delete(model, o); in {
				model[o] = true
			}
			got := p.ordinals()
			if !slices.IsSorted(got) || len(got) != len(model) || p.len() != len(model) {
				t.Fatalf("%v counted as %d, want %d", got, p.len(), len(model))
			}
			for _, o := range got {
				if !model[o] {
					t.Fatalf("%d is in %v", o, got)
				}
			}
			want := len(got) > limit || (was && len(got) >= limit/2)
			if p.isDense() != want {
				t.Fatalf("%d agents, limit %d, was dense %v, is %v", len(got), limit, was, p.isDense())
			}
		}
	})
}

// Whatever the forms of the sets, walking one and masking it with the others
// gives what is in all of them.
func TestSet_FormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pool scratches
		drawn := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint32Range(0, 9000), 0, 40), 1, 3).Draw(t, "sets")
		var sets []set
		var want []uint32
		for i, list := range drawn {
			slices.Sort(list)
			list = slices.Compact(list)
			if want = intersect(want, list); i == 0 {
				want = list
			}
			sets = append(sets, drawForm(t, &pool, list))
		}
		var got []uint32
		width := rapid.SampledFrom([]int{1, 5, 63, blockWords}).Draw(t, "words at once")
		for k, ok := sets[0].seek(0); ok; k, ok = sets[0].seek(k + 1) {
			for first := 0; first < blockWords; first += width {
				var b, mask block
				want := whole << first & (whole >> (blockWords - min(first+width, blockWords)))
				loadAll(&sets[0], sets[1:], k, want, &b, &mask)
				n := len(got)
				for i, word := range b.words {
					for ; word != 0 && b.live&(1<<i) != 0; word &= word - 1 {
						got = append(got, ordinalOf(k*blockWords+i, word))
					}
				}
				if b.count() != len(got)-n {
					t.Fatalf("block %d: counted %d of %d", k, b.count(), len(got)-n)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func intersect(a, b []uint32) []uint32 {
	var both []uint32
	for _, o := range a {
		if slices.Contains(b, o) {
			both = append(both, o)
		}
	}
	return both
}

func drawForm(t *rapid.T, pool *scratches, list []uint32) set {
	var b bitset
	for _, o := range list {
		b.put(o, true)
	}
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		return set{list: list}
	case 1:
		return denseSet(&b)
	case 2: // a union of two bitsets
		var odd bitset
		for _, o := range list {
			if o%2 == 1 {
				odd.put(o, true)
				b.put(o, false)
			}
		}
		return set{dense: []*bitset{&b, &odd}}
	case 3: // a union of lists and a bitset
		half := len(list) / 2
		for _, o := range list[half:] {
			b.put(o, o%2 == 0)
		}
		return set{lists: [][]uint32{list[:half], list[half/2:], nil}, dense: []*bitset{&b}}
	default: // the same gathered, in a set that was used before
		s := pool.get(9001)
		s.add([][]uint32{{1, 8999}}, nil)
		pool.put(s)
		s = pool.get(9001)
		s.add([][]uint32{list[len(list)/2:]}, []*bitset{&b})
		return set{tree: s}
	}
}

func TestScratches_ReturnEmpty(t *testing.T) {
	var pool scratches
	s := pool.get(9000)
	s.add([][]uint32{{0, 63, 64, 4095, 8999}}, nil)
	for w := range uint32(blockWords) {
		s.add([][]uint32{{blockOrdinals + w*wordBits}}, nil)
	}
	pool.put(s)
	left := func(w uint64) bool { return w != 0 }
	if slices.ContainsFunc(s.words, left) || slices.ContainsFunc(s.summary, left) {
		t.Fatalf("left: %v", s)
	}
}
