package main

import "testing"

func TestDisplay_NothingSteersIt(t *testing.T) {
	for text, want := range map[string]string{
		"kept 3\n\tof \"Łódź\"":    "kept 3\n\tof \"Łódź\"",
		"a\x1b[2Jb\rc\x07":         "a\ufffd[2Jb\ufffdc\ufffd",
		"c1\u009b31m bidi\u202e\n": "c1\ufffd31m bidi\ufffd\n",
		"\x9b31m":                  "\ufffd31m",
	} {
		if shown, rest := calm([]byte(text)); string(shown) != want || len(rest) > 0 {
			t.Errorf("%q is shown as %q, %q held back; want %q", text, shown, rest, want)
		}
	}
	name := []byte("Łódź\u009b")
	for cut := range name {
		first, rest := calm(name[:cut])
		second, end := calm(append(rest, name[cut:]...))
		if got := string(first) + string(second); got != "Łódź\ufffd" || len(end) > 0 {
			t.Errorf("cut at %d: %q, %q held back", cut, got, end)
		}
	}
}
