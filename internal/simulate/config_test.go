package simulate_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"rollcall/internal/simulate"
)

func TestConfig_ValidateNamesMemberValueAndLimit(t *testing.T) {
	for _, test := range []struct {
		cfg  simulate.Config
		want string
	}{
		{simulate.Config{}, ""},
		{simulate.Config{Agents: simulate.MaxAgents, Rate: simulate.MaxRate, RampUp: simulate.MaxRampUp}, ""},
		{simulate.Config{Account: "000000000000", Region: "eu-west-3", InstanceID: "My_floor.1"}, ""},
		{simulate.Config{Agents: -1}, "agents: -1 is not between 1 and 1000000"},
		{simulate.Config{Agents: simulate.MaxAgents + 1}, "agents: 1000001 is not between 1 and 1000000"},
		{simulate.Config{Rate: 0.001}, "rate: 0.001 is not between 0.01 and 10000"},
		{simulate.Config{Rate: math.Inf(1)}, "rate: +Inf is not between 0.01 and 10000"},
		{simulate.Config{Rate: math.NaN()}, "rate: NaN is not between 0.01 and 10000"},
		{simulate.Config{Duration: -time.Second}, "duration: -1s is negative"},
		{simulate.Config{RampUp: -time.Second}, "ramp-up: -1s is not between 0s and 24h0m0s"},
		{simulate.Config{Start: time.Unix(0, 0)}, "start: the year 1970 is not between 1971 and 9000"},
		{simulate.Config{Account: "12345"}, `account: "12345" is not 12 digits`},
		{simulate.Config{Region: "EU"}, `region: "EU" is not 1 to 40 lower-case letters, digits and hyphens`},
		{simulate.Config{InstanceID: `a"b`}, `instance id: "a\"b" is not 1 to 100 letters, digits, dots, underscores and hyphens`},
		{simulate.Config{InstanceID: strings.Repeat("x", 101)}, "is not 1 to 100"},
	} {
		err := test.cfg.Validate()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: error %v, want %q", test.cfg, err, test.want)
		}
	}
}

func TestNew_TakesDefaultsForWhatValidateRefuses(t *testing.T) {
	for _, cfg := range []simulate.Config{
		{Seed: 2, Agents: -5},
		{Seed: 2, Rate: math.NaN()},
		{Seed: 2, InstanceID: `"}`},
		{Seed: 2, Duration: -1},
	} {
		got := simulate.New(cfg).Config()
		if err := got.Validate(); err != nil || got.Agents != simulate.DefaultAgents || got.Rate != simulate.DefaultRate || got.Seed != 2 {
			t.Errorf("%+v became %+v (%v)", cfg, got, err)
		}
	}
}
