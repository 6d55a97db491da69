package floor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

// Search gives, on pages of any size, those who match both.
func TestSearch_AgreesWithMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := floor.New(floor.Options{})
		f.Apply(drawRecords(t, 60))
		q, limit := drawQuery(t), rapid.IntRange(1, 4).Draw(t, "limit")
		match := func(a *rollcall.Agent) bool { return strings.ContainsAny(string(a.ID), "13579") }
		for _, fl := range f.Instances() {
			var want, got []rollcall.AgentID
			for _, a := range fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, floor.NoLimit).Agents {
				if q.Match(a) && match(a) {
					want = append(want, a.ID)
				}
			}
			for at := (rollcall.Cursor{}); ; {
				page := fl.Search(q, match, at, limit)
				for _, a := range page.Agents {
					got = append(got, a.ID)
				}
				if page.Total != len(want) || len(page.Agents) > limit {
					t.Fatalf("a page of %d, limit %d, of %d in all; want %d", len(page.Agents), limit, page.Total, len(want))
				}
				if at = page.Next; !page.More {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	})
}

func TestApply_TellsWhenAnAgentWasSetUp(t *testing.T) {
	profile := func(id, name string) *rollcall.RoutingProfile {
		return &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id), Name: name}
	}
	ready, away := &rollcall.Status{Name: "Ready", Type: rollcall.StatusRoutable}, &rollcall.Status{Name: "Away", Type: rollcall.StatusCustom}
	f, j := floor.New(floor.Options{}), &journal{}
	var first time.Time
	for at, step := range []struct {
		what string
		s    *rollcall.Snapshot
		want int // seconds after the first event; -1 for not known
	}{
		{"no configuration", &rollcall.Snapshot{Status: ready}, -1},
		{"a configuration", &rollcall.Snapshot{Status: ready, Configuration: &rollcall.Configuration{Username: "ada", RoutingProfile: profile("p", "Basic")}}, 1},
		{"another status", &rollcall.Snapshot{Status: away, Configuration: &rollcall.Configuration{Username: "ada", RoutingProfile: profile("p", "Basic")}}, 1},
		{"the profile has another name", &rollcall.Snapshot{Status: away, Configuration: &rollcall.Configuration{Username: "ada", RoutingProfile: profile("p", "Best")}}, 1},
		{"no configuration again", &rollcall.Snapshot{Status: ready}, 1},
		{"another profile", &rollcall.Snapshot{Status: ready, Configuration: &rollcall.Configuration{RoutingProfile: profile("q", "Best")}}, 5},
		{"a group", &rollcall.Snapshot{Status: ready, Configuration: &rollcall.Configuration{Hierarchy: &rollcall.HierarchyPath{{ID: "g"}}}}, 6},
		{"none", &rollcall.Snapshot{Status: ready, Configuration: &rollcall.Configuration{FirstName: "Ada"}}, 7},
	} {
		e := event("ada", at, step.s)
		if at == 0 {
			first = e.At
		}
		f.Apply([]rollcall.Record{j.record(e)})
		a := f.Instances()[0].Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, 1).Agents[0]
		if want := first.Add(time.Duration(step.want) * time.Second); step.want >= 0 && !a.ConfiguredAt.Equal(want) || step.want < 0 && !a.ConfiguredAt.IsZero() {
			t.Errorf("%s: set up at %v, want %d s after %v", step.what, a.ConfiguredAt, step.want, first)
		}
	}
}
