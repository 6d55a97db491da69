package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// rosterAgent is what the table shows of an agent in /v1's form.
type rosterAgent struct {
	Name          string      `json:"name"`
	Activity      string      `json:"activity"`
	ActivitySince time.Time   `json:"activitySince"`
	Status        rosterNamed `json:"status"`
	NextStatus    rosterNamed `json:"nextStatus"`
	Contacts      []struct {
		Channel string      `json:"channel"`
		State   string      `json:"state"`
		Queue   rosterNamed `json:"queue"`
	} `json:"contacts"`
}

type rosterNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// writeRoster writes a table, a line an agent, and a line with the total.
func writeRoster(out io.Writer, agents []json.RawMessage, total int, now time.Time) error {
	var t table
	t.add("NAME", "STATUS", "ACTIVITY", "FOR", "CONTACTS", "QUEUE")
	for _, raw := range agents {
		var a rosterAgent
		if err := json.Unmarshal(raw, &a); err != nil {
			return fmt.Errorf("read an agent: %w", err)
		}
		status := a.Status.Name
		if a.NextStatus.Name != "" {
			status += " → " + a.NextStatus.Name
		}
		contacts, queues := a.contacts()
		since := "" // not known
		if !a.ActivitySince.IsZero() {
			since = clock(now.Sub(a.ActivitySince))
		}
		t.add(a.Name, status, a.Activity, since, contacts, queues)
	}
	_, err := fmt.Fprintf(out, "%s%d on the list\n", t.String(), total)
	return err
}

// contacts sums contacts up as "CHAT CONNECTED ×2, VOICE ENDED", and names
// their queues, each once.
func (a *rosterAgent) contacts() (contacts, queues string) {
	var kinds, names []string
	count := make(map[string]int)
	seen := make(map[string]bool)
	for _, c := range a.Contacts {
		kind := c.Channel + " " + c.State
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
		name := c.Queue.Name
		if name == "" {
			name = c.Queue.ID
		}
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for i, kind := range kinds {
		if count[kind] > 1 {
			kinds[i] = fmt.Sprintf("%s ×%d", kind, count[kind])
		}
	}
	return strings.Join(kinds, ", "), strings.Join(names, ", ")
}

// clock writes how long as 1:02:03 or 4:05.
func clock(d time.Duration) string {
	s := max(0, int(d.Seconds()))
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
