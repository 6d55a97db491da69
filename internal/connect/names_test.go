package connect_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// encodeNamed is an agent's answer with names.
func encodeNamed(a *rollcall.Agent) []byte {
	t := floor.Text{Agents: support.Child(rollcall.TypeAgent, "").String()}
	t.Begin(a.ID)
	connect.EncodeNamedUserData(&t, a, support)
	is := t.Answer()
	return is.Append(nil)
}

// take takes a member out of an object and gives it.
func take(object map[string]any, member string) any {
	v := object[member]
	delete(object, member)
	return v
}

// An answer with names is the answer, with what the agent's own row says more.
func TestEncodeNamedUserData_IsTheAnswerAndNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAgent(t)
		name := rapid.StringMatching(`[A-Za-z"é ]{0,8}`)
		a.Configuration.Username, a.Configuration.FirstName, a.Configuration.LastName = name.Draw(t, "user"), name.Draw(t, "first"), name.Draw(t, "last")
		a.Status.Type = rapid.SampledFrom([]rollcall.StatusType{"", rollcall.StatusRoutable, rollcall.StatusCustom, rollcall.StatusOffline}).Draw(t, "type")
		profile, queue := name.Draw(t, "profile"), name.Draw(t, "queue")
		if p := a.Configuration.RoutingProfile; p != nil {
			named := *p
			named.Name = profile
			a.Configuration.RoutingProfile = &named
		}
		if path := a.Configuration.Hierarchy; path != nil {
			named := *path
			for i := range named {
				named[i].Name = strings.Repeat("g", i)
			}
			a.Configuration.Hierarchy = &named
		}
		for i := range a.Contacts {
			if q := a.Contacts[i].Queue; q != nil {
				named := *q
				named.Name = queue
				a.Contacts[i].Queue = &named
			}
		}
		plain, named := map[string]any{}, map[string]any{}
		if err := json.Unmarshal(encode(a), &plain); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encodeNamed(a), &named); err != nil {
			t.Fatal(err)
		}
		is := func(what string, got any, want string) {
			if text, _ := got.(string); text != want {
				t.Fatalf("%s is %v, want %q", what, got, want)
			}
		}
		user := named["User"].(map[string]any)
		is("Username", take(user, "Username"), a.Configuration.Username)
		is("User.Name", take(user, "Name"), a.Name())
		is("Activity", take(named, "Activity"), a.ActivityName())
		var since any
		if want := seconds(a.ActivitySince()); want != nil {
			since, _ = want.Float64()
		}
		if got := take(named, "ActivitySince"); got != since {
			t.Fatalf("ActivitySince is %v, want %v", got, since)
		}
		is("StatusType", take(named["Status"].(map[string]any), "StatusType"), string(a.Status.Type))
		if p := a.Configuration.RoutingProfile; p != nil {
			is("RoutingProfile.Name", take(named["RoutingProfile"].(map[string]any), "Name"), p.Name)
		}
		if levels, ok := named["HierarchyPath"].(map[string]any); ok {
			for i, level := range []string{"LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"} {
				if group, ok := levels[level].(map[string]any); ok {
					is(level, take(group, "Name"), a.Configuration.Hierarchy[i].Name)
				}
			}
		}
		for i, contact := range named["Contacts"].([]any) {
			if q := a.Contacts[i].Queue; q != nil && !q.Agent {
				is("Queue.Name", take(contact.(map[string]any)["Queue"].(map[string]any), "Name"), q.Name)
			}
		}
		if diff := cmp.Diff(plain, named); diff != "" {
			t.Fatalf("(-plain +named, less the names):\n%s", diff)
		}
	})
}

// Who asks for names gets them, page by page, and nobody else a byte more; an
// operator can give them to everybody.
func TestNames_ForWhoAsks(t *testing.T) {
	const body = `{"Filters":{"RoutingProfiles":["p-voice","p-chat"]},"MaxResults":2}`
	ask := func(o connect.Options, header string) string {
		r := httptest.NewRequest(http.MethodPost, "/metrics/userdata/support", strings.NewReader(body))
		r.Header.Set("Authorization", "key test")
		if header != "" {
			r.Header.Set("X-Rollcall-Names", header)
		}
		w := httptest.NewRecorder()
		newAsker(t, o).service.ServeHTTP(w, r)
		return w.Body.String()
	}
	plain, named := ask(connect.Options{}, ""), ask(connect.Options{}, "true")
	if strings.Contains(plain, `"Activity"`) || ask(connect.Options{}, "false") != plain {
		t.Errorf("without asking: %s", plain)
	}
	if strings.Count(named, `"Activity":`) != 2 || !strings.Contains(named, `"StatusType":"ROUTABLE"`) || !strings.Contains(named, `"NextToken":`) {
		t.Errorf("with names: %s", named)
	}
	all := connect.Options{Names: true, Floors: floor.New(floor.Options{Encode: connect.EncodeNamedUserData})}
	apply(all.Floors, 7, 1, supportEvents()...)
	for _, header := range []string{"", "true"} {
		if got := ask(all, header); got != named {
			t.Errorf("with Options.Names and %q: %s, want %s", header, got, named)
		}
	}
}
