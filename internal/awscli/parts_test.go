package awscli_test

import (
	"strings"
	"testing"

	"rollcall/internal/awscli"
	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"
)

func TestClaims(t *testing.T) {
	for words, want := range map[string]bool{
		"connect":      true,
		"connect help": true,
		"--region x connect get-current-user-data": true,
		"--region=x --debug connect":               true,
		"--output connect serve":                   false,
		"serve connect":                            false,
		"agents --watch":                           false,
		"--version":                                false,
		"":                                         false,
		"--no-sign-request --prof connect connect x": true,
	} {
		if got := awscli.Claims(strings.Fields(words)); got != want {
			t.Errorf("Claims(%s) = %v", words, got)
		}
	}
}

// FuzzParseYAML: nothing crashes it, and what it reads can be shown.
func FuzzParseYAML(f *testing.F) {
	for _, seed := range []string{
		"a: &x [1, 2.5, ~]\nb: *x\n<<: {c: d}\n", "- !!int '5'\n- 2025-01-01\n- |\n  text\n", "{a: b, a: c}", "a: *a", "? [x]\n: y", "&a [*a]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, doc []byte) {
		if len(doc) > 1<<10 {
			return // aliases multiply what is shown
		}
		v, err := awscli.ParseYAML(doc)
		if err == nil {
			_ = value.TypeName(v)
		}
	})
}

// FuzzDecode: whatever a service answers, it is shown in every format or refused.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"NextToken": "n", "UserDataList": [null, {"Contacts": [{"StateStartTimestamp": 1.5}], "MaxSlotsByChannel": {"VOICE": "1"}}]}`))
	f.Add([]byte(`{"ApproximateTotalCount": 1e400}`))
	f.Add([]byte(`[{}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := awscli.DecodeUserData(body)
		if err != nil {
			return
		}
		if _, ok := v.(*value.Map); !ok {
			t.Fatalf("%T", v)
		}
		for _, format := range []string{"json", "text", "table", "yaml", "yaml-stream", "off"} {
			_, _ = output.Format(format, v, output.TableOptions{Title: "T", Width: 80})
		}
	})
}
