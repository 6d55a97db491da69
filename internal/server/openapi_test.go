package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall/internal/ownclient"
	"rollcall/internal/server"
	"rollcall/internal/simulate"
)

// described is a server whose every answer is held against the OpenAPI
// document that it serves.
type described struct {
	t        *testing.T
	client   *ownclient.Client
	document map[string]any
	compiler *jsonschema.Compiler
	seen     map[string]bool // :: "METHOD path status" that was asked for
}

const documentURL = "https://rollcall.invalid/openapi.json"

func newDescribed(t *testing.T, changes ...func(*server.Config)) *described {
	t.Helper()
	c := server.NewConfig()
	c.Ephemeral, c.Listen, c.AdminListen = true, "127.0.0.1:0", ""
	c.AccessKeyID, c.SecretAccessKey = "AKIDDESCRIBED", "secret-of-the-described"
	for _, change := range changes {
		change(&c)
	}
	s, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	key := credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, "")
	d := &described{t: t, client: ownclient.New(s.URL(), "us-east-1", key), compiler: jsonschema.NewCompiler(), seen: map[string]bool{}}
	resp, err := d.client.Do(t.Context(), http.MethodGet, "/v1/openapi.json", nil, nil)
	if err != nil || resp.Status != http.StatusOK {
		t.Fatalf("openapi.json: %v %v", resp, err)
	}
	if err := json.Unmarshal(resp.Body, &d.document); err != nil {
		t.Fatal(err)
	}
	if err := d.compiler.AddResource(documentURL, d.document); err != nil {
		t.Fatal(err)
	}
	return d
}

// ask sends a request and holds the answer against the document: the status
// must be described, and the body must be of the schema. It gives the body.
func (d *described) ask(method, route, path string, query url.Values, body string, status int) map[string]any {
	d.t.Helper()
	resp, err := d.client.Do(d.t.Context(), method, path, query, []byte(body))
	if err != nil {
		d.t.Fatal(err)
	}
	name := fmt.Sprintf("%s %s %d", method, route, resp.Status)
	if resp.Status != status {
		d.t.Fatalf("%s, want %d: %s", name, status, resp.Body)
	}
	d.seen[name] = true
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(resp.Body))
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	if err := d.schema(method, route, status).Validate(answer); err != nil {
		d.t.Errorf("%s: the answer is not as described: %v\n%s", name, err, resp.Body)
	}
	object, _ := answer.(map[string]any)
	return object
}

func (d *described) schema(method, route string, status int) *jsonschema.Schema {
	d.t.Helper()
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d", strings.ReplaceAll(route, "/", "~1"), strings.ToLower(method), status)
	response := d.at(pointer)
	if ref, ok := response["$ref"].(string); ok {
		pointer = strings.TrimPrefix(ref, "#")
	}
	schema, err := d.compiler.Compile(documentURL + "#" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer) + "/content/application~1json/schema")
	if err != nil {
		d.t.Fatalf("%s %s %d: %v", method, route, status, err)
	}
	return schema
}

func (d *described) at(pointer string) map[string]any {
	d.t.Helper()
	value := d.document
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next, ok := value[strings.ReplaceAll(part, "~1", "/")].(map[string]any)
		if !ok {
			d.t.Fatalf("the document has no %s", pointer)
		}
		value = next
	}
	return value
}

// What is taken is as described, what is documented is taken, and what isn't as
// described is refused.
func TestOpenAPI_AgentEventsAreAsDescribed(t *testing.T) {
	d := newDescribed(t)
	schema, err := d.compiler.Compile(documentURL + "#/components/schemas/AgentEvent")
	if err != nil {
		t.Fatal(err)
	}
	described := func(document []byte) error {
		t.Helper()
		event, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(event)
	}
	page, err := os.ReadFile("../../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	sample, _, _ := strings.Cut(rest, "```")
	documents := [][]byte{[]byte(sample)}
	centre := simulate.New(simulate.Config{Agents: 50, Seed: 3})
	for range 500 {
		e, _ := centre.Next()
		documents = append(documents, e.AppendJSON(nil))
	}
	for _, document := range documents {
		if err := described(document); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
	}
	const path = "/v1/events"
	d.ask(http.MethodPost, path, path, nil, sample, 200)
	_, rest, _ = strings.Cut(rest, "```json\n")
	sampleOfContact, _, _ := strings.Cut(rest, "```")
	ofContact, err := d.compiler.Compile(documentURL + "#/components/schemas/ContactEvent")
	if err != nil {
		t.Fatal(err)
	}
	if event, err := jsonschema.UnmarshalJSON(strings.NewReader(sampleOfContact)); err != nil || ofContact.Validate(event) != nil {
		t.Errorf("%v %v", err, ofContact.Validate(event))
	}
	d.ask(http.MethodPost, "/v1/eventbridge", "/v1/eventbridge", url.Values{"wait": {"visible"}}, sampleOfContact, 200)
	d.ask(http.MethodPost, "/v1/eventbridge", "/v1/eventbridge", nil, "{}", 400)
	ofNoAgents := strings.ReplaceAll(sampleOfContact, "4e09d0d4-2702-4dbd-80f8-71f010ce4efb", "of-no-agents")
	d.ask(http.MethodPost, "/v1/eventbridge", "/v1/eventbridge", url.Values{"wait": {"visible"}}, ofNoAgents, 200)
	d.ask(http.MethodGet, "/v1/instances", "/v1/instances", nil, "", 200)
	const place = "/v1/instances/4e09d0d4-2702-4dbd-80f8-71f010ce4efb"
	d.ask(http.MethodGet, "/v1/instances/{instanceId}/contacts", place+"/contacts", url.Values{"state": {"waiting"}}, "", 200)
	d.ask(http.MethodGet, "/v1/instances/{instanceId}/contacts", place+"/contacts", nil, "", 400)
	d.ask(http.MethodGet, "/v1/instances/{instanceId}/summary", place+"/summary", url.Values{"by": {"queue"}}, "", 200)
	d.ask(http.MethodPost, path, path, nil, strings.Replace(sample, `"EventId"`, `"Unknown": [{"Deep": 1}], "EventId"`, 1), 200)

	contact := `{"ContactId": "c", "State": "CONNECTED"}`
	for name, broken := range map[string]string{
		"no agent":     strings.Replace(sample, `"AgentARN"`, `"Agent"`, 1),
		"no type":      strings.Replace(sample, `"EventType"`, `"Type"`, 1),
		"type":         strings.Replace(sample, `"STATE_CHANGE"`, `"`+strings.Repeat("W", 65)+`"`, 1),
		"state":        strings.Replace(sample, `"CONNECTED"`, `"`+strings.Repeat("W", 65)+`"`, 1),
		"status type":  strings.Replace(sample, `"ROUTABLE"`, `"`+strings.Repeat("W", 65)+`"`, 1),
		"no contact":   strings.Replace(sample, `"ContactId"`, `"Id"`, 1),
		"name":         strings.Replace(sample, `"Ann"`, `["Ann"]`, 1),
		"long name":    strings.Replace(sample, `"Ann"`, `"`+strings.Repeat("n", 1025)+`"`, 1),
		"slots":        strings.Replace(sample, `"MaximumSlots": 1`, `"MaximumSlots": -1`, 1),
		"101 contacts": strings.Replace(sample, `"Contacts": [`, `"Contacts": [`+strings.Repeat(contact+",", 100), 1),
	} {
		if broken == sample {
			t.Fatalf("%s: the sample has not what is broken", name)
		}
		if described([]byte(broken)) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
		d.ask(http.MethodPost, path, path, nil, broken, 400)
	}
}

func TestOpenAPI_EveryAnswerIsAsDescribed(t *testing.T) {
	d := newDescribed(t)
	centre := simulate.New(simulate.Config{Agents: 300, Seed: 3})
	var events bytes.Buffer
	for range 6000 {
		e, _ := centre.Next()
		events.Write(append(e.AppendJSON(nil), '\n'))
		if events.Len() > 7<<20 {
			break
		}
	}
	// The simulation runs ahead of the clock: what lies too far ahead is refused.
	const eventsPath, agentsPath = "/v1/events", "/v1/instances/{instanceId}/agents"
	d.ask(http.MethodPost, eventsPath, eventsPath, url.Values{"on-invalid": {"skip"}, "wait": {"visible"}}, events.String(), 200)
	d.ask(http.MethodPost, eventsPath, eventsPath, nil, `{"EventType":"LOGIN"} {"EventType":7}`, 400)
	d.ask(http.MethodPost, eventsPath, eventsPath, url.Values{"wait": {"forever"}}, `{}`, 400)
	d.ask(http.MethodPost, eventsPath, eventsPath, nil, strings.Repeat(" ", 9<<20), 413)

	instances := d.ask(http.MethodGet, "/v1/instances", "/v1/instances", nil, "", 200)["instances"].([]any)
	if len(instances) != 1 {
		t.Fatalf("%d instances, want 1", len(instances))
	}
	id := instances[0].(map[string]any)["id"].(string)
	path := "/v1/instances/" + id + "/agents"
	query := url.Values{"include-offline": {"true"}, "limit": {"50"}}
	agents := 0
	for {
		page := d.ask(http.MethodGet, agentsPath, path, query, "", 200)
		agents += len(page["agents"].([]any))
		next, more := page["nextCursor"].(string)
		if !more {
			if total := fmt.Sprint(page["total"]); total != strconv.Itoa(agents) {
				t.Errorf("walked over %d agents of %s", agents, total)
			}
			break
		}
		query.Set("cursor", next)
	}
	if agents < 200 {
		t.Errorf("only %d agents were held against the document", agents)
	}
	d.ask(http.MethodGet, agentsPath, path, url.Values{"contact-state": {"BUSY"}, "limit": {"0"}, "colour": {"red"}}, "", 400)
	d.ask(http.MethodGet, agentsPath, "/v1/instances/nowhere/agents", nil, "", 404)

	d.client.Credentials = credentials.NewStaticCredentialsProvider("AKIDUNKNOWN", "x", "")
	d.ask(http.MethodGet, "/v1/instances", "/v1/instances", nil, "", 401)
	d.ask(http.MethodGet, agentsPath, path, nil, "", 401)
	d.ask(http.MethodPost, eventsPath, eventsPath, nil, `{}`, 401)
}

func TestAgents_FiltersCombine(t *testing.T) {
	d := newDescribed(t)
	event := func(agent, profile, queue, status, contact string) string {
		const base = "arn:aws:connect:us-east-1:1:instance/i"
		contacts := ""
		if contact != "" {
			contacts = fmt.Sprintf(`{"ContactId":"c-%s","Channel":"VOICE","State":%q,"StateStartTimestamp":"2026-01-01T00:00:00Z"}`, agent, contact)
		}
		return fmt.Sprintf(`{"AgentARN":"%s/agent/%s","EventType":"STATE_CHANGE","EventTimestamp":"2026-01-01T00:00:00Z","CurrentAgentSnapshot":{
			"AgentStatus":{"ARN":"%s/agent-state/%s","Name":%q},"Contacts":[%s],"Configuration":{"Username":%q,
			"RoutingProfile":{"ARN":"%s/routing-profile/%s","InboundQueues":[{"ARN":"%s/queue/%s"}]}}}}`,
			base, agent, base, status, status, contacts, agent, base, profile, base, queue)
	}
	events := event("ann", "p1", "q1", "Available", "CONNECTED") + event("bob", "p1", "q2", "Available", "") +
		event("cay", "p2", "q1", "Lunch", "ENDED") + event("dan", "p2", "q2", "Offline", "")
	d.ask(http.MethodPost, "/v1/events", "/v1/events", url.Values{"wait": {"visible"}}, events, 200)
	for _, c := range []struct{ query, want string }{
		{"", "ann bob cay"},
		{"include-offline=true", "ann bob cay dan"},
		{"queue=q1", "ann cay"},
		{"queue=q1&queue=q2", "ann bob cay"},
		{"queue=q1&queue=q2&routing-profile=p1", "ann bob"},
		{"contact-state=ENDED", "cay"},
		{"contact-state=ENDED&queue=q2", ""},
		{"agent=bob&agent=dan", "bob"},
		{"agent=arn:aws:connect:us-east-1:1:instance/i/agent/cay", "cay"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		answer := d.ask(http.MethodGet, "/v1/instances/{instanceId}/agents", "/v1/instances/i/agents", query, "", 200)
		var names []string
		for _, a := range answer["agents"].([]any) {
			names = append(names, a.(map[string]any)["name"].(string))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("?%s gives %q, want %q", c.query, got, c.want)
		}
	}
}
