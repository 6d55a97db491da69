package rollcall_test

import (
	"testing"

	"pgregory.net/rapid"

	"rollcall"
)

func TestPosition_ParsesBackAndKeepsOrder(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) rollcall.Position {
		return rollcall.Position{
			Epoch: rollcall.Epoch(rapid.Uint64().Draw(t, "epoch")),
			Pack:  rapid.Uint64().Draw(t, "pack"), Event: rapid.Uint32().Draw(t, "event"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		p, o := draw.Draw(t, "p"), draw.Draw(t, "o")
		if back, err := rollcall.ParsePosition(p.String()); err != nil || back != p {
			t.Fatalf("ParsePosition(%q) = %v, %v", p, back, err)
		}
		if p.Before(o) == o.Before(p) && p.Compare(o) != 0 {
			t.Fatalf("%v and %v are each before the other, or neither", p, o)
		}
		if p.Compare(o) != -o.Compare(p) {
			t.Fatalf("Compare(%v, %v) is not antisymmetric", p, o)
		}
	})
}

func TestParsePosition_NamesWhatItCannotRead(t *testing.T) {
	for _, s := range []string{"", "1-2-3", "0000000000000000-1", "000000000000000g-1-1", "0000000000000000-1--1", "0000000000000000-1-4294967296"} {
		_, err := rollcall.ParsePosition(s)
		if rollcall.ErrorCode(err) != rollcall.CodeInvalid {
			t.Errorf("ParsePosition(%q): %v, want an invalid-code error", s, err)
		}
	}
}
