package codec_test

import (
	"errors"
	"testing"

	"rollcall/internal/awscli/codec"
)

func TestLookup_KnowsPythonsNames(t *testing.T) {
	for _, tc := range []struct{ name, text, raw string }{
		{"utf-8", "é", "\xc3\xa9"},
		{"UTF8", "é", "\xc3\xa9"},
		{"cp65001", "é", "\xc3\xa9"},
		{"latin-1", "é", "\xe9"},
		{"latin1", "é", "\xe9"},
		{"ISO-8859-1", "é", "\xe9"},
		{"iso8859_15", "€", "\xa4"},
		{"cp1252", "€", "\x80"},
		{"windows-1252", "€", "\x80"},
		{"1251", "Ж", "\xc6"},
		{"cp437", "é", "\x82"},
		{"koi8-r", "Ж", "\xf6"},
		{"utf-16", "é", "\xff\xfe\xe9\x00"},
		{"utf_16_be", "é", "\x00\xe9"},
		{"utf-16le", "é", "\xe9\x00"},
		{"utf-8-sig", "é", "\xef\xbb\xbf\xc3\xa9"},
		{"utf-32-le", "é", "\xe9\x00\x00\x00"},
		{"cp932", "ア", "\x83\x41"},
		{"Shift_JIS", "ア", "\x83\x41"},
		{"euc-jp", "ア", "\xa5\xa2"},
		{"gbk", "中", "\xd6\xd0"},
		{"cp950", "中", "\xa4\xa4"},
		{"ascii", "a", "a"},
		{"us-ascii", "a", "a"},
	} {
		c := codec.Lookup(tc.name)
		if c == nil {
			t.Errorf("%s: not known", tc.name)
			continue
		}
		if raw, err := c.Encode(tc.text); err != nil || string(raw) != tc.raw {
			t.Errorf("%s: %q encoded is %q, %v; want %q", tc.name, tc.text, raw, err, tc.raw)
		}
		if text, err := c.Decode([]byte(tc.raw)); err != nil || text != tc.text {
			t.Errorf("%s: %q decoded is %q, %v; want %q", tc.name, tc.raw, text, err, tc.text)
		}
	}
	for _, name := range []string{"bogus", "", "utf-9", "cp1"} {
		if codec.Lookup(name) != nil {
			t.Errorf("%q is known", name)
		}
	}
}

func TestCodec_HasNoPlaceForEverything(t *testing.T) {
	for name, want := range map[string]string{
		"ascii":   `'ascii' codec can't encode character '\xe9' in position 1: ordinal not in range(128)`,
		"latin-1": `'latin-1' codec can't encode character '\u20ac' in position 2: ordinal not in range(256)`,
		"cp1252":  `'charmap' codec can't encode character '\U0001f600' in position 3: character maps to <undefined>`,
	} {
		c := codec.Lookup(name)
		if _, err := c.Encode("aé€😀"); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if got := codec.Lookup("latin-1").EncodeAnyway("é€😀"); string(got) != "\xe9"+`\u20ac\U0001f600` {
		t.Errorf("%q", got)
	}
	for name, raw := range map[string]string{"utf-8": "\xe9", "ascii": "\xe9", "cp1252": "\x81", "euc-jp": "\xff", "utf-16": "a"} {
		if text, err := codec.Lookup(name).Decode([]byte(raw)); !errors.Is(err, codec.ErrUndecodable) {
			t.Errorf("%s: %q decoded is %q, %v", name, raw, text, err)
		}
	}
}
