package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTable_LinesUpNamesInAnyScript(t *testing.T) {
	var table table
	table.add("NAME", "STATUS", "QUEUE")
	table.add("Zoë", "Available", "Sales")
	table.add("日本語", "Lunch", "")
	want := "" +
		"NAME    STATUS     QUEUE\n" +
		"Zoë     Available  Sales\n" +
		"日本語  Lunch\n"
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTable_NoNameSteersTheTerminal(t *testing.T) {
	var table table
	table.add("a\x1b[31mb\nc\td\u202ee\u2028f\x00\u0085")
	if got, want := table.String(), "a�[31mb�c�d�e�f��\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestClip_CutsToTheTerminal(t *testing.T) {
	const page = "first line\n日本語\n\nlast\n"
	for _, c := range []struct {
		name          string
		width, height int
		want          string
	}{
		{"a size that isn't known", 0, 0, page},
		{"a large one", 80, 24, page},
		{"just large enough", 10, 5, page},
		{"narrow", 5, 24, "first\n日本\n\nlast\n"},
		{"low", 80, 3, "first line\n日本語\n"},
		{"one line", 80, 1, page},
		{"one cell", 1, 0, "f\n\n\nl\n"},
	} {
		if diff := cmp.Diff(c.want, string(clip([]byte(page), c.width, c.height))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWriteRoster_LeavesOutWhatIsNotKnown(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var out strings.Builder
	err := writeRoster(&out, []json.RawMessage{
		[]byte(`{"name":"Ann","activity":"On contact","activitySince":"2026-01-01T10:58:57.000Z","status":{"name":"Available"},"nextStatus":{"name":"Lunch"},
			"contacts":[{"channel":"CHAT","state":"CONNECTED","queue":{"id":"q1"}},{"channel":"CHAT","state":"CONNECTED","queue":{"id":"q1"}}]}`),
		[]byte(`{"name":"Bob","activity":"Offline","contacts":[]}`),
	}, 7, now)
	if err != nil {
		t.Fatal(err)
	}
	want := "" +
		"NAME  STATUS             ACTIVITY    FOR      CONTACTS           QUEUE\n" +
		"Ann   Available → Lunch  On contact  1:01:03  CHAT CONNECTED ×2  q1\n" +
		"Bob                      Offline\n" +
		"7 on the list\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
