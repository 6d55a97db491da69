package output_test

import (
	"strings"
	"testing"

	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"

	"go.yaml.in/yaml/v3"
)

// How strings stand in YAML, as values and, if they are short, as keys.
func TestYAML_QuotesWhatWouldBeReadOtherwise(t *testing.T) {
	for style, texts := range map[string][]string{
		"plain": {
			"Lunch", "two words", "yes", "No", "on", "off", "y", "N", "tRue", "None", "nan", "inf", "1e", "1.2.3", "08:15", "08:15:30",
			"2025-6-1", "arn:aws:connect:eu-west-2:1:instance/i", "a:b", "a#b", "a# b", "--", "-x", "?x", ":x", "~x", "it's", `say "hi"`, "a, b", "a]", "a}",
			"(x)", "$x", "^", `C:\x`, "0x", "0b2", "1_000x", "+-1", "_1", "é", "日本", "\u00a0x", "a  b", "=x", "<<<",
		},
		"single": {
			"", "true", "True", "TRUE", "false", "null", "Null", "~", "1", "-1", "+1", "0", "00", "08", "0x1F", "0o17", "0b11", "1_000", "-_",
			"1.5", "1.", ".5", "-.5", "1e3", "1E-3", "1.5e+3", ".5e+3", ".inf", "-.INF", ".NaN", "2025-06-01", "2025-06-01T08:30:00Z",
			"2025-6-1 8:30:00", "2025-06-01 08:30:00.5 +01:00", "=", "<<", "-", "- x", "?", "? x", ":", ": x", "x:", "a: b", "a #b", "#x", ",x", "[x", "]", "{x",
			"&x", "*x", "!x", "|", ">x", "'x", `"x`, "%x", "@x", "`x", "---", "--- x", "...", "...x", " x", "x ", " ",
		},
		"double": {"\t", "a\tb", "\x00", "\x1b[0m", "a\rb", "\u007f", "\u0085", "\ufeffx", "\U0001f600", "a\u0007", "a \nb", "a\n b", "\ufffe"},
	} {
		for _, text := range texts {
			m := value.NewMap()
			m.Set("k", text)
			got := strings.TrimSuffix(strings.TrimPrefix(string(output.YAML(m)), "k: "), "\n")
			want := map[string]string{"plain": text, "single": "'" + strings.ReplaceAll(text, "'", "''") + "'"}[style]
			if style == "double" && !strings.HasPrefix(got, `"`) || style != "double" && got != want {
				t.Errorf("%q is written %s, want it %s", text, got, style)
			}
			if len(readYAML(t, output.YAML(m)).Content) != 2 {
				t.Errorf("%q is read back as something else", text)
			}
		}
	}
}

func TestYAML_EscapesInDoubleQuotes(t *testing.T) {
	m := value.NewMap()
	m.Set("k", "\x00\a\b\t\n\v\f\r\x1b\"\\\u0085\u00a0\u2028\u2029\x01\ufeff\U0001F600/")
	want := `k: "\0\a\b\t\n\v\f\r\e\"\\\N` + "\u00a0" + `\L\P\x01\uFEFF\U0001F600/"` + "\n"
	if got := string(output.YAML(m)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// readYAML returns the document's root node.
func readYAML(tb testing.TB, text []byte) *yaml.Node {
	tb.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		tb.Fatalf("%v in:\n%s", err, text)
	}
	if len(doc.Content) != 1 {
		tb.Fatalf("%d roots in:\n%s", len(doc.Content), text)
	}
	return doc.Content[0]
}

// sameYAML tells whether a node read back stands for v. Scalars are compared
// by their text: the reader resolves some plain ones by YAML 1.1.
func sameYAML(n *yaml.Node, v any) bool {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch v := v.(type) {
	case *value.List:
		if n.Kind != yaml.SequenceNode || len(n.Content) != len(v.Items) {
			return false
		}
		for i, item := range v.Items {
			if !sameYAML(n.Content[i], item) {
				return false
			}
		}
		return true
	case *value.Map:
		if n.Kind != yaml.MappingNode || len(n.Content) != 2*v.Len() {
			return false
		}
		for i := 0; i < len(n.Content); i += 2 {
			member, ok := v.Get(n.Content[i].Value)
			if !ok || !sameYAML(n.Content[i+1], member) {
				return false
			}
		}
		return true
	case string:
		return n.Kind == yaml.ScalarNode && n.Value == v
	default:
		return n.Kind == yaml.ScalarNode && n.Style == 0
	}
}

// A YAML library reads back what was written.
func FuzzYAML(f *testing.F) {
	for _, doc := range []string{
		`{"a": [{"b": "x: y"}, [], [[1, null]], "two\nlines"], "c": {}}`,
		`["word word word word word word word word word word word word word word word word word word word word "]`,
		`{"k\nk": {"é": "\u2028"}, "- x": "a \nb", "": "'", "\ud83d\ude00": "tab\there"}`,
		`["\n", "x\n", "\nx", "x\n\ny", " \n", "#", "\u0085", "\\"]`,
	} {
		f.Add(doc, true)
		f.Add(doc, false)
	}
	f.Fuzz(func(t *testing.T, doc string, twice bool) {
		v, err := value.ParseJSON([]byte(doc))
		if err != nil || len(doc) > 2000 || strings.Contains(doc, `\ud`) || strings.Contains(doc, `\uD`) || strings.Contains(doc, `\uFE`) {
			return
		}
		if twice {
			v = value.NewList(v, v, value.NewList(v))
		}
		if text := output.YAMLStream(v); len(text) > 0 && !sameYAML(readYAML(t, text), value.NewList(v)) {
			t.Fatalf("%s is written as:\n%s", doc, text)
		}
	})
}
