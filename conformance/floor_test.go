package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The small floor that all clients ask about: four agents of one instance.
//
//	ann   routing profile voice (queue sales),          group team-a under site-1, on a call that she put on hold
//	bob   routing profile omni  (queues sales, support), group team-b under site-1, two chats and a next status
//	cay   routing profile omni,                          no group, after contact work
//	dan   routing profile voice,                         group team-a, offline
const (
	account    = "210987654321"
	instanceID = "7d1f5c0e-2c52-4d0b-9a57-3a4bb0a1c001"
	base       = "arn:aws:connect:eu-west-2:" + account + ":instance/" + instanceID
)

type object = map[string]any

func ref(kind, id, name string) object {
	return object{"ARN": base + "/" + kind + "/" + id, "Name": name}
}

func at(seconds float64) string {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return start.Add(time.Duration(seconds * float64(time.Second))).Format("2006-01-02T15:04:05.000Z")
}

var profiles = map[string]object{
	"voice": {
		"ARN": base + "/routing-profile/voice", "Name": "Voice only",
		"Concurrency":          []object{{"Channel": "VOICE", "AvailableSlots": 0, "MaximumSlots": 1}},
		"DefaultOutboundQueue": ref("queue", "outbound", "Outbound"),
		"InboundQueues":        []object{ref("queue", "sales", "Sales")},
	},
	"omni": {
		"ARN": base + "/routing-profile/omni", "Name": "All channels",
		"Concurrency": []object{
			{"Channel": "CHAT", "AvailableSlots": 1, "MaximumSlots": 3},
			{"Channel": "VOICE", "AvailableSlots": 1, "MaximumSlots": 1},
		},
		"DefaultOutboundQueue": ref("queue", "outbound", "Outbound"),
		"InboundQueues": []object{
			{"ARN": base + "/queue/agent/bob", "Name": nil, "Channels": []string{"VOICE", "CHAT"}},
			ref("queue", "sales", "Sales"), ref("queue", "support", "Support"),
		},
	},
}

func event(id, agent, kind string, when float64, snapshot object) object {
	return object{
		"AWSAccountId": account, "AgentARN": base + "/agent/" + agent, "InstanceARN": base,
		"EventId": id, "EventType": kind, "EventTimestamp": at(when), "Version": "2017-10-01",
		"CurrentAgentSnapshot": snapshot, "PreviousAgentSnapshot": nil,
	}
}

func snapshot(profile string, groups, status, next any, contacts ...object) object {
	return object{
		"AgentStatus": status, "NextAgentStatus": next, "Contacts": append([]object{}, contacts...),
		"Configuration": object{
			"Username": "someone", "FirstName": "Some", "LastName": "One",
			"RoutingProfile": profiles[profile], "AgentHierarchyGroups": groups,
		},
	}
}

func status(id, name, kind string, when float64) object {
	s := ref("agent-state", id, name)
	s["Type"], s["StartTimestamp"] = kind, at(when)
	return s
}

func contact(id, channel, state string, since, connected float64) object {
	c := object{
		"ContactId": id, "InitialContactId": nil, "Channel": channel, "InitiationMethod": "INBOUND",
		"State": state, "StateStartTimestamp": at(since), "ConnectedToAgentTimestamp": nil,
		"QueueTimestamp": at(0), "Queue": ref("queue", "sales", "Sales"),
	}
	if connected > 0 {
		c["ConnectedToAgentTimestamp"] = at(connected)
	}
	return c
}

func smallFloor() []object {
	site := ref("agent-group", "site-1", "Leeds")
	teamA := object{"Level1": site, "Level2": ref("agent-group", "team-a", "Team A")}
	teamB := object{"Level1": site, "Level2": ref("agent-group", "team-b", "Team B")}
	available := status("available", "Available", "ROUTABLE", 1)
	lunch := object{"Name": "Lunch", "ARN": base + "/agent-state/lunch", "EnqueuedTimestamp": at(70)}
	return []object{
		event("e1", "ann", "LOGIN", 1, snapshot("voice", teamA, available, nil)),
		event("e2", "bob", "LOGIN", 2, snapshot("omni", teamB, available, nil)),
		event("e3", "cay", "LOGIN", 3, snapshot("omni", nil, available, nil)),
		event("e4", "dan", "LOGIN", 4, snapshot("voice", teamA, available, nil)),
		event("e5", "ann", "STATE_CHANGE", 20.25, snapshot("voice", teamA, available, nil,
			contact("call-1", "VOICE", "CONNECTED", 20.25, 20.25))),
		event("e6", "bob", "STATE_CHANGE", 70, snapshot("omni", teamB, available, lunch,
			contact("chat-1", "CHAT", "CONNECTED", 40, 40), contact("chat-2", "CHAT", "CONNECTING", 60, 0))),
		event("e7", "cay", "STATE_CHANGE", 80, snapshot("omni", nil, available, nil,
			contact("call-2", "VOICE", "ENDED", 79.5, 30))),
		event("e8", "dan", "LOGOUT", 90, snapshot("voice", teamA, status("offline", "Offline", "OFFLINE", 90), nil)),
		event("e9", "ann", "STATE_CHANGE", 95.125, snapshot("voice", teamA, available, nil,
			contact("call-1", "VOICE", "CONNECTED_ONHOLD", 95.125, 20.25))),
	}
}

// put posts documents and returns when questions see them.
func (p *process) put(t *testing.T, documents ...object) {
	t.Helper()
	var body bytes.Buffer
	for _, d := range documents {
		if err := json.NewEncoder(&body).Encode(d); err != nil {
			t.Fatal(err)
		}
	}
	status, answer, err := p.post(t.Context(), "/v1/events?wait=visible", body.Bytes())
	if err != nil || status != http.StatusOK {
		t.Fatalf("put events: %d %s %v", status, answer, err)
	}
}

// post sends one signed request.
func (p *process) post(ctx context.Context, path string, body []byte) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	sum := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: p.accessKeyID, SecretAccessKey: p.secretAccessKey}
	if err := v4.NewSigner().SignHTTP(ctx, key, req, hex.EncodeToString(sum[:]), "connect", region, time.Now()); err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

// epoch is an instant of the small floor as the operation writes it.
func epoch(seconds float64) string {
	s := fmt.Sprintf("%.3f", 1772442000+seconds)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// The rows that the small floor must give, as the operation's JSON.
var rows = map[string]string{
	"ann": row("ann", "voice", `"site-1","team-a"`, 1,
		`{"VOICE":0}`, `{"VOICE":1}`, `{"VOICE":1}`, "",
		contactRow("call-1", "VOICE", "CONNECTED_ONHOLD", epoch(20.25), epoch(20.25))),
	"bob": row("bob", "omni", `"site-1","team-b"`, 1,
		`{"CHAT":1,"VOICE":1}`, `{"CHAT":3,"VOICE":1}`, `{"CHAT":1,"VOICE":0}`, "Lunch",
		contactRow("chat-1", "CHAT", "CONNECTED", epoch(40), epoch(40)),
		contactRow("chat-2", "CHAT", "CONNECTING", epoch(60), "")),
	"cay": row("cay", "omni", ``, 1,
		`{"CHAT":1,"VOICE":1}`, `{"CHAT":3,"VOICE":1}`, `{"CHAT":0,"VOICE":1}`, "",
		contactRow("call-2", "VOICE", "ENDED", epoch(79.5), epoch(30))),
}

func reference(kind, id string) string {
	return fmt.Sprintf(`{"Id":%q,"Arn":%q}`, id, base+"/"+kind+"/"+id)
}

func row(agent, profile, groups string, since float64, available, maximum, active, next string, contacts ...string) string {
	levels := []string{}
	for i, g := range strings.Split(groups, ",") {
		if g != "" {
			levels = append(levels, fmt.Sprintf(`%q:%s`, []string{"LevelOne", "LevelTwo"}[i], reference("agent-group", strings.Trim(g, `"`))))
		}
	}
	r := `{"User":` + reference("agent", agent) + `,"RoutingProfile":` + reference("routing-profile", profile)
	if len(levels) > 0 {
		r += `,"HierarchyPath":{` + strings.Join(levels, ",") + `}`
	}
	r += `,"Status":{"StatusStartTimestamp":` + epoch(since) + `,"StatusArn":"` + base + `/agent-state/available","StatusName":"Available"}` +
		`,"AvailableSlotsByChannel":` + available + `,"MaxSlotsByChannel":` + maximum + `,"ActiveSlotsByChannel":` + active +
		`,"Contacts":[` + strings.Join(contacts, ",") + `]`
	if next != "" {
		r += `,"NextStatus":"` + next + `"`
	}
	return r + `}`
}

func contactRow(id, channel, state, since, connected string) string {
	c := fmt.Sprintf(`{"ContactId":%q,"Channel":%q,"InitiationMethod":"INBOUND","AgentContactState":%q,"StateStartTimestamp":%s`, id, channel, state, since)
	if connected != "" {
		c += `,"ConnectedToAgentTimestamp":` + connected
	}
	return c + `,"Queue":` + reference("queue", "sales") + `}`
}

// questions are the five filters, and who must come back for each.
var questions = []struct {
	name     string
	instance string
	filters  string // the operation's JSON
	agents   []string
}{
	{"Queues", instanceID, `{"Queues":["support"]}`, []string{"bob", "cay"}},
	{"Queues by ARN", instanceID, `{"Queues":["` + base + `/queue/sales"]}`, []string{"ann", "bob", "cay"}},
	{"RoutingProfiles", instanceID, `{"RoutingProfiles":["voice"]}`, []string{"ann"}},
	{"Agents", instanceID, `{"Agents":["cay","dan","nobody"]}`, []string{"cay"}},
	{"UserHierarchyGroups", instanceID, `{"UserHierarchyGroups":["site-1"]}`, []string{"ann", "bob"}},
	{"Agents, of an instance named by its ARN", base, `{"Agents":["ann"]}`, []string{"ann"}},
	{"ContactFilter", instanceID, `{"Queues":["sales"],"ContactFilter":{"ContactStates":["CONNECTED_ONHOLD","ENDED"]}}`, []string{"ann", "cay"}},
}

// expected is the whole answer to a question.
func expected(agents []string) string {
	list := []string{}
	for _, a := range agents {
		list = append(list, rows[a])
	}
	return fmt.Sprintf(`{"UserDataList":[%s],"ApproximateTotalCount":%d}`, strings.Join(list, ","), len(agents))
}
