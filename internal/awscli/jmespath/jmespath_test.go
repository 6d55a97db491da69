package jmespath_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/awscli/jmespath"
	"rollcall/internal/awscli/value"

	"github.com/google/go-cmp/cmp"
)

func parse(tb testing.TB, doc string) any {
	tb.Helper()
	v, err := value.ParseJSON([]byte(doc))
	if err != nil {
		tb.Fatalf("%s: %v", doc, err)
	}
	return v
}

// outcome returns the result of an expression as a testdata line has it: in
// compact JSON, or the kind of error and its text as a JSON string.
func outcome(tb testing.TB, expr string, given any) string {
	tb.Helper()
	e, err := jmespath.Compile(expr)
	if err == nil {
		var result any
		if result, err = e.Search(given); err == nil {
			return string(value.Encoding{Compact: true, Raw: true}.Append(nil, result))
		}
	}
	text := string(value.Encoding{Raw: true}.Append(nil, err.Error()))
	switch {
	case errors.As(err, new(*jmespath.SyntaxError)):
		return "syntax error: " + text
	case errors.As(err, new(*jmespath.RuntimeError)):
		return "runtime error: " + text
	default:
		tb.Fatalf("%s: an error of type %T", expr, err)
		return ""
	}
}

// A testdata file has lines of four kinds:
//
//	# comment
//	given {"the": "document for what follows"}
//	expression
//		its outcome, after a tab
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runLines(t, string(text))
		})
	}
}

func runLines(t *testing.T, text string) {
	t.Helper()
	var given any
	var before, expr string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		doc, isGiven := strings.CutPrefix(line, "given ")
		want, isOutcome := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case isGiven:
			given, before = parse(t, doc), doc
		case !isOutcome:
			expr = line
		default:
			if diff := cmp.Diff(want, outcome(t, expr, given)); diff != "" {
				t.Errorf("%s: %s", expr, diff)
			}
		}
	}
	if diff := cmp.Diff(value.Repr(parse(t, before)), value.Repr(given)); diff != "" {
		t.Errorf("the document was changed: %s", diff)
	}
}

func TestCompile_ToleratesBlanksAndSeveralLines(t *testing.T) {
	given := parse(t, `{"a": [{"b": 1}]}`)
	for expr, want := range map[string]string{
		" a\n\t[ 0 ]\r\n . b ": "1",
		"a[ * ] . b":           "[1]",
		"{ x : a [ ? b ] }":    `syntax error: "Bad jmespath expression: Unknown token ?:\n{ x : a [ ? b ] }\n          ^"`,
		"":                     `syntax error: "Invalid JMESPath expression: cannot be empty."`,
		" \n":                  `syntax error: "Invalid jmespath expression: Incomplete expression:\n\" \n\"\n   ^"`,
		"a ==  ":               `syntax error: "Invalid jmespath expression: Incomplete expression:\n\"a ==  \"\n       ^"`,
	} {
		if got := outcome(t, expr, given); got != want {
			t.Errorf("%q: %s, want %s", expr, got, want)
		}
	}
}

func TestCompile_BoundsDepth(t *testing.T) {
	const n = 5_000
	for name, expr := range map[string]string{
		"parentheses": strings.Repeat("(", n) + "a" + strings.Repeat(")", n),
		"nots":        strings.Repeat("!", n) + "a",
		"lists":       strings.Repeat("[", n),
		"hashes":      strings.Repeat("{a:", n),
		"calls":       strings.Repeat("abs(", n),
		"references":  strings.Repeat("& ", n),
		"dots":        strings.Repeat("a.", n) + "a",
		"ors":         strings.Repeat("a||", n) + "a",
		"filters":     strings.Repeat("[?a", n),
		"flattens":    strings.Repeat("[]", n),
		"indexes":     strings.Repeat("[0]", n),
		"stars":       "a" + strings.Repeat(".*", n),
	} {
		if _, err := jmespath.Compile(expr); !errors.As(err, new(*jmespath.SyntaxError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := jmespath.Compile(strings.Repeat("a.", 400) + "a || " + strings.Repeat("[", 100) + "a" + strings.Repeat("]", 100)); err != nil {
		t.Errorf("an expression of moderate depth: %v", err)
	}
}

// An expression reference is no value: it must not get into a result.
func TestSearch_NeverReturnsAReference(t *testing.T) {
	for _, expr := range []string{"&a", "[&a]", "{x: &a}", "to_array(&a)", "not_null(&a)", "type(&a)", "(&a)", "a || &a", "[0].[&a]", "merge(`{}`, &a)", "contains(`[]`, &a)"} {
		if got := outcome(t, expr, parse(t, `{"a": null}`)); !strings.HasPrefix(got, "runtime error") && got != "null" {
			t.Errorf("%s: %s", expr, got)
		}
	}
	want := `runtime error: "In function length(), invalid type for value: &expression, expected one of: ['string', 'array', 'object'], received: \"expref\""`
	if got := outcome(t, "length(&a)", nil); got != want {
		t.Error(got)
	}
}

// What evaluates, evaluates alike when its result is asked for again, and the
// result is a document.
func FuzzSearch(f *testing.F) {
	for _, expr := range []string{
		"a[?b > `1`].{x: c, \"y\": [d, @]}", "sort_by(a, &b)[::-1] | [0]", "a.b[*].c[] || !d && 'raw'",
		"join(',', keys(@))", "`foo` == \"\\u00e9\"", "max_by(a,&b)", "[", "a[0][1:]", "to_string(*)",
	} {
		f.Add(expr, `{"a": [{"b": 1, "c": "x"}, {"b": 2.5, "d": null}], "é": [[1], 2]}`)
	}
	f.Fuzz(func(t *testing.T, expr, doc string) {
		given, err := value.ParseJSON([]byte(doc))
		if err != nil || len(expr) > 200 || len(doc) > 1000 {
			return
		}
		first := outcome(t, expr, given)
		if second := outcome(t, expr, given); second != first {
			t.Fatalf("%s, then %s", first, second)
		}
		if !strings.Contains(first, " error: ") && !strings.Contains(first, "NaN") && !strings.Contains(first, "Infinity") && !json.Valid([]byte(first)) {
			t.Fatalf("no document: %s", first)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	given := parse(b, `{"UserDataList": [`+strings.TrimSuffix(strings.Repeat(`{"User": {"Id": "u-1"}, "Status": {"StatusName": "Available"}},`, 100), ",")+`]}`)
	e, err := jmespath.Compile("UserDataList[?Status.StatusName == 'Available'].User.Id")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Search(given); err != nil {
			b.Fatal(err)
		}
	}
}
