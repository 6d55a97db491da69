package emit_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"rollcall/internal/emit"
)

func packed(t *testing.T, texts ...string) string {
	t.Helper()
	var all bytes.Buffer
	for _, text := range texts { // each a member of its own, as archives that were joined
		z := gzip.NewWriter(&all)
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestUnpack_GivesTheText(t *testing.T) {
	const mark = "\xEF\xBB\xBF"
	for name, c := range map[string]struct{ input, want string }{
		"text":                  {"{}\n", "{}\n"},
		"nothing":               {"", ""},
		"one byte":              {"\x1F", "\x1F"},
		"a mark":                {mark + "{}", "{}"},
		"a mark alone":          {mark, ""},
		"gzip":                  {packed(t, "{}\n", "[]\n"), "{}\n[]\n"},
		"gzip of text and mark": {packed(t, mark+"{}"), "{}"},
	} {
		got, err := io.ReadAll(emit.Unpack(iotest.OneByteReader(strings.NewReader(c.input))))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
	whole := packed(t, strings.Repeat("{}", 1000))
	if _, err := io.ReadAll(emit.Unpack(strings.NewReader(whole[:len(whole)-5]))); err == nil {
		t.Error("gzip that is cut off is no error")
	}
}
