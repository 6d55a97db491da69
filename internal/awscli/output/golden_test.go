package output_test

import (
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/awscli/jmespath"
	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

func parse(tb testing.TB, doc string) any {
	tb.Helper()
	v, err := value.ParseJSON([]byte(doc))
	if err != nil {
		tb.Fatalf("%s: %v", doc, err)
	}
	return v
}

// Each archive has a value, a query if what is printed is selected from it,
// and what the formats print: nothing where there is no such file, and an
// error where "<format> error" says so.
func TestFormat_Golden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{} // :: name -> content
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			v := parse(t, files["value"])
			if query := strings.TrimSpace(files["query"]); query != "" {
				v = selected(t, query, v)
			}
			for _, format := range []string{"json", "text", "table", "yaml", "yaml-stream", "off"} {
				got, err := output.Format(format, v, output.TableOptions{Title: "GetCurrentUserData"})
				if diff := cmp.Diff(files[format], string(got)); diff != "" {
					t.Errorf("%s: %s", format, diff)
				}
				if diff := cmp.Diff(strings.TrimSuffix(files[format+" error"], "\n"), errorText(err)); diff != "" {
					t.Errorf("%s error: %s", format, diff)
				}
			}
		})
	}
}

func selected(t *testing.T, query string, v any) any {
	t.Helper()
	e, err := jmespath.Compile(query)
	if err != nil {
		t.Fatal(err)
	}
	v, err = e.Search(v)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFormat_RefusesUnknownNames(t *testing.T) {
	got, err := output.Format("xml", nil, output.TableOptions{})
	if got != nil || errorText(err) != "Unknown output type: xml" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestFormat_NeverPrintsInvalidUTF8(t *testing.T) {
	v := parse(t, `{"\ud800": ["\udfff", {"a": "x\ud83d"}], "b": "\ud83d"}`)
	for _, format := range []string{"json", "text", "table", "yaml", "yaml-stream"} {
		got, _ := output.Format(format, v, output.TableOptions{})
		if !strings.Contains(string(got), "\uFFFD") && format != "table" || strings.ToValidUTF8(string(got), "") != string(got) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	agent := `{"User": {"Id": "u-1", "Arn": "arn:aws:connect:eu-west-2:111122223333:instance/i/agent/u-1"}, "Status": {"StatusName": "Available"}, "Contacts": [{"ContactId": "c", "Channel": "VOICE"}]}`
	v := parse(b, `{"UserDataList": [`+strings.TrimSuffix(strings.Repeat(agent+",", 100), ",")+`]}`)
	for _, format := range []string{"json", "text", "table", "yaml", "yaml-stream"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := output.Format(format, v, output.TableOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
