package docs

import (
	"strings"
	"testing"
)

func TestBlock_OfEveryLanguageIsReadOrMarked(t *testing.T) {
	for page, want := range map[string]string{
		"```console\n$ ls\n```":                               "",
		"```console\nls\n```":                                 "no command",
		"```json\n{\"a\": 1}\n```":                            "",
		"```json\n{\"a\": 1},\n{\"b\": 2}\n```":               "",
		"```json\n{\"a\": 1,}\n```":                           "no JSON",
		"```yaml\nrules:\n  - {id: a, measure: error}\n```":   "warn",
		"```go\nfunc f() {}\n```":                             "",
		"```go\nfunc f() {\n```":                              "expected",
		"```\nmake test\n```":                                 "nobody reads",
		"```text\na picture\n```":                             "nobody reads",
		"<!-- docs: skip a picture -->\n```text\na\n```":      "",
		"<!-- docs: skip a picture -->\n```json\n{\n```":      "no JSON",
		"<!-- docs: skip one -->\n```text\n```\n```text\n```": "nobody reads",
		"```sh\nls\n```":                                      "nobody reads",
	} {
		var problems strings.Builder
		blocks := readBlocks(page)
		for i := range blocks {
			if err := blocks[i].check(t.Context()); err != nil {
				problems.WriteString(err.Error())
			}
		}
		if got := problems.String(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
		if len(blocks) == 0 {
			t.Errorf("%q: no block", page)
		}
	}
}
