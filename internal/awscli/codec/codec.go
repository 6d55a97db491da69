// Package codec finds text encodings by the names that Python has for them, in
// which the AWS CLI's settings name them, and converts as Python does: what an
// encoding has no place for is an error, not a question mark.
package codec

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// ErrUndecodable says that bytes are no text in an encoding.
var ErrUndecodable = errors.New("bytes that are no text in this encoding")

// Codec is one encoding.
type Codec struct {
	name   string // Python's, as its messages have it
	coding encoding.Encoding
}

// UTF8 is what everything is in unless something else is said.
var UTF8 = &Codec{"utf-8", encoding.Nop}

// unicodes are the encodings that have a place for every character, and whose
// byte order is this machine's where Python says nothing else.
var unicodes = map[string]encoding.Encoding{
	"utf_8_sig": unicode.UTF8BOM,
	"utf_16":    unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf_16_le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf_16_be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf_32":    utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
	"utf_32_le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf_32_be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
}

// aliases are names of Python's that neither have its own form nor are IANA's.
var aliases = map[string]string{
	"u8": "utf_8", "utf": "utf_8", "utf8": "utf_8", "cp65001": "utf_8",
	"u16": "utf_16", "utf16": "utf_16", "utf_16le": "utf_16_le", "utf_16be": "utf_16_be",
	"u32": "utf_32", "utf32": "utf_32", "utf_32le": "utf_32_le", "utf_32be": "utf_32_be",
	"us_ascii": "ascii", "646": "ascii", "ansi_x3.4_1968": "ascii",
	"latin_1": "latin_1", "latin1": "latin_1", "latin": "latin_1", "l1": "latin_1", "8859": "latin_1", "cp819": "latin_1",
	"iso8859_1": "latin_1", "iso_8859_1": "latin_1",
	"cp932": "shift_jis", "ms932": "shift_jis", "sjis": "shift_jis", "s_jis": "shift_jis",
	"cp936": "gbk", "936": "gbk", "cp949": "euc_kr", "949": "euc_kr", "cp950": "big5", "950": "big5",
	"eucjp": "euc_jp", "euckr": "euc_kr", "mac_roman": "macintosh", "macroman": "macintosh",
}

var (
	separators = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[ _-]+`) })
	windows    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:cp|windows_|)(125\d|874)$`) })
	ibm        = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:cp|ibm|)(037|437|85\d|86\d)$`) })
	iso8859    = regexp.MustCompile(`^(?:iso_?8859_|l(?:atin)?_?8859_)(\d+)$`)
)

// Lookup finds an encoding. It returns nil for a name that is none.
func Lookup(name string) *Codec {
	key := separators().ReplaceAllString(strings.ToLower(strings.TrimSpace(name)), "_")
	if canonical, ok := aliases[key]; ok {
		key = canonical
	}
	if key == "utf_8" {
		return UTF8
	}
	if coding, ok := unicodes[key]; ok {
		return &Codec{strings.ReplaceAll(key, "_", "-"), coding}
	}
	shown, iana := "charmap", strings.ReplaceAll(key, "_", "-")
	switch {
	case key == "ascii":
		shown, iana = "ascii", "us-ascii"
	case key == "latin_1":
		shown, iana = "latin-1", "iso-8859-1"
	case key == "shift_jis" || key == "big5" || key == "gbk" || key == "gb18030" || key == "gb2312":
		shown, iana = key, key
	case key == "euc_jp" || key == "euc_kr" || key == "iso2022_jp":
		shown = key
	case windows().MatchString(key):
		iana = "windows-" + windows().FindStringSubmatch(key)[1]
	case ibm().MatchString(key):
		iana = "IBM" + ibm().FindStringSubmatch(key)[1]
	case iso8859.MatchString(key):
		iana = "iso-8859-" + iso8859.FindStringSubmatch(key)[1]
	}
	coding, err := ianaindex.IANA.Encoding(iana)
	if err != nil || coding == nil {
		return nil
	}
	return &Codec{shown, coding}
}

// Decode returns the text that bytes are. Its error is [ErrUndecodable].
func (c *Codec) Decode(raw []byte) (string, error) {
	if c == UTF8 {
		if !utf8.Valid(raw) {
			return "", ErrUndecodable
		}
		return string(raw), nil
	}
	text, err := c.coding.NewDecoder().Bytes(raw)
	if err != nil || strings.ContainsRune(string(text), utf8.RuneError) {
		return "", ErrUndecodable
	}
	return string(text), nil
}

// Encode returns the bytes that a text is. Its error names the first character
// that the encoding has no place for, as Python does.
func (c *Codec) Encode(text string) ([]byte, error) {
	if c == UTF8 {
		return []byte(text), nil
	}
	raw, err := c.coding.NewEncoder().Bytes([]byte(text))
	if err == nil {
		return raw, nil
	}
	at := 0
	for _, r := range text {
		if _, err := c.coding.NewEncoder().String(string(r)); err != nil {
			return nil, fmt.Errorf("'%s' codec can't encode character '%s' in position %d: %s", c.name, escaped(r), at, c.why())
		}
		at++
	}
	return nil, err
}

// EncodeAnyway is Encode for texts that must be shown: what there is no place
// for is written as an escape.
func (c *Codec) EncodeAnyway(text string) []byte {
	if raw, err := c.Encode(text); err == nil {
		return raw
	}
	var b strings.Builder
	for _, r := range text {
		if _, err := c.coding.NewEncoder().String(string(r)); err != nil {
			b.WriteString(escaped(r))
		} else {
			b.WriteRune(r)
		}
	}
	raw, _ := c.Encode(b.String()) // escapes are ASCII, which every encoding has
	return raw
}

func (c *Codec) why() string {
	switch c.name {
	case "ascii":
		return "ordinal not in range(128)"
	case "latin-1":
		return "ordinal not in range(256)"
	case "charmap":
		return "character maps to <undefined>"
	}
	return "illegal multibyte sequence"
}

// escaped is a character as Python escapes it.
func escaped(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
