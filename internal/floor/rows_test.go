package floor

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Rows are what was put last, whatever was frozen before stays as it was, and
// a page lives as long as it has a row.
func TestRows_FreezeKeepsWhatWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r rows
		model := map[uint32]*row{}
		type version struct {
			pages []page
			model map[uint32]*row
		}
		var versions []version
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			o := rapid.Uint32Range(0, 6).Draw(t, "ordinal") * (pageRows / 2)
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				versions = append(versions, version{r.freeze(), maps.Clone(model)})
			case 1:
				r.put(o, nil)
				delete(model, o)
			default:
				v := &row{ordinal: o}
				r.put(o, v)
				model[o] = v
			}
			if r.get(o) != model[o] || r.get(o+1) != nil {
				t.Fatalf("row %d is %v, want %v", o, r.get(o), model[o])
			}
		}
		versions = append(versions, version{r.pages, model})
		for _, v := range versions {
			want := slices.SortedFunc(maps.Values(v.model), func(a, b *row) int { return int(a.ordinal) - int(b.ordinal) })
			if got := slices.Collect(liveRows(v.pages)); !slices.Equal(got, want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
			for k, p := range v.pages {
				if (p.rows == nil) != (p.n == 0) {
					t.Fatalf("page %d of %d rows: %v", k, p.n, p.rows)
				}
			}
		}
	})
}
