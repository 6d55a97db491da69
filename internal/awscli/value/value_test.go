package value_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"rollcall/internal/awscli/value"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, doc string) any {
	t.Helper()
	v, err := value.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatalf("ParseJSON(%s): %v", doc, err)
	}
	return v
}

func TestParseJSON_KeepsOrderAndLastOfEqualNames(t *testing.T) {
	m, ok := parse(t, `{"z": 1, "a": 2, "z": 3, "m": {}}`).(*value.Map)
	if !ok {
		t.Fatal("not a map")
	}
	if diff := cmp.Diff([]string{"z", "a", "m"}, m.Keys()); diff != "" {
		t.Error(diff)
	}
	if z, _ := m.Get("z"); value.Str(z) != "3" {
		t.Errorf("z = %v, want the last value given", z)
	}
}

// Each document, and how it comes out again on the wire.
func TestAppendJSON_WritesWhatWasParsed(t *testing.T) {
	for doc, want := range map[string]string{
		`{"b":[1,2 ],"a":{ }}`:               `{"b": [1, 2], "a": {}}`,
		` [ ] `:                              `[]`,
		`123456789012345678901234567890`:     `123456789012345678901234567890`,
		`-0`:                                 `0`,
		`-0.0`:                               `-0.0`,
		`1.50`:                               `1.5`,
		`1E2`:                                `100.0`,
		`1e16`:                               `1e+16`,
		`123456789012345.6`:                  `123456789012345.6`,
		`0.0001`:                             `0.0001`,
		`0.00001`:                            `1e-05`,
		`1e400`:                              `Infinity`,
		`[NaN,Infinity,-Infinity]`:           `[NaN, Infinity, -Infinity]`,
		`"caf\u00e9 \ud83d\ude00"`:           `"caf\u00e9 \ud83d\ude00"`,
		`"é😀"`:                               `"\u00e9\ud83d\ude00"`,
		`"\ud83d alone \ude00 \ud83d\u0041"`: `"\ud83d alone \ude00 \ud83dA"`,
		`"\b\f\n\r\t\/\\\"\u0001\u007f"`:     `"\b\f\n\r\t/\\\"\u0001\u007f"`,
		`{"true":true,"false":false,"null":null}`: `{"true": true, "false": false, "null": null}`,
	} {
		if got := string(value.AppendJSON(nil, parse(t, doc))); got != want {
			t.Errorf("%s comes out as %s, want %s", doc, got, want)
		}
	}
}

func TestEncoding_LaysOut(t *testing.T) {
	v := parse(t, `{"é": [1, {}, "\u007f"], "b": {"c": []}}`)
	for name, c := range map[string]struct {
		encoding value.Encoding
		want     string
	}{
		"compact": {value.Encoding{Compact: true}, `{"\u00e9":[1,{},"\u007f"],"b":{"c":[]}}`},
		"pretty": {
			value.Encoding{Indent: 2, Raw: true},
			"{\n  \"é\": [\n    1,\n    {},\n    \"\u007f\"\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}",
		},
	} {
		if diff := cmp.Diff(c.want, string(c.encoding.Append(nil, v))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := string(value.Encoding{Raw: true}.Append(nil, parse(t, `"\udc00"`))); got != "\"\uFFFD\"" {
		t.Errorf("a lone surrogate comes out as %q", got)
	}
}

func TestParseJSON_ErrorsNameTheirPlace(t *testing.T) {
	for doc, want := range map[string]string{
		``:                          "Expecting value: line 1 column 1 (char 0)",
		"\n\n ]":                    "Expecting value: line 3 column 2 (char 3)",
		`{"k"`:                      "Expecting ':' delimiter: line 1 column 5 (char 4)",
		`{k: 1}`:                    "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
		`{"é": 1, "b" 2}`:           "Expecting ':' delimiter: line 1 column 14 (char 13)",
		`{"é": 1 "b": 2}`:           "Expecting ',' delimiter: line 1 column 9 (char 8)",
		"{\"a\": 1,\n }":            "Illegal trailing comma before end of object: line 1 column 8 (char 7)",
		`[7, ]`:                     "Illegal trailing comma before end of array: line 1 column 3 (char 2)",
		`[7, `:                      "Expecting value: line 1 column 5 (char 4)",
		`{"a": 1,`:                  "Expecting property name enclosed in double quotes: line 1 column 9 (char 8)",
		`[7`:                        "Expecting ',' delimiter: line 1 column 3 (char 2)",
		`["open]`:                   "Unterminated string starting at: line 1 column 2 (char 1)",
		`["open\`:                   "Unterminated string starting at: line 1 column 2 (char 1)",
		"\"tab\there\"":             "Invalid control character at: line 1 column 5 (char 4)",
		`"\q"`:                      `Invalid \escape: line 1 column 2 (char 1)`,
		`"ab\u00g0"`:                `Invalid \uXXXX escape: line 1 column 5 (char 4)`,
		`"\u00"`:                    `Invalid \uXXXX escape: line 1 column 3 (char 2)`,
		`"\ud800\u00xx"`:            `Invalid \uXXXX escape: line 1 column 9 (char 8)`,
		`007`:                       "Extra data: line 1 column 2 (char 1)",
		`1.e5`:                      "Extra data: line 1 column 2 (char 1)",
		`1e+`:                       "Extra data: line 1 column 2 (char 1)",
		`-`:                         "Expecting value: line 1 column 1 (char 0)",
		`{"a": 1} {}`:               "Extra data: line 1 column 10 (char 9)",
		"\ufeff{}":                  "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)",
		"[\"\xff\"]":                "Invalid UTF-8: line 1 column 3 (char 2)",
		"{\"a\": \x00}":             "Expecting value: line 1 column 7 (char 6)",
		`{"a": nul}`:                "Expecting value: line 1 column 7 (char 6)",
		"[1,\n 2,\n \"x\"\n \"y\"]": "Expecting ',' delimiter: line 4 column 2 (char 14)",
	} {
		_, err := value.ParseJSON([]byte(doc))
		var syntax *value.SyntaxError
		if !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("ParseJSON(%q): %v, want %s", doc, err, want)
		}
	}
}

func TestParseJSON_IsBounded(t *testing.T) {
	deepest := strings.Repeat("[", value.MaxDepth) + strings.Repeat("]", value.MaxDepth)
	if _, err := value.ParseJSON([]byte(deepest)); err != nil {
		t.Errorf("%d levels: %v", value.MaxDepth, err)
	}
	for name, doc := range map[string]string{
		"depth":  "[" + deepest + "]",
		"maps":   strings.Repeat(`{"a":`, 1_000_000),
		"digits": strings.Repeat("9", 5000),
	} {
		if _, err := value.ParseJSON([]byte(doc)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMap_StaysRightWhenLarge(t *testing.T) {
	m := value.NewMap()
	name := func(i int) string { return "member " + value.Str(value.Int(i)) }
	for i := range 50 {
		m.Set(name(i), i)
	}
	m.Set(name(7), "replaced")
	for i := 1; i < 50; i += 2 {
		if i != 7 {
			m.Delete(name(i))
		}
	}
	m.Delete("never there")
	if m.Len() != 26 {
		t.Fatalf("%d members, want 26", m.Len())
	}
	last := -1
	for key, v := range m.All() {
		if v == "replaced" {
			v = 7
		}
		i, ok := v.(int)
		if !ok || i <= last || key != name(i) {
			t.Fatalf("%s: %v after %d", key, v, last)
		}
		if got, ok := m.Get(key); !ok || got != v && got != "replaced" {
			t.Fatalf("Get(%s) = %v, %v", key, got, ok)
		}
		last = i
	}
}

func TestRepr_QuotesAsPython(t *testing.T) {
	ordered, plain := value.NewMap(), value.NewMap()
	ordered.Ordered = true
	for _, m := range []*value.Map{ordered, plain} {
		m.Set("a", value.Int(1))
		m.Set("it's", value.NewList(nil, true, false))
	}
	for _, c := range []struct {
		v              any
		str, repr, typ string
	}{
		{nil, "None", "None", "NoneType"},
		{true, "True", "True", "bool"},
		{value.Int(-5), "-5", "-5", "int"},
		{1e22, "1e+22", "1e+22", "float"},
		{-0.5, "-0.5", "-0.5", "float"},
		{math.Inf(-1), "-inf", "-inf", "float"},
		{math.NaN(), "nan", "nan", "float"},
		{"plain", "plain", "'plain'", "str"},
		{"it's", "it's", `"it's"`, "str"},
		{`'"`, `'"`, `'\'"'`, "str"},
		{"\\\n\r\t\x00é\u00ad\u200b\U000e0001日", "\\\n\r\t\x00é\u00ad\u200b\U000e0001日", `'\\\n\r\t\x00é\xad\u200b\U000e0001日'`, "str"},
		{value.NewList("x", 2.0), "['x', 2.0]", "['x', 2.0]", "list"},
		{plain, `{'a': 1, "it's": [None, True, False]}`, `{'a': 1, "it's": [None, True, False]}`, "dict"},
		{ordered, `OrderedDict([('a', 1), ("it's", [None, True, False])])`, `OrderedDict([('a', 1), ("it's", [None, True, False])])`, "collections.OrderedDict"},
		{&value.Map{Ordered: true}, "OrderedDict()", "OrderedDict()", "collections.OrderedDict"},
		{value.NewMap(), "{}", "{}", "dict"},
		{[]byte("a'\xff\n"), `b"a'\xff\n"`, `b"a'\xff\n"`, "bytes"},
		{value.Date{Year: 2024, Month: 3, Day: 1}, "2024-03-01", "datetime.date(2024, 3, 1)", "datetime.date"},
		{time.Unix(0, 0).UTC(), "1970-01-01 00:00:00", "datetime.datetime(1970, 1, 1, 0, 0)", "datetime.datetime"},
	} {
		got := []string{value.Str(c.v), value.Repr(c.v), value.TypeName(c.v)}
		if diff := cmp.Diff([]string{c.str, c.repr, c.typ}, got); diff != "" {
			t.Errorf("%#v: %s", c.v, diff)
		}
	}
}

func TestTruth(t *testing.T) {
	for _, v := range []any{nil, false, value.Int(0), 0.0, "", []byte{}, value.NewList(), value.NewMap()} {
		if value.Truth(v) {
			t.Errorf("%#v is true", v)
		}
	}
	for _, v := range []any{true, value.Int(-1), math.NaN(), "0", []byte{0}, value.NewList(nil), value.Date{}} {
		if !value.Truth(v) {
			t.Errorf("%#v is false", v)
		}
	}
}

// What encoding/json takes, we take; and writing is the inverse of reading.
func FuzzParseJSON(f *testing.F) {
	for _, doc := range []string{
		`{"a": [1, 2.5e-7, "\ud83d\ude00\ud800"], "b": {"c": null}, "a": true}`,
		`[NaN, -Infinity, 10000000000000000000000]`, `"\q"`, `[1,]`, "\xff", "{\"é\n\":1}",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := value.ParseJSON(doc)
		if err != nil {
			var std any
			var syntax *value.SyntaxError
			if errors.As(err, &syntax) && syntax.Msg != "Invalid UTF-8" && json.Unmarshal(doc, &std) == nil {
				t.Fatalf("refused %q: %v", doc, err)
			}
			return
		}
		wire := value.AppendJSON(nil, v)
		again, err := value.ParseJSON(wire)
		if err != nil {
			t.Fatalf("%q was written as %s: %v", doc, wire, err)
		}
		if second := value.AppendJSON(nil, again); string(second) != string(wire) {
			t.Fatalf("%s was written as %s", wire, second)
		}
		value.Repr(v)
	})
}

func BenchmarkParseJSON(b *testing.B) {
	doc := []byte("[" + strings.Repeat(`{"User": {"Id": "u-1", "Arn": "arn:aws:connect:x"}, "Since": 1709294400.5, "Slots": {"VOICE": 1}},`, 99) + `1]`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := value.ParseJSON(doc); err != nil {
			b.Fatal(err)
		}
	}
}
