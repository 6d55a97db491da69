package floor_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

// In whatever order a journal has what streams and seeds say of an agent, the
// newest by its instant stands in the end, and a stream's before a seed's.
func TestSeeds_TheNewestStandsInWhateverOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type said struct {
			second int
			seed   bool
		}
		all := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) said {
			return said{rapid.IntRange(0, 9).Draw(t, "second"), rapid.Bool().Draw(t, "seed")}
		}), 1, 12, rapid.ID[said]).Draw(t, "said")
		f := floor.New(floor.Options{})
		for i, is := range all {
			e := event("ana", is.second, available("q1"))
			e.ID, e.Snapshot.Status.Name = "", fmt.Sprint(is)
			if is.seed {
				e.Type = rollcall.EventSeed
			}
			f.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: epoch, Pack: uint64(i + 1)}, Event: e}})
		}
		want := slices.MaxFunc(all, func(a, b said) int {
			switch {
			case a.second != b.second || a.seed == b.seed:
				return a.second - b.second
			case a.seed:
				return -1
			}
			return 1
		})
		fl := f.Instances()[0]
		if a, _ := fl.Agent("ana"); a.Status.Name != fmt.Sprint(want) || a.Seeded() != want.seed {
			t.Fatalf("after %v it is %q, seeded %v, want %v", all, a.Status.Name, a.Seeded(), want)
		}
		heard := -1
		for _, is := range all {
			if !is.seed {
				heard = max(heard, is.second)
			}
		}
		if at := fl.Heard(); heard >= 0 && want.second == heard && !at.Equal(event("ana", heard, nil).At) || heard < 0 && !at.IsZero() {
			t.Fatalf("after %v something was heard at %s", all, at)
		}
	})
}
