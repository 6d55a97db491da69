package connect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/connect"
)

// directoryEvents name something of every kind. One queue has channels of its own,
// one is renamed by an event that comes late, ben has an own queue, a status is
// known as a next one alone, and eve, who alone had a profile, is forgotten.
func directoryEvents() []*rollcall.Event {
	voice := func(renamed string) trait {
		return func(e *rollcall.Event) {
			sales, chat := queue("q-sales"), queue("q-chat")
			sales.Name, sales.Channels = renamed, []rollcall.Channel{"VOICE"}
			chat.Name = "Chat"
			own := rollcall.Queue{ID: rollcall.QueueID(e.Agent.ID), ARN: support.Child(rollcall.TypeAgentQueue, e.Agent.ID).String(), Agent: true}
			e.Snapshot.Configuration.RoutingProfile = &rollcall.RoutingProfile{
				ID: "p-voice", Name: "Voice", InboundQueues: []rollcall.Queue{*sales, own, *chat}, DefaultOutboundQueue: sales,
			}
			e.Snapshot.Concurrency = []rollcall.Concurrency{
				{Channel: "VOICE", MaximumSlots: 1}, {Channel: "CHAT", MaximumSlots: 3, AvailableSlots: 2},
			}
		}
	}
	later := func(e *rollcall.Event) { e.Snapshot.Next = &rollcall.NextStatus{ID: "s-4", Name: "Training"} }
	return []*rollcall.Event{
		agent("ada", at(noon.Add(-3*time.Minute)), available, voice("Sales"), within("emea", "uk")),
		agent("ben", at(noon.Add(-5*time.Minute)), onLunch, voice("Old sales"), within("emea"), later, contact("c-1", "VOICE", rollcall.StateConnected, "q-sales")),
		agent("eve", at(noon.Add(-4*time.Minute)), offline, profile("p-gone", "q-gone")),
		{Type: rollcall.EventForgetAgent, At: noon.Add(-4 * time.Minute), Agent: support.Child(rollcall.TypeAgent, "eve"), Instance: support},
	}
}

func TestDirectory_IsListedAndDescribed(t *testing.T) {
	h := newAsker(t, connect.Options{Floors: newFloors(7, directoryEvents()...)}).service
	arn := support.String()
	const ada, ben, eve = `"LastModifiedTime":1772452620,"LastModifiedRegion":"eu-west-1"`, `"LastModifiedTime":1772452500,"LastModifiedRegion":"eu-west-1"`, `"LastModifiedTime":1772452560,"LastModifiedRegion":"eu-west-1"`
	own := func(id string) string {
		return `{"Id":"` + id + `","Arn":"` + arn + `/queue/agent/` + id + `","QueueType":"AGENT"}`
	}
	standard := `{"Id":"q-sales","Arn":"` + arn + `/queue/q-sales","Name":"Sales","QueueType":"STANDARD",` + ada + `},` +
		`{"Id":"q-chat","Arn":"` + arn + `/queue/q-chat","Name":"Chat","QueueType":"STANDARD",` + ada + `},` +
		`{"Id":"q-gone","Arn":"` + arn + `/queue/q-gone","QueueType":"STANDARD",` + eve + `}`
	line := func(queue, name, channel string) string {
		return `{"QueueId":"` + queue + `","QueueArn":"` + arn + `/queue/` + queue + `","QueueName":"` + name + `","Priority":1,"Delay":0,"Channel":"` + channel + `"}`
	}
	voice := `{"InstanceId":"support","Name":"Voice","RoutingProfileArn":"` + arn + `/routing-profile/p-voice","RoutingProfileId":"p-voice",` +
		`"MediaConcurrencies":[{"Channel":"VOICE","Concurrency":1},{"Channel":"CHAT","Concurrency":3}],"DefaultOutboundQueueId":"q-sales",` +
		`"NumberOfAssociatedQueues":2,"NumberOfAssociatedUsers":2,` + ada + `,"AssociatedQueueIds":["q-sales","q-chat"]}`
	emea := `{"Id":"emea","Arn":"` + arn + `/agent-group/emea",` + ada + `}`
	uk := `{"Id":"uk","Arn":"` + arn + `/agent-group/uk",` + ada
	described := `{"Id":"uk","Arn":"` + arn + `/agent-group/uk","HierarchyPath":{"LevelOne":` + emea + `,"LevelTwo":` + uk + `}},` + ada + `}`
	lunch := `"Name":"Lunch","Type":"CUSTOM",` + ben + `}`
	const missing = `404 ResourceNotFoundException {"Message":"%s \"x\" doesn't exist in this instance."}`
	for _, c := range []struct{ request, body, want string }{
		{"GET /queues-summary/support", "", `200  {"QueueSummaryList":[` + standard + `,` + own("ada") + `,` + own("ben") + `]}`},
		{"GET /queues-summary/support?queueTypes=AGENT", "", `200  {"QueueSummaryList":[` + own("ada") + `,` + own("ben") + `]}`},
		{"GET /queues-summary/" + url.PathEscape(arn) + "?queueTypes=STANDARD", "", `200  {"QueueSummaryList":[` + standard + `]}`},
		{"GET /queues-summary/support?queueTypes=VOICE", "", `400 InvalidParameterException {"Message":"QueueTypes[0] is \"VOICE\": want one of STANDARD, AGENT."}`},
		{"GET /queues/support/" + url.PathEscape(arn+"/queue/q-chat"), "", `200  {"Queue":{"Name":"Chat","QueueArn":"` + arn + `/queue/q-chat","QueueId":"q-chat",` + ada + `}}`},
		{"GET /queues/support/ben", "", `200  {"Queue":{"QueueArn":"` + arn + `/queue/agent/ben","QueueId":"ben"}}`},
		{"GET /queues/support/x", "", fmt.Sprintf(missing, "Queue")},
		{"POST /search-queues", `{"InstanceId":"support","SearchCriteria":{"QueueTypeCondition":"STANDARD","StringCondition":{"FieldName":"NAME","Value":"cHa","ComparisonType":"STARTS_WITH"}}}`, `200  {"Queues":[{"Name":"Chat","QueueArn":"` + arn + `/queue/q-chat","QueueId":"q-chat",` + ada + `}],"ApproximateTotalCount":1}`},
		{"GET /routing-profiles-summary/support?maxResults=1000", "", `200  {"RoutingProfileSummaryList":[{"Id":"p-voice","Arn":"` + arn + `/routing-profile/p-voice","Name":"Voice",` + ada + `},{"Id":"p-gone","Arn":"` + arn + `/routing-profile/p-gone",` + eve + `}]}`},
		{"GET /routing-profiles/support/p-voice", "", `200  {"RoutingProfile":` + voice + `}`},
		{"GET /routing-profiles/support/x", "", fmt.Sprintf(missing, "Routing profile")},
		{"GET /routing-profiles/support/p-voice/queues", "", `200  {"RoutingProfileQueueConfigSummaryList":[` + line("q-sales", "Sales", "VOICE") + `,` + line("q-chat", "Chat", "VOICE") + `,` + line("q-chat", "Chat", "CHAT") + `],` + ada + `}`},
		{"GET /routing-profiles/support/x/queues", "", fmt.Sprintf(missing, "Routing profile")},
		{"POST /search-routing-profiles", `{"InstanceId":"support","SearchCriteria":{"StringCondition":{"FieldName":"associatedQueueIds","Value":"Q-SALES"}}}`, `200  {"RoutingProfiles":[` + voice + `],"ApproximateTotalCount":1}`},
		{"GET /agent-status/support?AgentStatusTypes=CUSTOM", "", `200  {"AgentStatusSummaryList":[{"Id":"s-2","Arn":"` + arn + `/agent-state/s-2",` + lunch + `]}`},
		{"GET /agent-status/support/s-2", "", `200  {"AgentStatus":{"AgentStatusARN":"` + arn + `/agent-state/s-2","AgentStatusId":"s-2",` + lunch + `}`},
		{"GET /agent-status/support/s-4", "", strings.ReplaceAll(fmt.Sprintf(missing, "Agent status"), `\"x\"`, `\"s-4\"`)},
		{"POST /search-agent-statuses", `{"InstanceId":"support","SearchCriteria":{"OrConditions":[{"StringCondition":{"FieldName":"type","Value":"custom"}}]}}`, `200  {"AgentStatuses":[{"AgentStatusARN":"` + arn + `/agent-state/s-2","AgentStatusId":"s-2",` + lunch + `],"ApproximateTotalCount":1}`},
		{"POST /search-agent-statuses", `{"InstanceId":"support","SearchFilter":{"AttributeFilter":{}}}`, `400 InvalidParameterException {"Message":"SearchFilter.AttributeFilter can't be answered: agent events tell no tags."}`},
		{"GET /user-hierarchy-groups-summary/support", "", `200  {"UserHierarchyGroupSummaryList":[` + emea + `,` + uk + `}]}`},
		{"GET /user-hierarchy-groups/support/uk", "", `200  {"HierarchyGroup":` + described + `}`},
		{"GET /user-hierarchy-groups/support/x", "", fmt.Sprintf(missing, "Hierarchy group")},
		{"GET /user-hierarchy-structure/support", "", `200  {"HierarchyStructure":{"LevelOne":{},"LevelTwo":{}}}`},
		{"POST /search-user-hierarchy-groups", `{"InstanceId":"support","SearchCriteria":{"StringCondition":{"FieldName":"parentId","Value":"emea"}}}`, `200  {"UserHierarchyGroups":[` + described + `],"ApproximateTotalCount":1}`},
		{"GET /instance", "", `200  {"InstanceSummaryList":[{"Id":"support","Arn":"` + arn + `","InstanceStatus":"ACTIVE","InboundCallsEnabled":true,"OutboundCallsEnabled":true}]}`},
		{"GET /instance?maxResults=11", "", `400 InvalidRequestException {"Message":"MaxResults is 11: want 1 to 10."}`},
		{"GET /instance/support", "", `200  {"Instance":{"Id":"support","Arn":"` + arn + `","InstanceStatus":"ACTIVE","InboundCallsEnabled":true,"OutboundCallsEnabled":true}}`},
		{"GET /instance/x", "", `404 ResourceNotFoundException {"Message":"Instance \"x\" doesn't exist in this account and Region."}`},
		{"GET /instance/a%2Fb", "", `400 InvalidRequestException {"Message":"InstanceId is \"a/b\": want an instance's id (printable characters without \"/\") or its ARN."}`},
		{"GET /contacts/support/c-1", "", `200  {"Contact":{"Arn":"` + arn + `/contact/c-1","Id":"c-1","InitiationMethod":"INBOUND","Channel":"VOICE","QueueInfo":{"Id":"q-sales"},` +
			`"AgentInfo":{"Id":"ben","ConnectedToAgentTimestamp":1772452680,"HierarchyGroups":{"Level1":{"Arn":"` + arn + `/agent-group/emea"}}},"LastUpdateTimestamp":1772452500}}`},
		{"GET /contacts/support/x", "", fmt.Sprintf(missing, "Contact")},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		if d := cmp.Diff(c.want, call(h, method, path, c.body).said()); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.request, c.body, d)
		}
	}
}

// Pages of any size, one after the other, are the list; a token is for its own
// question.
func TestDirectory_IsPaged(t *testing.T) {
	h := newAsker(t, connect.Options{Floors: newFloors(7, directoryEvents()...)}).service
	for path, n := range map[string]int{
		"/queues-summary/support?": 5, "/queues-summary/support?queueTypes=AGENT&": 2, "/routing-profiles-summary/support?": 2,
		"/agent-status/support?": 3, "/user-hierarchy-groups-summary/support?": 2, "/routing-profiles/support/p-voice/queues?": 3, "/instance?": 1,
	} {
		read := func(query string) (list []any, next string) {
			var page map[string]any
			r := call(h, "GET", path+query, "")
			if err := json.Unmarshal(r.body, &page); err != nil || r.status != http.StatusOK {
				t.Fatalf("%s%s: %s", path, query, r.said())
			}
			for _, v := range page {
				if l, ok := v.([]any); ok {
					list = l
				}
			}
			next, _ = page["NextToken"].(string)
			return list, next
		}
		all, _ := read("")
		if len(all) != n {
			t.Errorf("%s: %d, want %d", path, len(all), n)
		}
		for size := 1; size <= n+1; size++ {
			var got []any
			for token := ""; ; {
				list, next := read(fmt.Sprintf("maxResults=%d&nextToken=%s", size, token))
				if got = append(got, list...); next == "" {
					break
				}
				if r := call(h, "GET", "/users-summary/support?nextToken="+next, ""); r.status != http.StatusBadRequest {
					t.Errorf("a token of %s elsewhere: %s", path, r.said())
				}
				token = next
			}
			if d := cmp.Diff(all, got); d != "" {
				t.Errorf("%s: pages of %d (-all +got):\n%s", path, size, d)
			}
		}
	}
}

// A key sees the instances that it may list, and whoever may list none is told so.
func TestListInstances_ShowsWhatTheKeyMaySee(t *testing.T) {
	sales := support
	sales.Instance = "sales"
	other := agent("zoe", available)
	other.Instance, other.Agent = sales, sales.Child(rollcall.TypeAgent, "zoe")
	gate := &fakeGate{allow: func(_ string, r rollcall.ARN) bool { return r.Instance == "sales" }}
	h := newAsker(t, connect.Options{Floors: newFloors(7, agent("ada", available), other), Gate: gate}).service
	if got := call(h, "GET", "/instance", ""); !strings.Contains(string(got.body), `"sales"`) || strings.Contains(string(got.body), "support") {
		t.Errorf("%s", got.said())
	}
	gate.allow = func(string, rollcall.ARN) bool { return false }
	if got := call(h, "GET", "/instance", ""); got.status != http.StatusForbidden {
		t.Errorf("%s", got.said())
	}
}

// An instance that goes or comes while somebody pages makes no other one be left
// out, or shown twice.
func TestListInstances_IsPagedWhileInstancesComeAndGo(t *testing.T) {
	first := func(id string, minute int) *rollcall.Event {
		e := agent("zoe", available, at(noon.Add(time.Duration(minute)*time.Minute)))
		e.Instance.Instance, e.Agent.Instance = rollcall.InstanceID(id), rollcall.InstanceID(id)
		return e
	}
	for size := 1; size <= 6; size++ {
		floors := newFloors(7, first("a", -9), first("b", -8), first("c", -8), first("d", -8), first("e", -5))
		h := newAsker(t, connect.Options{Floors: floors}).service
		seen, token := map[string]int{}, ""
		for page := 0; ; page++ {
			var got struct {
				InstanceSummaryList []struct{ ID string }
				NextToken           string
			}
			r := call(h, "GET", "/instance?maxResults="+strconv.Itoa(size)+"&nextToken="+url.QueryEscape(token), "")
			if err := json.Unmarshal(r.body, &got); err != nil || r.status != http.StatusOK {
				t.Fatalf("%s, %v", r.said(), err)
			}
			for _, i := range got.InstanceSummaryList {
				seen[i.ID]++
			}
			if page == 0 {
				was := first("a", -9)
				apply(floors, 7, 2, rollcall.NewRemoval(was.Instance, was.At))
				if len(floors.Instances()) != 4 {
					t.Fatal("the first instance is still here")
				}
			}
			if token = got.NextToken; token == "" {
				break
			}
		}
		if want := map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}; !maps.Equal(seen, want) {
			t.Errorf("pages of %d: %v", size, seen)
		}
	}
}

// Searches of what events named find what a slow reading of the criteria finds.
func TestSearches_AgreeWithBruteForce(t *testing.T) {
	names := []string{"Sales", "sales EMEA", "Claims", "ß"}
	var events []*rollcall.Event
	for i, name := range names {
		id := fmt.Sprint("r", i)
		events = append(events, agent("a"+id, status(id, name, rollcall.StatusCustom), func(e *rollcall.Event) {
			q := rollcall.Queue{ID: rollcall.QueueID(id), Name: name}
			e.Snapshot.Configuration.RoutingProfile = &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id), Name: name, InboundQueues: []rollcall.Queue{q}}
			e.Snapshot.Configuration.Hierarchy = &rollcall.HierarchyPath{{ID: rollcall.HierarchyGroupID(id), Name: name}}
		}))
	}
	h := newAsker(t, connect.Options{Floors: newFloors(7, events...)}).service
	rapid.Check(t, func(rt *rapid.T) {
		criteria := drawNode(rt, 3)
		body, err := json.Marshal(map[string]any{"InstanceId": "support", "SearchCriteria": criteria})
		if err != nil {
			rt.Fatal(err)
		}
		want := []string{}
		for i, name := range names {
			if id := fmt.Sprint("r", i); holds(criteria, map[string]string{"name": name, "resourceID": id}) {
				want = append(want, id)
			}
		}
		for path, member := range map[string][2]string{
			"/search-queues": {"Queues", "QueueId"}, "/search-routing-profiles": {"RoutingProfiles", "RoutingProfileId"},
			"/search-agent-statuses": {"AgentStatuses", "AgentStatusId"}, "/search-user-hierarchy-groups": {"UserHierarchyGroups", "Id"},
		} {
			r := call(h, "POST", path, string(body))
			var page map[string]any
			if err := json.Unmarshal(r.body, &page); err != nil || r.status != http.StatusOK {
				rt.Fatalf("%s %s: %s", path, body, r.said())
			}
			got := []string{}
			for _, v := range page[member[0]].([]any) { //nolint:forcetypeassert // as the API has it
				got = append(got, v.(map[string]any)[member[1]].(string)) //nolint:forcetypeassert // as the API has it
			}
			if !slices.Equal(got, want) || page["ApproximateTotalCount"] != float64(len(want)) {
				rt.Fatalf("%s %s: found %v, want %v", path, body, got, want)
			}
		}
	})
}

func drawNode(t *rapid.T, depth int) map[string]any {
	c := map[string]any{}
	for _, name := range []string{"OrConditions", "AndConditions"} {
		if depth > 0 && rapid.IntRange(0, 2).Draw(t, name) == 0 {
			list := []any{}
			for range rapid.IntRange(0, 2).Draw(t, "n") {
				list = append(list, drawNode(t, depth-1))
			}
			c[name] = list
		}
	}
	if rapid.Bool().Draw(t, "string") {
		c["StringCondition"] = map[string]any{
			"FieldName":      rapid.SampledFrom([]string{"name", "resourceID"}).Draw(t, "field"),
			"Value":          rapid.SampledFrom([]string{"s", "SALES", "r1", "R", "aim"}).Draw(t, "value"),
			"ComparisonType": rapid.SampledFrom([]string{"STARTS_WITH", "CONTAINS", "EXACT"}).Draw(t, "type"),
		}
	}
	return c
}

func holds(c map[string]any, of map[string]string) bool {
	is := true
	if or, ok := c["OrConditions"].([]any); ok {
		is = is && slices.ContainsFunc(or, func(n any) bool { return holds(n.(map[string]any), of) }) //nolint:forcetypeassert // drawn so
	}
	if and, ok := c["AndConditions"].([]any); ok {
		is = is && !slices.ContainsFunc(and, func(n any) bool { return !holds(n.(map[string]any), of) }) //nolint:forcetypeassert // drawn so
	}
	if s, ok := c["StringCondition"].(map[string]any); ok {
		has, value := strings.ToLower(of[s["FieldName"].(string)]), strings.ToLower(s["Value"].(string)) //nolint:forcetypeassert // drawn so
		is = is && map[any]bool{"STARTS_WITH": strings.HasPrefix(has, value), "CONTAINS": strings.Contains(has, value), "EXACT": has == value}[s["ComparisonType"]]
	}
	return is
}
