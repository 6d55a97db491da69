package floor_test

import (
	"bytes"
	"os"
	"testing"

	"rollcall/internal/floor"
)

// FuzzLoad holds that whatever bytes come, with checksums as they are and with
// checksums that are right, give floors that are whole, or an error.
func FuzzLoad(f *testing.F) {
	golden, err := os.ReadFile("testdata/snapshot_v1.snapshot")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	for _, floors := range []*floor.Floors{sample(), sampleOfWords(), fleet(3), floor.New(floor.Options{})} {
		plain, err := floor.PlainSnapshot(floors)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkLoad(t, data)
		checkLoad(t, floor.Reseal(data))
	})
}

func checkLoad(t *testing.T, data []byte) {
	t.Helper()
	f, err := floor.Load(bytes.NewReader(data), floor.Options{Encode: answer})
	if err != nil {
		if f != nil {
			t.Fatalf("%v, and %v", err, f)
		}
		return
	}
	for _, fl := range f.Instances() {
		if err := floor.CheckFloor(fl); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := dump(t, f), dump(t, restore(t, f)); a != b {
		t.Fatalf("another state when written and read again:\n%s\n%s", a, b)
	}
}
