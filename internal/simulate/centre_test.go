package simulate_test

import (
	"bytes"
	"hash/fnv"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/simulate"
)

// fingerprint hashes the first n documents of cfg's day.
func fingerprint(cfg simulate.Config, n int) uint64 {
	c, h := simulate.New(cfg), fnv.New64a()
	var doc []byte
	for range n {
		e, _ := c.Next()
		doc = append(e.AppendJSON(doc[:0]), '\n')
		_, _ = h.Write(doc)
	}
	return h.Sum64()
}

func TestCentre_EqualConfigsGiveEqualBytes(t *testing.T) {
	cfg := simulate.Config{Agents: 50, Seed: 3, Rate: 2.5, Start: morning}
	a, b := fingerprint(cfg, 3000), fingerprint(cfg, 3000)
	if a != b {
		t.Errorf("fingerprints %x and %x of one configuration", a, b)
	}
	cfg.Seed++
	if fingerprint(cfg, 3000) == a {
		t.Error("another seed gives the same bytes")
	}
}

func TestCentre_ALaterStartIsANewDayOfTheSamePeople(t *testing.T) {
	type day struct {
		agents        map[string]string // :: agent ARN -> username
		events, calls map[string]bool   // :: event id, contact id -> seen
	}
	observe := func(start time.Time) day {
		r := read(t, simulate.Config{Agents: 20, Seed: 3, Start: start, Duration: time.Hour})
		seen := day{map[string]string{}, map[string]bool{}, map[string]bool{}}
		for d := r.next(); d != nil; d = r.next() {
			seen.agents[d.AgentARN] = d.current.configuration.Username
			seen.events[d.EventId] = true
			for _, k := range d.current.Contacts {
				seen.calls[k.ContactId] = true
			}
		}
		return seen
	}
	first, second := observe(morning), observe(morning.Add(time.Millisecond))
	if diff := cmp.Diff(first.agents, second.agents); diff != "" {
		t.Errorf("agents (-first +second):\n%s", diff)
	}
	if len(first.agents) != 20 || len(first.calls) < 50 {
		t.Errorf("only %d agents and %d contacts in an hour", len(first.agents), len(first.calls))
	}
	for _, pair := range [][2]map[string]bool{{first.events, second.events}, {first.calls, second.calls}} {
		for id := range pair[0] {
			if pair[1][id] {
				t.Errorf("id %s on both days", id)
			}
		}
	}
}

func TestCentre_TheFloorFillsAtOnceAndStaysBusy(t *testing.T) {
	r := read(t, simulate.Config{Agents: 100, Seed: 1, Start: morning, Duration: 40 * time.Minute})
	last := map[string]*document{} // :: agent ARN -> newest event
	var busy, free, away, minutes float64
	look := func() (onContact, available, elsewhere float64) {
		for _, d := range last {
			switch now := d.current; {
			case now.AgentStatus.Type == "CUSTOM":
				elsewhere++
			case now.AgentStatus.Type == "ROUTABLE" && len(now.Contacts) > 0:
				onContact++
			case now.AgentStatus.Type == "ROUTABLE":
				available++
			}
		}
		return onContact, available, elsewhere
	}
	nextLook := morning.Add(10 * time.Second)
	for d := r.next(); d != nil; d = r.next() {
		for d.EventTimestamp.After(nextLook) {
			b, f, e := look()
			switch since := nextLook.Sub(morning); {
			case since == 10*time.Second && b+f+e < 80:
				t.Errorf("after %v only %v of 100 are there", since, b+f+e)
			case since == 70*time.Second && b < 0.5*(b+f):
				t.Errorf("after %v only %v of %v have a contact", since, b, b+f)
			case since > 10*time.Minute:
				busy, free, away, minutes = busy+b, free+f, away+e, minutes+1
			}
			nextLook = nextLook.Add(time.Minute)
		}
		last[d.AgentARN] = d
	}
	if occupied := busy / (busy + free); occupied < 0.6 || occupied > 0.75 {
		t.Errorf("%.0f %% of those Available have a contact, want 60 to 75", 100*occupied)
	}
	if present := (busy + free + away) / minutes; present < 80 || present > 95 {
		t.Errorf("%.0f of 100 agents are there on average", present)
	}
	if share := away / (busy + free + away); share < 0.08 || share > 0.2 {
		t.Errorf("%.0f %% of those there are on a break or the like", 100*share)
	}
}

func TestCentre_RateCompressesWorkAndNotHeartbeats(t *testing.T) {
	changes := func(cfg simulate.Config) (n float64) {
		c := simulate.New(cfg)
		for e, ok := c.Next(); ok; e, ok = c.Next() {
			if e.Type != simulate.Heartbeat {
				n++
			}
		}
		return n
	}
	slow := changes(simulate.Config{Agents: 30, Seed: 2, Start: morning, Duration: 10 * time.Hour})
	fast := changes(simulate.Config{Agents: 30, Seed: 2, Start: morning, Duration: time.Hour, Rate: 10})
	if ratio := fast / slow; ratio < 0.85 || ratio > 1.15 {
		t.Errorf("%v changes in 10 hours, %v in one hour at rate 10", slow, fast)
	}

	o := newObserver(t) // holds the 120 seconds
	r := read(t, simulate.Config{Agents: 12, Seed: 2, Start: morning, Duration: 20 * time.Minute, Rate: 10})
	for d := r.next(); d != nil; d = r.next() {
		o.observe(d)
	}
}

func TestCentre_NamesWhatItHas(t *testing.T) {
	c := simulate.New(simulate.Config{Agents: 3000, Seed: 5, Region: "eu-central-1", InstanceID: "here"})
	if want := "arn:aws:connect:eu-central-1:111122223333:instance/here"; c.InstanceARN() != want {
		t.Errorf("InstanceARN is %s, want %s", c.InstanceARN(), want)
	}
	if n := len(c.Agents()); n != 3000 {
		t.Errorf("%d agents", n)
	}
	if n := len(c.HierarchyGroups()); n > 500 {
		t.Errorf("%d hierarchy groups, an instance has at most 500", n)
	}
	id, username := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`), regexp.MustCompile(`^[a-z]+\.[a-z]+[0-9]*$`)
	seen := map[string]bool{}
	for kind, all := range map[string][]simulate.Resource{
		"agent": c.Agents(), "queue": c.Queues(), "routing-profile": c.RoutingProfiles(), "agent-group": c.HierarchyGroups(),
	} {
		for _, r := range all {
			if !id.MatchString(r.ID) || r.ARN != c.InstanceARN()+"/"+kind+"/"+r.ID || seen[kind+r.ID] || seen[kind+r.Name] {
				t.Errorf("%s %+v is malformed or not unique", kind, r)
			}
			if kind == "agent" && !username.MatchString(r.Name) {
				t.Errorf("username %q", r.Name)
			}
			seen[kind+r.ID], seen[kind+r.Name] = true, true
		}
	}
}

func TestCentre_TheRosterGrowsAtItsEnd(t *testing.T) {
	few := simulate.New(simulate.Config{Agents: 100, Seed: 5}).Agents()
	many := simulate.New(simulate.Config{Agents: 1000, Seed: 5}).Agents()
	if diff := cmp.Diff(few, many[:100]); diff != "" {
		t.Errorf("the first hundred differ:\n%s", diff)
	}
}

func TestEvent_MayBeEncodedLater(t *testing.T) {
	cfg := simulate.Config{Agents: 20, Seed: 1, Start: morning, Duration: 10 * time.Minute}
	var atOnce [][]byte
	c := simulate.New(cfg)
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		atOnce = append(atOnce, e.AppendJSON(nil))
	}
	c = simulate.New(cfg)
	var kept []simulate.Event
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		kept = append(kept, e)
	}
	for i, e := range kept {
		if !bytes.Equal(e.AppendJSON(nil), atOnce[i]) {
			t.Fatalf("event %d has changed since it happened", i)
		}
	}
}

func TestCentre_OneAgentIsEnough(t *testing.T) {
	r := read(t, simulate.Config{Agents: 1, Seed: 4, Start: morning, Duration: 24 * time.Hour})
	o := newObserver(t)
	for d := r.next(); d != nil; d = r.next() {
		o.observe(d)
	}
	if o.seen["CONNECTED"] == 0 {
		t.Error("the only agent has had no contact")
	}
}
