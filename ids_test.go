package rollcall_test

import (
	"strings"
	"testing"

	"rollcall"
)

func TestParseARN_ReadsWhatStringWrites(t *testing.T) {
	const instance = "arn:aws:connect:eu-west-2:210987654321:instance/i-1"
	for _, s := range []string{
		instance, instance + "/agent/a-1", instance + "/queue/q", instance + "/queue/agent/a-1",
		instance + "/routing-profile/r", instance + "/agent-group/g", instance + "/agent-state/s", instance + "/contact/c",
		"arn:aws-us-gov:connect:us-gov-west-1:1:instance/i/agent/ünïcode id",
	} {
		a, ok := rollcall.ParseARN(s)
		if !ok || a.String() != s {
			t.Errorf("ParseARN(%q) = %q, %t", s, a, ok)
		}
	}
}

func TestParseARN_RefusesWhatIsNone(t *testing.T) {
	for _, s := range []string{
		"", "arn", "example-ARN", "arn:aws:s3:::bucket", "arn:aws:connect:eu-west-2:1:instance/", "arn:aws:connect:eu-west-2:1:queue/q",
		"arn:aws:connect:eu-west-2:1:instance/i/agent/", "arn:aws:connect:eu-west-2:1:instance/i//x", "arn:aws:connect:eu west:1:instance/i",
		"arn:aws:connect:eu-west-2:1:instance/i/agent/a\x00b", "arn::connect:eu-west-2:1:instance/i",
		"arn:aws:connect:eu-west-2:1:instance/" + strings.Repeat("i", rollcall.MaxIDBytes+1),
	} {
		if a, ok := rollcall.ParseARN(s); ok {
			t.Errorf("ParseARN(%q) = %+v, want a refusal", s, a)
		}
	}
}

func TestSameInstance_LooksAtPartitionRegionAndAccount(t *testing.T) {
	parse := func(s string) rollcall.ARN {
		a, ok := rollcall.ParseARN(s)
		if !ok {
			t.Fatal(s)
		}
		return a
	}
	agent := parse("arn:aws:connect:eu-west-2:1:instance/i/agent/a")
	if !agent.SameInstance(parse("arn:aws:connect:eu-west-2:1:instance/i/queue/q")) {
		t.Error("a queue of the same instance is said to be elsewhere")
	}
	for _, s := range []string{
		"arn:aws:connect:eu-west-2:2:instance/i", "arn:aws:connect:eu-west-1:1:instance/i",
		"arn:aws-cn:connect:eu-west-2:1:instance/i", "arn:aws:connect:eu-west-2:1:instance/j",
	} {
		if agent.SameInstance(parse(s)) {
			t.Errorf("%s is said to be the same instance", s)
		}
	}
}

func TestValidID_IsPrintableWithoutSlash(t *testing.T) {
	for id, want := range map[string]bool{
		"a": true, "7d2c3b1e-5f40": true, "ops lead": true, "ünïcode": true, "電話": true, strings.Repeat("i", rollcall.MaxIDBytes): true,
		"": false, "a/b": false, "ü/b": false, "a\tb": false, "a\x7f": false, "a\xff": false, "a\u00a0b": false, "\u200b": false,
		strings.Repeat("i", rollcall.MaxIDBytes+1): false,
	} {
		if got := rollcall.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %t, want %t", id, got, want)
		}
	}
}

// TestValidID_JudgesEveryByte holds that it does not matter where in an id a
// byte stands, nor what stands beside it.
func TestValidID_JudgesEveryByte(t *testing.T) {
	for c := range 0x80 {
		want := c >= ' ' && c != '/' && c != 0x7f
		for n := 1; n <= 20; n++ {
			for at := range n {
				for _, filler := range []string{"x", " ", "~", "0", "."} {
					id := strings.Repeat(filler, at) + string(rune(c)) + strings.Repeat(filler, n-1-at)
					if got := rollcall.ValidID(id); got != want {
						t.Fatalf("ValidID(%q) = %v, want %v", id, got, want)
					}
				}
			}
		}
	}
	for id, want := range map[string]bool{
		"zoë-1234567": true, "1234567-é-/": false, "12345678\xff": false, "12345678\u200b": false, "1234567\u0085": false, "李": true,
	} {
		if got := rollcall.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v, want %v", id, got, want)
		}
	}
}
