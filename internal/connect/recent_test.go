package connect

import (
	"testing"

	"pgregory.net/rapid"
)

// What is found is what was kept last, what was found or kept of late is there, and
// all of it together never has more bytes than it may.
func TestRecent_KeepsWhatIsNewWithinItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 100
		r := recent[int, int]{most: most}
		last := map[int]weighed[int]{}
		var used []int // keys, oldest first
		sizes := rapid.SliceOfN(rapid.IntRange(1, 60), 10, 10).Draw(t, "bytes of each")
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			key := rapid.IntRange(0, 9).Draw(t, "key")
			if rapid.Bool().Draw(t, "keep") {
				last[key] = weighed[int]{i, sizes[key]}
				r.keep(key, i, last[key].bytes)
			}
			value, ok := r.find(key)
			if ok && value != last[key].value {
				t.Fatalf("found %d, want %d", value, last[key].value)
			}
			if ok {
				used = append(used, key)
			}
			held := 0
			for _, of := range []map[int]weighed[int]{r.young, r.old} {
				for _, is := range of {
					held += is.bytes
				}
			}
			if held > most {
				t.Fatalf("%d bytes are held, want %d at most", held, most)
			}
		}
		newest, bytes := map[int]bool{}, 0
		for i := len(used) - 1; i >= 0; i-- {
			key := used[i]
			if !newest[key] {
				bytes += last[key].bytes
			}
			if newest[key] = true; bytes > most/2 || last[key].bytes > most/2 {
				break
			}
			_, young := r.young[key]
			if _, old := r.old[key]; !young && !old {
				t.Fatalf("%d is gone, of %d bytes that were used since", key, bytes)
			}
		}
	})
}
