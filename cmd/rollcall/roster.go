package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rollcall"
)

// rosterAgent is what the table shows of an agent in /v1's form.
type rosterAgent struct {
	Name           string      `json:"name"`
	Activity       string      `json:"activity"`
	ActivitySince  time.Time   `json:"activitySince"`
	Status         rosterNamed `json:"status"`
	NextStatus     rosterNamed `json:"nextStatus"`
	HeardAt        time.Time   `json:"heardAt"`
	Stale          bool        `json:"stale"`
	RoutingProfile struct {
		rosterNamed
		Queues []rosterNamed `json:"queues"`
	} `json:"routingProfile"`
	Hierarchy []rosterNamed `json:"hierarchy"`
	Contacts  []struct {
		Channel string      `json:"channel"`
		State   string      `json:"state"`
		Queue   rosterNamed `json:"queue"`
	} `json:"contacts"`
}

type rosterNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// lay puts agents into a table, a line each, in the order and groups that were
// asked for.
func (r *roster) lay(raw []json.RawMessage, now time.Time) (*table, error) {
	agents := make([]rosterAgent, len(raw))
	for i := range raw {
		if err := json.Unmarshal(raw[i], &agents[i]); err != nil {
			return nil, fmt.Errorf("read an agent: %w", err)
		}
	}
	slices.SortStableFunc(agents, func(a, b rosterAgent) int {
		for _, order := range r.orders {
			if c := order(&a, &b); c != 0 {
				return c
			}
		}
		return 0
	})
	t := new(table)
	head := []string{"NAME", "STATUS", "ACTIVITY", "FOR", "CONTACTS", "QUEUE"}
	if slices.ContainsFunc(agents, func(a rosterAgent) bool { return a.Stale }) {
		head = append(head, "NOT HEARD FOR")
	}
	t.add(head...)
	if r.groupBy == "" {
		for i := range agents {
			t.addAgent(&agents[i], now)
		}
		return t, nil
	}
	groups := make(map[string][]*rosterAgent) // :: name -> who is in it
	for i := range agents {
		for _, name := range agents[i].groups(r.groupBy) {
			groups[name] = append(groups[name], &agents[i])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		t.line(fmt.Sprintf("%s: %d", name, len(groups[name])))
		for _, a := range groups[name] {
			t.addAgent(a, now)
		}
	}
	return t, nil
}

func (t *table) addAgent(a *rosterAgent, now time.Time) {
	status := a.Status.Name
	if a.NextStatus.Name != "" {
		status += " → " + a.NextStatus.Name
	}
	contacts, queues := a.contacts()
	since := "" // not known
	if !a.ActivitySince.IsZero() {
		since = clock(now.Sub(a.ActivitySince))
	}
	silent := ""
	if a.Stale {
		silent = clock(now.Sub(a.HeardAt))
	}
	t.add(a.Name, status, a.Activity, since, contacts, queues, silent)
}

// groups are those that the agent is in: every queue of the profile, the team
// alone of the hierarchy.
func (a *rosterAgent) groups(by string) []string {
	const none = "(none)"
	switch by {
	case "activity":
		return []string{a.Activity}
	case "profile":
		return []string{cmp.Or(a.RoutingProfile.Name, a.RoutingProfile.ID, none)}
	case "team":
		if n := len(a.Hierarchy); n > 0 {
			return []string{cmp.Or(a.Hierarchy[n-1].Name, a.Hierarchy[n-1].ID)}
		}
		return []string{none}
	}
	var names []string
	for _, q := range a.RoutingProfile.Queues {
		names = append(names, cmp.Or(q.Name, q.ID))
	}
	if len(names) == 0 {
		return []string{none}
	}
	return names
}

// order compares two agents.
type order func(a, b *rosterAgent) int

// orders are the keys of --sort.
var orders = map[string]order{ // :: word -> comparison
	"name":     func(a, b *rosterAgent) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
	"status":   func(a, b *rosterAgent) int { return strings.Compare(a.Status.Name, b.Status.Name) },
	"activity": func(a, b *rosterAgent) int { return cmp.Compare(a.urgency(), b.urgency()) },
	"since":    func(a, b *rosterAgent) int { return a.ActivitySince.Compare(b.ActivitySince) },
	"heard":    func(a, b *rosterAgent) int { return a.HeardAt.Compare(b.HeardAt) },
}

func orderNames() string { return strings.Join(slices.Sorted(maps.Keys(orders)), ", ") }

// urgency is where the activity stands: what went wrong comes first, and who
// is free last.
func (a *rosterAgent) urgency() int {
	for i, activity := range rollcall.Activities() {
		if activity.String() == a.Activity {
			return i
		}
	}
	return int(rollcall.ActivityCustom)
}

// prepare reads --sort and --group-by.
func (r *roster) prepare() error {
	switch r.groupBy {
	case "", "queue", "profile", "team", "activity":
	default:
		return fmt.Errorf("--group-by %q: want queue, profile, team or activity", r.groupBy)
	}
	if r.watch && len(r.times) > 0 {
		return errors.New("--longer-than and --not-heard-for are not for --watch: time alone changes who matches")
	}
	keys := r.sort
	if keys == "" {
		if !r.watch {
			return nil
		}
		keys = "activity,since"
	}
	for word := range strings.SplitSeq(keys, ",") {
		key, turned := strings.CutPrefix(word, "-")
		by, ok := orders[key]
		if !ok {
			return fmt.Errorf("--sort: %q is no key; there are %s", word, orderNames())
		}
		if turned {
			straight := by
			by = func(a, b *rosterAgent) int { return straight(b, a) }
		}
		r.orders = append(r.orders, by)
	}
	return nil
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
