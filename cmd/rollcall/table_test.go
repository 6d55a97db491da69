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

func TestClip_CountsWhatDoesNotFit(t *testing.T) {
	page := "HEAD\n" + strings.Repeat("an agent\n", 10) + "10 on the list\n"
	want := "HEAD\nan agent\nan agent\n… 8 more lines: filter, sort, or make the window larger\n10 on the list\n"
	if diff := cmp.Diff(want, string(clip([]byte(page), 80, 6))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoster_LeavesOutWhatIsNotKnown(t *testing.T) {
	got := layOut(t, &roster{}, `{"name":"Ann","activity":"On contact","activitySince":"2026-01-01T10:58:57.000Z","status":{"name":"Available"},"nextStatus":{"name":"Lunch"},
			"contacts":[{"channel":"CHAT","state":"CONNECTED","queue":{"id":"q1"}},{"channel":"CHAT","state":"CONNECTED","queue":{"id":"q1"}}]}`,
		`{"name":"Bob","activity":"Offline","contacts":[]}`)
	want := "" +
		"NAME  STATUS             ACTIVITY    FOR      CONTACTS           QUEUE\n" +
		"Ann   Available → Lunch  On contact  1:01:03  CHAT CONNECTED ×2  q1\n" +
		"Bob                      Offline\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func layOut(t *testing.T, r *roster, agents ...string) string {
	t.Helper()
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	raw := make([]json.RawMessage, len(agents))
	for i, a := range agents {
		raw[i] = json.RawMessage(a)
	}
	table, err := r.lay(raw, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return table.String()
}

func TestRoster_ShowsWhoWasNotHeardOf(t *testing.T) {
	got := layOut(t, &roster{}, `{"name":"Cay","activity":"Available","heardAt":"2026-01-01T11:50:00.000Z","stale":true}`)
	if !strings.Contains(got, "NOT HEARD FOR\n") || !strings.Contains(got, " 10:00\n") {
		t.Error(got)
	}
}

func TestRoster_SortsAndGroups(t *testing.T) {
	agents := []string{
		`{"name":"Ann","activity":"Available","activitySince":"2026-01-01T11:00:00.000Z","routingProfile":{"id":"p","queues":[{"id":"1","name":"Sales"},{"id":"2","name":"Claims"}]},"hierarchy":[{"id":"g","name":"Berlin"},{"id":"h","name":"Team A"}]}`,
		`{"name":"Bob","activity":"Missed","activitySince":"2026-01-01T11:30:00.000Z"}`,
		`{"name":"Cay","activity":"Available","activitySince":"2026-01-01T10:00:00.000Z","heardAt":"2026-01-01T11:50:00.000Z","stale":true}`,
	}
	for _, c := range []struct {
		roster roster
		want   []string
	}{
		{roster{sort: "activity,since"}, []string{"Bob", "Cay", "Ann"}},
		{roster{sort: "-name"}, []string{"Cay", "Bob", "Ann"}},
		{roster{groupBy: "queue"}, []string{"(none): 2", "Bob", "Cay", "Claims: 1", "Ann", "Sales: 1", "Ann"}},
		{roster{groupBy: "team"}, []string{"(none): 2", "Bob", "Cay", "Team A: 1", "Ann"}},
		{roster{groupBy: "activity", sort: "name"}, []string{"Available: 2", "Ann", "Cay", "Missed: 1", "Bob"}},
	} {
		var got []string
		for line := range strings.Lines(layOut(t, &c.roster, agents...)) {
			first, _, _ := strings.Cut(line, "  ")
			got = append(got, strings.TrimSpace(first))
		}
		if diff := cmp.Diff(c.want, got[1:]); diff != "" {
			t.Errorf("--sort %q --group-by %q (-want +got):\n%s", c.roster.sort, c.roster.groupBy, diff)
		}
	}
}
