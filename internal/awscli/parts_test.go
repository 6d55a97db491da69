package awscli_test

import (
	"regexp"
	"strings"
	"testing"

	"rollcall/connectapi"
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

func TestComplete(t *testing.T) {
	for _, tc := range []struct{ words, begun, want string }{
		{"", "list-u", "list-user-hierarchy-groups list-users"},
		{"", "he", "help"},
		{"--region x", "list-users", "list-users"},
		{"--region", "l", ""},
		{"list-users", "--max", "--max-results --max-items"},
		{"describe-user", "--max", ""},
		{"get-current-user-data --filters", "", ""},
		{"list-users", "", ""},
		{"list-queues --queue-types", "", "STANDARD AGENT"},
		{"list-queues --queue-types AGENT", "S", "STANDARD"},
		{"list-queues --instance-id i --output", "y", "yaml yaml-stream"},
		{"list-queues --generate-cli-skeleton", "o", "output"},
		{"no-operation", "--out", "--output"},
	} {
		if got := strings.Join(awscli.Complete(strings.Fields(tc.words), tc.begun), " "); got != tc.want {
			t.Errorf("behind %q, %q: %s, want %s", tc.words, tc.begun, got, tc.want)
		}
	}
}

// Each operation's form, in JSON and in YAML, sample and help come from its shapes.
func TestRun_HasEveryOperation(t *testing.T) {
	for _, o := range connectapi.All {
		name := o.Name
		for _, word := range regexp.MustCompile("[A-Z][a-z]+").FindAllString(name, -1) {
			name = strings.Replace(name, word, "-"+strings.ToLower(word), 1)
		}
		for _, args := range [][]string{{"help"}, {"--generate-cli-skeleton"}, {"--generate-cli-skeleton", "yaml-input"}} {
			out, errs, exit := runHere(t.Context(), offline, "", nil, append([]string{"connect", name[1:]}, args...)...)
			if exit != 0 || errs != "" || out == "" {
				t.Errorf("%s %s: %d %q", name, args, exit, errs)
			}
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
