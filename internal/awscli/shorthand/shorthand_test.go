package shorthand_test

import (
	"errors"
	"strings"
	"testing"

	"rollcall/internal/awscli/shorthand"
	"rollcall/internal/awscli/value"
)

func same(text string) (any, error) { return "<" + text + ">", nil }

func TestParse_Values(t *testing.T) {
	for _, tc := range []struct{ input, want string }{
		{"a=b", `{"a": "b"}`},
		{"a=", `{"a": ""}`},
		{"=b", `{"": "b"}`},
		{"a=b,c", `{"a": ["b", "c"]}`},
		{"a=b,c=d", `{"a": "b", "c": "d"}`},
		{"a=b,c,d=e,f", `{"a": ["b", "c"], "d": ["e", "f"]}`},
		{"a=,b", `{"a": ["", "b"]}`},
		{"a=,b=c", `{"a": "", "b": "c"}`},
		{"a=[]", `{"a": []}`},
		{"a=[b,,c]", `{"a": ["b", "", "c"]}`},
		{"a=[[b],{c=d}]", `{"a": [["b"], {"c": "d"}]}`},
		{"a={}", `{"a": {}}`},
		{"a={b=c,d=[e],f={g=h}}", `{"a": {"b": "c", "d": ["e"], "f": {"g": "h"}}}`},
		{"a={b=''}", `{"a": {"b": ""}}`},
		{"a={b=}}", `{"a": {"b": "}"}}`},
		{"a.b-c_d#e/f:1=x", `{"a.b-c_d#e/f:1": "x"}`},
		{"a='b,c'", `{"a": "b,c"}`},
		{`a="b\"c",'d'`, `{"a": ["b\"c", "d"]}`},
		{`a='\\'`, `{"a": "\\"}`},
		{`a=b\,c`, `{"a": "b,c"}`},
		{`a=b\c`, `{"a": "b\\c"}`},
		{"a=b\u00a0", `{"a": "b"}`},
		{"a=b\x1f", `{"a": "b"}`},
		{"\ta=b", ``},
		{"a = b", `{"a": "b"}`},
		{"a=b , c", `{"a": ["b", "c"]}`},
		{"a=b,\nc=d", `{"a": "b", "c": "d"}`},
		{"a@=b,c", `{"a": ["<b>", "<c>"]}`},
		{"a@=[b,'c'],d=e", `{"a": ["<b>", "<c>"], "d": "e"}`},
		{"a@={b=c,d@=e}", `{"a": {"b": "c", "d": "<e>"}}`},
	} {
		got, err := shorthand.Parse(tc.input, same)
		if tc.want == "" {
			if err == nil {
				t.Errorf("%q: no error", tc.input)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tc.input, err)
			continue
		}
		if text := string(value.AppendJSON(nil, got)); text != tc.want {
			t.Errorf("%q: %s, want %s", tc.input, text, tc.want)
		}
	}
}

func TestParse_ErrorsPointAtThePlace(t *testing.T) {
	for _, tc := range []struct{ input, want string }{
		{"a", "Expected: '=', received: 'EOF' for input:\n a\n ^"},
		{"a=b}", "Expected: ',', received: '}' for input:\n a=b}\n   ^"},
		{"a=[b", "Expected: ',', received: 'EOF' for input:\n a=[b\n    ^"},
		{`a="b`, "Expected: '<double quoted>', received: '<none>' for input:\n a=\"b\n  ^"},
		{"a=b,'c", "Expected: '=', received: ''' for input:\n a=b,'c\n    ^"},
		{"a=b,", "Expected: '<second>', received: '<none>' for input:\n a=b,\n    ^"},
		{"ä=b", "Expected: '=', received: 'ä' for input:\n ä=b\n^"},
		{"a=é,b=c]\nd", "Expected: ',', received: ']' for input:\n a=é,b=c]\n       ^\nd"},
		{"a=b,\nc=\nd=e}", "Expected: ',', received: '}' for input:\n a=b,\nc=\nd=e}\n   ^"},
		{"a=b,a=c", "Second instance of key \"a\" encountered for input:\na=b,a=c\n    ^\nThis is often because there is a preceding \",\" instead of a space."},
	} {
		_, err := shorthand.Parse(tc.input, same)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q:\n%v\nwant:\n%s", tc.input, err, tc.want)
		}
	}
}

func TestParse_LoaderErrorsComeThrough(t *testing.T) {
	lost := errors.New("lost")
	for _, input := range []string{"a@=b", "a@='b'", "a@=b,c", "a@=[b]", "a@={b@=c}"} {
		_, err := shorthand.Parse(input, func(string) (any, error) { return nil, lost })
		if !errors.Is(err, lost) {
			t.Errorf("%s: %v", input, err)
		}
	}
}

func TestParse_DepthIsBounded(t *testing.T) {
	if _, err := shorthand.Parse("a="+strings.Repeat("[", 100_000), same); err == nil {
		t.Error("no error")
	}
}

// FuzzParse: nothing crashes it, errors point into the input, and what is read
// can be written in shorthand with quotes and brackets, and be read the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a=b,c=[d,{e=f}],g='h'", `a@="b\"",c`, "a={b=[", "=,=", `a=\,\`, "a=\u2028 ,b\x1c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		v, err := shorthand.Parse(input, func(s string) (any, error) { return s, nil })
		if syntax, ok := errors.AsType[*shorthand.SyntaxError](err); ok {
			if syntax.Index < 0 || syntax.Index > len(syntax.Input) {
				t.Errorf("index %d of %d", syntax.Index, len(syntax.Input))
			}
		}
		if err != nil {
			_ = err.Error()
			return
		}
		var b strings.Builder
		first := true
		if strings.Contains(string(value.AppendJSON(nil, v)), `\\"`) {
			return // a backslash before a quote cannot be written for sure
		}
		for key, item := range v.All() {
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.WriteString(key + "=")
			write(&b, item)
		}
		again, err := shorthand.Parse(b.String(), same)
		if err != nil {
			t.Fatalf("%q was read, and then %q: %v", input, b.String(), err)
		}
		if x, y := string(value.AppendJSON(nil, v)), string(value.AppendJSON(nil, again)); x != y {
			t.Errorf("%q: %s, then %s", input, x, y)
		}
	})
}

// write writes a value in full shorthand. A backslash at the end of a quoted
// value, or before a quote in it, needs another.
func write(b *strings.Builder, v any) {
	switch v := v.(type) {
	case *value.List:
		b.WriteByte('[')
		for _, item := range v.Items {
			write(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case *value.Map:
		b.WriteByte('{')
		for key, item := range v.All() {
			b.WriteString(key + "=")
			write(b, item)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	case string:
		b.WriteString(quote(v))
	}
}

func quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}
