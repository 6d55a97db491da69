package main

import (
	"slices"
	"strings"
	"testing"
)

const printed = `goos: linux
pkg: rollcall/internal/sigv4
BenchmarkVerify/header         	  200	      4000 ns/op	       0 B/op	       0 allocs/op
BenchmarkSelect/agents=1000/a-7	  200	      4000 ns/op	 10 matches	    120 B/op	      12 allocs/op
PASS
pkg: rollcall/internal/connect
BenchmarkRequest 200 10 ns/op 22.5 MB/s 3 B/op 44 allocs/op
BenchmarkRequest 200 10 ns/op 22.5 MB/s 3 B/op 41 allocs/op
BenchmarkRequest 200 10 ns/op 22.5 MB/s 3 B/op 42 allocs/op
BenchmarkOther 200 10 ns/op
`

func TestParseBenchmarks_ReadsWhatGoTestPrints(t *testing.T) {
	got := string(parseBenchmarks(strings.NewReader(printed)).text())
	want := "internal/connect BenchmarkRequest 41\ninternal/sigv4 BenchmarkSelect/agents=1000/a-7 12\ninternal/sigv4 BenchmarkVerify/header 0\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	again, err := parseBaseline(strings.NewReader(got))
	if err != nil || string(again.text()) != want {
		t.Errorf("reading it again gives %q, %v", again.text(), err)
	}
}

func TestParseBaseline_RefusesOtherLines(t *testing.T) {
	for _, text := range []string{"a b", "a b c", "a b 1 2"} {
		if _, err := parseBaseline(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestCompare_GrowthIsWorseAndTheRestIsTold(t *testing.T) {
	accepted := allocations{"p none": 0, "p few": 9, "p many": 100, "p more": 100, "p fewer": 50, "p gone": 1}
	now := allocations{"p none": 1, "p few": 10, "p many": 120, "p more": 121, "p fewer": 10, "p new": 5}
	worse, notes := compare(accepted, now)
	names := func(lines []string) (list []string) {
		for _, line := range lines {
			name, _, _ := strings.Cut(line, ":")
			list = append(list, name)
		}
		return list
	}
	if got, want := names(worse), []string{"p few", "p gone", "p more", "p none"}; !slices.Equal(got, want) {
		t.Errorf("worse: %q, want %q", got, want)
	}
	if got, want := names(notes), []string{"p fewer", "p new"}; !slices.Equal(got, want) {
		t.Errorf("notes: %q, want %q", got, want)
	}
}
