package connect_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/connect"
)

// named gives an agent names.
func named(user, first, last string) trait {
	return func(e *rollcall.Event) {
		c := e.Snapshot.Configuration
		c.Username, c.FirstName, c.LastName = user, first, last
	}
}

func skilled(skills ...rollcall.Proficiency) trait {
	return func(e *rollcall.Event) { e.Snapshot.Configuration.Proficiencies = skills }
}

// userFloors has users with names; the last event of ada changes her status
// alone, and eve is forgotten.
func userFloors() []*rollcall.Event {
	german := rollcall.Proficiency{Name: "German", Value: "spoken", Level: 4}
	gone := &rollcall.Event{Type: rollcall.EventForgetAgent, At: noon.Add(-time.Minute), Agent: support.Child(rollcall.TypeAgent, "eve"), Instance: support}
	return []*rollcall.Event{
		agent("ada", profile("p-voice", "q-sales"), available, within("emea", "uk"), named("ada.l", "Ada", "Lovelace"), at(noon.Add(-2*time.Minute))),
		agent("ben", profile("p-chat", "q-chat"), offline, within("emea"), named("ben.b", "Ben", "Bö"), skilled(german)),
		agent("eve", offline),
		agent("cay", offline),
		agent("ada", profile("p-voice", "q-sales", "q-billing"), onLunch, within("emea", "uk")),
		gone,
	}
}

// call sends a request of any operation.
func call(h http.Handler, method, path, body string) reply {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "key test")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}

func (r reply) said() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", r.status, r.header.Get("X-Amzn-Errortype"), r.body))
}

func TestUsers_AreListedDescribedAndSearched(t *testing.T) {
	h := newAsker(t, connect.Options{Floors: newFloors(7, userFloors()...)}).service
	arn := support.String() + "/agent/"
	const ada, ben, cay = `"LastModifiedTime":1772452680,"LastModifiedRegion":"eu-west-1"}`, `"LastModifiedTime":1772452740,"LastModifiedRegion":"eu-west-1"}`, `}`
	listed := `{"Id":"ada","Arn":"` + arn + `ada","Username":"ada.l",` + ada + `,{"Id":"ben","Arn":"` + arn + `ben","Username":"ben.b",` + ben +
		`,{"Id":"cay","Arn":"` + arn + `cay"` + cay
	foundBen := `{"Arn":"` + arn + `ben","HierarchyGroupId":"emea","Id":"ben","IdentityInfo":{"FirstName":"Ben","LastName":"Bö"},"RoutingProfileId":"p-chat","Username":"ben.b"}`
	for _, c := range []struct{ name, request, body, want string }{
		{"all users", "GET /users-summary/support", "", `200  {"UserSummaryList":[` + listed + `]}`},
		{
			"by the instance's ARN", "GET /users-summary/" + url.PathEscape(support.String()) + "?maxResults=1000&other=1", "",
			`200  {"UserSummaryList":[` + listed + `]}`,
		},
		{"limits", "GET /users-summary/support?maxResults=1001", "", `400 InvalidParameterException {"Message":"MaxResults is 1001: want 1 to 1000."}`},
		{"types", "GET /users-summary/support?maxResults=1e3", "", `400 InvalidRequestException {"Message":"MaxResults is \"1e3\": want an integer."}`},
		{"twice", "GET /users-summary/support?nextToken=a&nextToken=b", "", `400 InvalidRequestException {"Message":"nextToken stands 2 times in the query string: want it once."}`},
		{"unknown instance", "GET /users-summary/other", "", `404 ResourceNotFoundException {"Message":"Instance \"other\" doesn't exist in this account and Region."}`},
		{
			"no instance and a limit", "GET /users-summary/a%2Fb?maxResults=0", "",
			`400 InvalidParameterException {"Message":"InstanceId is \"a/b\": want an instance's id (printable characters without \"/\") or its ARN. MaxResults is 0: want 1 to 1000."}`,
		},
		{
			"a user", "GET /users/support/ada", "", `200  {"User":{"Id":"ada","Arn":"` + arn + `ada","Username":"ada.l","IdentityInfo":{"FirstName":"Ada","LastName":"Lovelace"},` +
				`"RoutingProfileId":"p-voice","HierarchyGroupId":"uk",` + ada + `}`,
		},
		{"a user by ARN", "GET /users/support/" + url.PathEscape(arn+"cay"), "", `200  {"User":{"Id":"cay","Arn":"` + arn + `cay"}}`},
		{"a forgotten user", "GET /users/support/eve", "", `404 ResourceNotFoundException {"Message":"User \"eve\" doesn't exist in this instance."}`},
		{
			"a queue for a user", "GET /users/support/" + url.PathEscape(support.String()+"/queue/q"), "",
			`400 InvalidParameterException {"Message":"UserId is \"arn:aws:connect:eu-west-1:123456789012:instance/support/queue/q\": it is of type \"queue\", not \"agent\"."}`,
		},
		{"another method", "POST /users-summary/support", "{}", `404 UnknownOperationException {"Message":"No operation has the method POST and the path /users-summary/support."}`},
		{"an operation that isn't here", "GET /contact-flows-summary/support", "", `404 UnknownOperationException {"Message":"Amazon Connect has ListContactFlows; rollcall doesn't; ` + "`--forward`" + ` sends it on."}`},
		{"a literal is no label", "PUT /users/support/ada/status", "{}", `404 UnknownOperationException {"Message":"Amazon Connect has PutUserStatus; rollcall doesn't; ` + "`--forward`" + ` sends it on. It writes, so that takes ` + "`--forward-writes`" + `, too."}`},
		{"a search", "POST /search-users", `{"InstanceId":"support","SearchCriteria":{"StringCondition":{"FieldName":"LastName","Value":"BÖ"}}}`, `200  {"Users":[` + foundBen + `],"ApproximateTotalCount":1}`},
		{"an empty search", "POST /search-users", `{"InstanceId":"support","MaxResults":1,"NextToken":"","SearchFilter":{}}`, "200 ada of 3, more"},
		{"no instance", "POST /search-users", `{}`, `400 InvalidRequestException {"Message":"InstanceId is missing: the operation requires it."}`},
		{
			"a wrong search", "POST /search-users", `{"InstanceId":"support","MaxResults":501,"SearchCriteria":{"OrConditions":[{"StringCondition":{"FieldName":"Nick","ComparisonType":"LIKE"}}]},"SearchFilter":{"TagFilter":{}}}`,
			`400 InvalidParameterException {"Message":"MaxResults is 501: want 1 to 500. SearchCriteria.OrConditions[0].StringCondition.ComparisonType is \"LIKE\": want one of STARTS_WITH, CONTAINS, EXACT. ` +
				`SearchFilter.TagFilter can't be answered: agent events tell no tags. SearchCriteria.OrConditions[0].StringCondition.FieldName is \"Nick\": ` +
				`want one of firstname, lastname, resourceid, routingprofileid, securityprofileid, username, in upper or lower case."}`,
		},
		{"wrong types", "POST /search-users", `{"InstanceId":"support","MaxResults":"2","SearchCriteria":{"AndConditions":{}}}`, `400 InvalidRequestException {"Message":"MaxResults is the string \"2\": want an integer. SearchCriteria.AndConditions is an object: want an array."}`},
		{"too deep", "POST /search-users", `{"InstanceId":"support","SearchCriteria":` + strings.Repeat(`{"OrConditions":[`, 20), `400 InvalidRequestException {"Message":"The request body nests deeper than 32 levels at byte 328."}`},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		got := call(h, method, path, c.body)
		if c.want != "200 ada of 3, more" {
			if d := cmp.Diff(c.want, got.said()); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, d)
			}
			continue
		}
		var page connectapi.SearchUsersOutput
		if err := connectapi.Unmarshal(got.body, &page); err != nil || len(page.Users) != 1 || page.ApproximateTotalCount != 3 || page.NextToken == "" {
			t.Errorf("%s: %s", c.name, got.said())
		}
	}
}

func TestUsers_PagesOfAnySizeHaveEachOnce(t *testing.T) {
	events := make([]*rollcall.Event, 23)
	var want []string
	for i := range events {
		id := fmt.Sprintf("u%02d", i)
		events[i], want = agent(id, offline), append(want, id)
	}
	h := newAsker(t, connect.Options{Floors: newFloors(7, events...)}).service
	for size := 1; size <= len(want)+1; size++ {
		var got []string
		for token := ""; ; {
			var page connectapi.ListUsersOutput
			r := call(h, "GET", fmt.Sprintf("/users-summary/support?maxResults=%d&nextToken=%s", size, token), "")
			if err := connectapi.Unmarshal(r.body, &page); err != nil || r.status != http.StatusOK || len(page.UserSummaryList) > size {
				t.Fatalf("%s, %v", r.said(), err)
			}
			for _, u := range page.UserSummaryList {
				got = append(got, u.ID)
			}
			if token = page.NextToken; token == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v", size, got)
		}
	}
}

func TestUsers_TokensAreForTheirQuestion(t *testing.T) {
	h := newAsker(t, connect.Options{Floors: newFloors(7, userFloors()...)}).service
	search := func(criteria, token string) (page connectapi.SearchUsersOutput, r reply) {
		r = call(h, "POST", "/search-users", `{"InstanceId":"support","MaxResults":1,"SearchCriteria":`+criteria+`,"NextToken":"`+token+`"}`)
		_ = connectapi.Unmarshal(r.body, &page)
		return page, r
	}
	const emea = `{"HierarchyGroupCondition":{"Value":"emea","HierarchyGroupMatchType":"WITH_CHILD_GROUPS"}}`
	first, _ := search(emea, "")
	if second, r := search(emea, first.NextToken); len(second.Users) != 1 || second.Users[0].ID != "ben" || second.NextToken != "" {
		t.Errorf("the second page: %s", r.said())
	}
	if _, r := search(`{}`, first.NextToken); r.status != http.StatusBadRequest || !strings.Contains(r.said(), "isn't a token that this service gave") {
		t.Errorf("another question: %s", r.said())
	}
	if r := call(h, "GET", "/users-summary/support?nextToken="+first.NextToken, ""); r.status != http.StatusBadRequest {
		t.Errorf("another operation: %s", r.said())
	}
}

func TestUsers_PermissionIsAskedOfWhatIsNamed(t *testing.T) {
	var asked []string
	gate := &fakeGate{allow: func(_ string, r rollcall.ARN) bool { asked = append(asked, r.String()); return r.ID == "ada" }}
	h := newAsker(t, connect.Options{Floors: newFloors(7, userFloors()...), Gate: gate}).service
	for request, want := range map[string]int{
		"GET /users/support/ada": 200, "GET /users/support/ben": 403, "GET /users/support/nobody": 403,
		"GET /users-summary/support": 403, "GET /users-summary/nowhere": 403,
	} {
		method, path, _ := strings.Cut(request, " ")
		if r := call(h, method, path, ""); r.status != want {
			t.Errorf("%s: %s, want %d", request, r.said(), want)
		}
	}
	if !slices.Contains(asked, support.Child(rollcall.TypeAgent, "ben").String()) || !slices.Contains(asked, support.String()) {
		t.Errorf("asked of %q", asked)
	}
}

// A search finds whom a slow reading of its criteria finds.
func TestSearchUsers_AgreesWithBruteForce(t *testing.T) {
	groups := []rollcall.HierarchyGroupID{"g1", "g2", "g3"}
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, label) }
		var events []*rollcall.Event
		for i := range rapid.IntRange(1, 12).Draw(rt, "users") {
			e := agent(fmt.Sprintf("u%d", i), offline, named(pick("user", "ada", "ADAM", "bo", "ß"), pick("first", "", "Ada", "Bo"), pick("last", "", "Dada")))
			if n := rapid.IntRange(0, 3).Draw(rt, "levels"); n > 0 {
				path := &rollcall.HierarchyPath{}
				for l := range n {
					path[l].ID = groups[l]
				}
				e.Snapshot.Configuration.Hierarchy = path
			}
			if rapid.Bool().Draw(rt, "skilled") {
				skilled(rollcall.Proficiency{Name: pick("skill", "x", "y"), Value: pick("value", "1", "2"), Level: float64(rapid.IntRange(1, 5).Draw(rt, "level"))})(e)
			}
			events = append(events, e)
		}
		criteria := drawCriteria(rt, 3)
		body, err := json.Marshal(map[string]any{"InstanceId": "support", "SearchCriteria": criteria})
		if err != nil {
			rt.Fatal(err)
		}
		r := call(newAsker(t, connect.Options{Floors: newFloors(7, events...)}).service, "POST", "/search-users", string(body))
		var page connectapi.SearchUsersOutput
		if err := connectapi.Unmarshal(r.body, &page); err != nil || r.status != http.StatusOK {
			rt.Fatalf("%s: %s", body, r.said())
		}
		got, want := []string{}, []string{}
		for _, u := range page.Users {
			got = append(got, u.ID)
		}
		for _, e := range events {
			if bruteForce(criteria, e.Agent.ID, e.Snapshot.Configuration) {
				want = append(want, e.Agent.ID)
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s: found %v, want %v", body, got, want)
		}
	})
}

func drawCriteria(t *rapid.T, depth int) map[string]any {
	c, has := map[string]any{}, func(label string) bool { return rapid.IntRange(0, 2).Draw(t, label) == 0 }
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	for _, name := range []string{"OrConditions", "AndConditions"} {
		if depth > 0 && has(name) {
			list := []any{}
			for range rapid.IntRange(0, 2).Draw(t, "n") {
				list = append(list, drawCriteria(t, depth-1))
			}
			c[name] = list
		}
	}
	if has("string") {
		c["StringCondition"] = map[string]any{
			"FieldName": pick("field", "Username", "FirstName", "lastname", "ResourceId", "SecurityProfileId"), "Value": pick("value", "a", "ada", "AD", "u1", "SS", ""),
			"ComparisonType": pick("type", "STARTS_WITH", "CONTAINS", "EXACT"),
		}
	}
	if has("group") {
		c["HierarchyGroupCondition"] = map[string]any{"Value": pick("group", "g1", "g2", "g3"), "HierarchyGroupMatchType": pick("match", "EXACT", "WITH_CHILD_GROUPS")}
	}
	if has("list") {
		c["ListCondition"] = map[string]any{"TargetListType": "PROFICIENCIES", "Conditions": []any{
			map[string]any{"StringCondition": map[string]any{"FieldName": "ProficiencyName", "Value": "X"}},
			map[string]any{"NumberCondition": map[string]any{
				"FieldName": "ProficiencyLevel", "MinValue": 2, "MaxValue": 4,
				"ComparisonType": pick("number", "GREATER_OR_EQUAL", "GREATER", "LESSER_OR_EQUAL", "LESSER", "EQUAL", "NOT_EQUAL", "RANGE"),
			}},
		}}
	}
	return c
}

func bruteForce(c map[string]any, id string, u *rollcall.Configuration) bool {
	holds := true
	if or, ok := c["OrConditions"].([]any); ok {
		holds = holds && slices.ContainsFunc(or, func(n any) bool { return bruteForce(n.(map[string]any), id, u) }) //nolint:forcetypeassert // drawn so
	}
	if and, ok := c["AndConditions"].([]any); ok {
		holds = holds && !slices.ContainsFunc(and, func(n any) bool { return !bruteForce(n.(map[string]any), id, u) }) //nolint:forcetypeassert // drawn so
	}
	if s, ok := c["StringCondition"].(map[string]any); ok {
		text := map[string]string{"Username": u.Username, "FirstName": u.FirstName, "lastname": u.LastName, "ResourceId": id}[s["FieldName"].(string)] //nolint:forcetypeassert // drawn so
		has, value := strings.ToLower(text), strings.ToLower(s["Value"].(string))                                                                      //nolint:forcetypeassert // drawn so
		holds = holds && text != "" && map[any]bool{
			"STARTS_WITH": strings.HasPrefix(has, value), "CONTAINS": strings.Contains(has, value), "EXACT": has == value,
		}[s["ComparisonType"]]
	}
	if g, ok := c["HierarchyGroupCondition"].(map[string]any); ok {
		var path []string
		for l := 0; u.Hierarchy != nil && l < len(u.Hierarchy) && u.Hierarchy[l].ID != ""; l++ {
			path = append(path, string(u.Hierarchy[l].ID))
		}
		at := slices.Index(path, g["Value"].(string)) //nolint:forcetypeassert // drawn so
		holds = holds && at >= 0 && (at == len(path)-1 || g["HierarchyGroupMatchType"] == "WITH_CHILD_GROUPS")
	}
	if l, ok := c["ListCondition"].(map[string]any); ok {
		kind := l["Conditions"].([]any)[1].(map[string]any)["NumberCondition"].(map[string]any)["ComparisonType"] //nolint:forcetypeassert // drawn so
		holds = holds && slices.ContainsFunc(u.Proficiencies, func(p rollcall.Proficiency) bool {
			n := p.Level
			return p.Name == "x" && map[any]bool{
				"GREATER_OR_EQUAL": n >= 2, "GREATER": n > 2, "LESSER_OR_EQUAL": n <= 4, "LESSER": n < 4, "EQUAL": n == 2, "NOT_EQUAL": n != 2, "RANGE": 2 <= n && n <= 4,
			}[kind]
		})
	}
	return holds
}
