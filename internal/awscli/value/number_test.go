package value_test

import (
	"math"
	"strings"
	"testing"

	"rollcall/internal/awscli/value"
)

func TestParseInt_TakesWhatPythonTakes(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "-0": "0", "+5": "5", "007": "7", " 12\n": "12", "\u00a012\u2003": "12", "1_000": "1000",
		"-123456789012345678901234567890": "-123456789012345678901234567890",
		"٣٤":                              "34", "１２": "12", "𝟗𝟘": "90", "१_२": "12",
	} {
		if n, ok := value.ParseInt(s); !ok || n.String() != want {
			t.Errorf("ParseInt(%q) = %v, %v, want %s", s, n, ok, want)
		}
	}
	for _, s := range []string{
		"", " ", "+", "--1", "+-1", "- 1", "1 2", "1__0", "_1", "1_", "-_1", "0x10", "1.0", "1e3", "abc", "½", "三", "\x00", "1\x1f", strings.Repeat("1", 4301),
	} {
		if n, ok := value.ParseInt(s); ok {
			t.Errorf("ParseInt(%q) = %v", s, n)
		}
	}
}

func TestParseFloat_TakesWhatPythonTakes(t *testing.T) {
	for s, want := range map[string]float64{
		"1": 1, " -1.50 ": -1.5, "1.": 1, ".5": 0.5, "1e3": 1000, "1_0.2_5E-0_1": 1.025, "1e400": math.Inf(1), "-1e400": math.Inf(-1),
		"inf": math.Inf(1), "-Infinity": math.Inf(-1), "1e-400": 0, "٣.٤": 3.4,
	} {
		if f, ok := value.ParseFloat(s); !ok || f != want {
			t.Errorf("ParseFloat(%q) = %v, %v, want %v", s, f, ok, want)
		}
	}
	if f, ok := value.ParseFloat("NaN"); !ok || !math.IsNaN(f) {
		t.Errorf("ParseFloat(NaN) = %v, %v", f, ok)
	}
	for _, s := range []string{"", ".", "e5", "1e", "1._5", "1_.5", "0x1p4", "0x10", "1 0", "infinite", "1,5"} {
		if f, ok := value.ParseFloat(s); ok {
			t.Errorf("ParseFloat(%q) = %v", s, f)
		}
	}
}
