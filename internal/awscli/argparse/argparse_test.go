package argparse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/awscli/argparse"
)

var parser = argparse.Parser{
	Options: []argparse.Option{
		{Name: "--name", Required: true},
		{Name: "--names"},
		{Name: "--loud", Arity: argparse.None},
		{Name: "--level", Choices: []string{"low", "medium", "high"}},
		{Name: "--form", Arity: argparse.Optional, Const: "short"},
		{Name: "--version", Arity: argparse.None, Exit: true},
	},
	Positional: &argparse.Positional{Name: "word", Choices: []string{"walk", "talk", "stop"}},
	Known:      func() []string { return []string{"walks"} },
}

func TestParse_TakesWhatItKnowsAndReturnsTheRest(t *testing.T) {
	for _, tc := range []struct {
		words string
		want  argparse.Result
	}{
		{"walk --name a", argparse.Result{Values: map[string]string{"--name": "a"}, Positional: "walk"}},
		{"--name=a=b --loud walk", argparse.Result{Values: map[string]string{"--name": "a=b", "--loud": ""}, Positional: "walk"}},
		{"--name a --name b walk", argparse.Result{Values: map[string]string{"--name": "b"}, Positional: "walk"}},
		{"--lo --le=low --name a walk", argparse.Result{Values: map[string]string{"--loud": "", "--level": "low", "--name": "a"}, Positional: "walk"}},
		{"walk --form --name a", argparse.Result{Values: map[string]string{"--form": "short", "--name": "a"}, Positional: "walk"}},
		{"walk --name a --form long", argparse.Result{Values: map[string]string{"--form": "long", "--name": "a"}, Positional: "walk"}},
		{"walk --name -5", argparse.Result{Values: map[string]string{"--name": "-5"}, Positional: "walk"}},
		{"walk --name -.5", argparse.Result{Values: map[string]string{"--name": "-.5"}, Positional: "walk"}},
		{"walk --name -", argparse.Result{Values: map[string]string{"--name": "-"}, Positional: "walk"}},
		{"walk --name -a_b", argparse.Result{Values: map[string]string{"--name": "-a b"}, Positional: "walk"}},
		{
			"--other x walk --name a y --more=1 z",
			argparse.Result{}, // x is the positional, and no word that may be
		},
		{"walk x --other y --name a z", argparse.Result{Values: map[string]string{"--name": "a"}, Positional: "walk", Rest: []string{"x", "--other", "y", "z"}}},
		{"walk --name a -- --loud --names", argparse.Result{Values: map[string]string{"--name": "a"}, Positional: "walk", Rest: []string{"--", "--loud", "--names"}}},
		{"--name a -- walk --loud", argparse.Result{Values: map[string]string{"--name": "a"}, Positional: "walk", Rest: []string{"--loud"}}},
		{"--loud --version --level none", argparse.Result{Values: map[string]string{"--loud": "", "--version": ""}, Exited: "--version"}},
	} {
		words := strings.Fields(tc.words)
		for i, w := range words {
			words[i] = strings.ReplaceAll(w, "_", " ")
		}
		got, err := parser.Parse(words)
		if tc.want.Values == nil {
			if err == nil || !strings.HasPrefix(err.Error(), "argument word: Found invalid choice 'x'") {
				t.Errorf("%s: error %v", tc.words, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.words, err)
			continue
		}
		if d := cmp.Diff(&tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.words, d)
		}
	}
}

func TestParse_ErrorsComeInTheOrderOfTheWords(t *testing.T) {
	for _, tc := range []struct{ words, want string }{
		{"", "the following arguments are required: --name, word"},
		{"walk", "the following arguments are required: --name"},
		{"--name a", "the following arguments are required: word"},
		{"walk --name", "argument --name: expected one argument"},
		{"walk --name --loud", "argument --name: expected one argument"},
		{"walk --name -- a", "argument --name: expected one argument"},
		{"walk --name -x", "argument --name: expected one argument"},
		{"walk --loud=1 --name", "argument --loud: ignored explicit argument '1'"},
		{"walk --l x --name", "ambiguous option: --l could match --loud, --level"},
		{"walk --na=x", "ambiguous option: --na=x could match --name, --names"},
		{"walk --level loud --version", "argument --level: Found invalid choice 'loud'\n"},
		{"walk --level hihg", "argument --level: Found invalid choice 'hihg'\n"},
		{"walk --level mediun", "argument --level: Found invalid choice 'mediun'\n\nMaybe you meant:\n\n  * medium"},
		{"wal --name a", "argument word: Found invalid choice 'wal'\n\nMaybe you meant:\n\n  * walk"},
		{"walkss --name a", "argument word: Found invalid choice 'walkss'\n\nMaybe you meant:\n\n  * walks\n  * walk"},
	} {
		_, err := parser.Parse(strings.Fields(tc.words))
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s: error %q, want %q", tc.words, err, tc.want)
		}
	}
}

func TestParse_OptionalPositionalTakesTheFirstFreeWord(t *testing.T) {
	p := argparse.Parser{Options: []argparse.Option{{Name: "--name"}}, Positional: &argparse.Positional{Name: "help", Optional: true}}
	for _, tc := range []struct {
		words      []string
		positional string
		rest       []string
	}{
		{nil, "", nil},
		{[]string{"--name", "a"}, "", nil},
		{[]string{"x", "--name", "a", "y"}, "x", []string{"y"}},
		{[]string{"--other", "x", "--name", "a", "y"}, "x", []string{"--other", "y"}},
		{[]string{"--"}, "", nil},
		{[]string{"--", "x", "y"}, "x", []string{"y"}},
	} {
		got, err := p.Parse(tc.words)
		if err != nil || got.Positional != tc.positional || cmp.Diff(tc.rest, got.Rest) != "" {
			t.Errorf("%q: %+v, %v", tc.words, got, err)
		}
	}
}

func TestFirstArgument_PassesOverOptionsAndTheirArguments(t *testing.T) {
	for words, want := range map[string]string{
		"":                            "",
		"walk":                        "walk",
		"--name walk talk":            "talk",
		"--name=walk talk":            "talk",
		"--loud talk":                 "talk",
		"--form short talk":           "talk",
		"--unknown talk":              "talk",
		"--l talk":                    "talk",
		"-- talk":                     "talk",
		"--level none --names a talk": "talk",
	} {
		if got := parser.FirstArgument(strings.Fields(words)); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

// FuzzParse: nothing crashes it, and a word that is not the value of an option
// is either the positional or in the rest.
func FuzzParse(f *testing.F) {
	f.Add("walk --name a --form -- b")
	f.Add("--name=1 -1 - -- --")
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Split(line, " ")
		got, err := parser.Parse(words)
		if err != nil || got.Exited != "" {
			return
		}
		for _, rest := range got.Rest {
			if !strings.Contains(line, rest) {
				t.Errorf("rest has %q, which is no word of %q", rest, line)
			}
		}
		if len(got.Rest) > len(words) {
			t.Errorf("%d words left of %d", len(got.Rest), len(words))
		}
	})
}

func TestParse_OptionsOfManyArguments(t *testing.T) {
	p := argparse.Parser{Options: []argparse.Option{
		{Name: "--types", Arity: argparse.Many, Required: true},
		{Name: "--loud", Arity: argparse.None, Const: "true"},
		{Name: "--no-loud", Arity: argparse.None, Const: "false", As: "--loud"},
		{Name: "--most", Integer: true},
	}}
	for words, want := range map[string]argparse.Result{
		"--types a -1 --loud":              {Values: map[string]string{"--loud": "true"}, Lists: map[string][]string{"--types": {"a", "-1"}}},
		"--types a --types b --loud --no-": {Values: map[string]string{"--loud": "false"}, Lists: map[string][]string{"--types": {"b"}}},
		"--types=a b --most=+1_0":          {Values: map[string]string{"--most": "+1_0"}, Lists: map[string][]string{"--types": {"a"}}, Rest: []string{"b"}},
		"--types -x":                       {Values: map[string]string{}, Lists: map[string][]string{"--types": {}}, Rest: []string{"-x"}},
		"--types a -- b":                   {Values: map[string]string{}, Lists: map[string][]string{"--types": {"a"}}, Rest: []string{"--", "b"}},
	} {
		got, err := p.Parse(strings.Fields(words))
		if d := cmp.Diff(&want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", words, err, d)
		}
	}
	for words, want := range map[string]string{
		"--loud":             "the following arguments are required: --types",
		"--types --most 1.5": "argument --most: invalid int value: '1.5'",
	} {
		if _, err := p.Parse(strings.Fields(words)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", words, err, want)
		}
	}
}
