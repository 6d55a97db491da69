package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestEscapedJSON_IsTheSameJSONWithoutWhatSteersATerminal(t *testing.T) {
	name := "a\x1b\u007f\u009b31m\u202e\u2066\u061c\u2028é😀"
	var out bytes.Buffer
	if err := writeIndented(&out, []string{name}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), steers) {
		t.Errorf("%q", out.String())
	}
	var again []string
	if err := json.Unmarshal(out.Bytes(), &again); err != nil || len(again) != 1 || again[0] != name {
		t.Errorf("%q: %q, %v", out.String(), again, err)
	}
}

func TestHarmlessText_KeepsLines(t *testing.T) {
	if got := harmlessText("a\u009b\nb\u202e"); got != "a\ufffd\nb\ufffd" {
		t.Errorf("%q", got)
	}
}
