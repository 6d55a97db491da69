package wallboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadRules_ThoseThatAreShipped(t *testing.T) {
	r, err := ReadRules("")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rules) != 5 || r.ClearAfter != 10*time.Second || r.Recovered != time.Minute {
		t.Fatalf("got %+v", r)
	}
	acw := r.Rules[0]
	if acw.Measure != "after-contact-work" || *acw.Warn != 2*time.Minute || *acw.Alert != 5*time.Minute {
		t.Errorf("got %+v", acw)
	}
	if missed := r.Rules[3]; missed.Warn != nil || *missed.Alert != 0 {
		t.Errorf("got %+v", missed)
	}
}

func TestParseRules_SayWhatIsWrongAndWhere(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"rules: [{id: a, measure: hold, warn: 2m, alert: 1m}]", "rules[0] (a): warn: 2m0s is not before alert, 1m0s"},
		{"rules: [{id: a, measure: hold, warn: soon}]", `rules[0] (a): warn: "soon": want a duration from 0s to 24h0m0s`},
		{"rules: [{id: a, measure: hold, warn: -1s}]", "want a duration from 0s"},
		{"rules: [{id: a, measure: holding, warn: 1m}]", `measure: "holding": want one of after-contact-work, available`},
		{"rules: [{id: A, measure: hold, warn: 1m}]", `id: "A": want 1 to 64 of a-z`},
		{"rules: [{id: a, measure: hold}]", "neither warn nor alert"},
		{"rules: [{id: a, measure: hold, warn: 1m}, {id: a, measure: error, alert: 0s}]", "rules[1] (a): id: two rules have it"},
		{"rules: [{id: a, measure: hold, warn: 1m, statuses: [Lunch]}]", "statuses: hold has none"},
		{"rules: [{id: a, measure: hold, wran: 1m}]", "wran"},
		{"clear-after: 25h", "clear-after"},
		{"rules: []\n---\nrules: []", "more than one YAML document"},
		{"rules: [", "can't be read"},
		{strings.Repeat("#", maxRulesBytes+1), "more than 65536 bytes"},
	} {
		if _, err := ParseRules([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestParseRules_NoneColourNothing(t *testing.T) {
	r, err := ParseRules(nil)
	if err != nil || len(r.Rules) != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestReadRules_NamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, []byte("colour: red"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadRules(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if _, err := ReadRules(path + ".not"); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
