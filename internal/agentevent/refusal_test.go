package agentevent_test

import (
	"strings"
	"testing"

	"rollcall/internal/agentevent"
)

// TestDecode_NamesTheFault holds for every kind of fault that the member, the
// place and the reason are right.
func TestDecode_NamesTheFault(t *testing.T) {
	other := strings.Replace(instance, "eu-central-1", "eu-west-1", 1)
	for _, tt := range []struct {
		body   string
		at     string // the text at the refusal's offset
		member string
		reason string // is contained
	}{
		{`42`, `42`, "", "found the number 42, expected an object"},
		{`null`, `null`, "", "found null, expected an object"},
		{`"text"`, `"text"`, "", `found the string "text", expected an object`},
		{`{}`, `{}`, "AgentARN", "found nothing, expected the ARN of an agent"},
		{strings.Replace(least(1), `"AgentARN"`, `"agentARN"`, 1), `{"agent`, "AgentARN", "found nothing"},
		{strings.Replace(least(1), `"HEART_BEAT"`, `null`, 1), `{"Agent`, "EventType", "found nothing, expected LOGIN, LOGOUT"},
		{strings.Replace(least(1), "HEART_BEAT", "HEART/BEAT", 1), `"HEART/BEAT"`, "EventType", `found "HEART/BEAT", expected 1 to 64 bytes`},
		{strings.Replace(least(1), `"2026-03-02T09:00:00Z"`, `1772442000`, 1), `1772442000`, "EventTimestamp", "found the number 1772442000, expected a string"},
		{strings.Replace(least(1), `00Z"`, `00"`, 1), `"2026-03-02T09:00:00"`, "EventTimestamp", "expected a timestamp with a zone"},
		{strings.Replace(least(1), "2026", "1969", 1), `"1969-`, "EventTimestamp", "from 1970 to 9999"},
		{strings.Replace(least(1), "/agent/", "/queue/", 1), `"arn:`, "AgentARN", "expected the ARN of an agent"},
		{strings.Replace(least(1), ":connect:", ":s3:", 1), `"arn:`, "AgentARN", "expected the ARN of an agent"},
		{with(`"InstanceARN":"` + other + `"`), `{"Agent`, "AgentARN", "expected one of InstanceARN, arn:aws:connect:eu-west-1:"},
		{with(`"InstanceARN":"` + agent + `"`), `"arn:`, "InstanceARN", "expected the ARN of an instance"},
		{with(`"EventId":"a/b"`), `"a/b"`, "EventId", "expected 1 to 256 printable characters"},
		{with(`"EventId":7`), `7`, "EventId", "found the number 7, expected a string"},
		{with(`"CurrentAgentSnapshot":[]`), `[]`, "CurrentAgentSnapshot", "found an array, expected an object"},
		{with(`"CurrentAgentSnapshot":{"AgentStatus":{"Type":"B/Y"}}`), `"B/Y"`, "CurrentAgentSnapshot.AgentStatus.Type", "expected 1 to 64 bytes"},
		{with(`"CurrentAgentSnapshot":{"AgentStatus":{"ARN":"` + instance + `/agent-state/"}}`), `"arn:`, "CurrentAgentSnapshot.AgentStatus.ARN", "expected an ARN that ends in"},
		{with(`"CurrentAgentSnapshot":{"Contacts":{}}`), `{}`, "CurrentAgentSnapshot.Contacts", "found an object, expected an array"},
		{with(`"CurrentAgentSnapshot":{"Contacts":[true]}`), `true`, "CurrentAgentSnapshot.Contacts[0]", "found true, expected an object"},
		{withContact(`"ContactId":"c","State":"RING\u0007"`), `"RING`, "CurrentAgentSnapshot.Contacts[0].State", `found "RING\a", expected 1 to 64 bytes`},
		{withContact(`"ContactId":"c"`), `{"ContactId"`, "CurrentAgentSnapshot.Contacts[0].State", "found nothing, expected INCOMING"},
		{withContact(`"State":"ENDED"`), `{"State"`, "CurrentAgentSnapshot.Contacts[0].ContactId", "found nothing"},
		{withContact(`"ContactId":"c","State":"ENDED","Channel":"a/b"`), `"a/b"`, "CurrentAgentSnapshot.Contacts[0].Channel", "expected 1 to 64"},
		{withContact(`"ContactId":"c","State":"ENDED","Queue":{"ARN":5}`), `5`, "CurrentAgentSnapshot.Contacts[0].Queue.ARN", "expected a string"},
		{
			with(`"CurrentAgentSnapshot":{"Configuration":{"RoutingProfile":{"Concurrency":[{},{"MaximumSlots":1.5}]}}}`), `1.5`,
			"CurrentAgentSnapshot.Configuration.RoutingProfile.Concurrency[1].MaximumSlots", "found 1.5, expected a whole number",
		},
		{
			with(`"CurrentAgentSnapshot":{"Configuration":{"RoutingProfile":{"Concurrency":[{"AvailableSlots":-1}]}}}`), `-1`,
			"CurrentAgentSnapshot.Configuration.RoutingProfile.Concurrency[0].AvailableSlots", "found -1, expected a whole number",
		},
		{
			with(`"CurrentAgentSnapshot":{"Configuration":{"Proficiencies":[{"Level":1e999}]}}`), `1e999`,
			"CurrentAgentSnapshot.Configuration.Proficiencies[0].Level", "64 bit float",
		},
		{
			with(`"CurrentAgentSnapshot":{"Configuration":{"AgentHierarchyGroups":{"Level2":{"Name":[]}}}}`), `[]`,
			"CurrentAgentSnapshot.Configuration.AgentHierarchyGroups.Level2.Name", "found an array, expected a string",
		},
		// The first fault of several is the one that is named.
		{with(`"EventId":1,"CurrentAgentSnapshot":2`), `1`, "EventId", "found the number 1"},
		// A value that repeats is not taken the second time either.
		{withContact(`"ContactId":"c","State":"ENDED","Queue":{"ARN":5}`), `5`, "CurrentAgentSnapshot.Contacts[0].Queue.ARN", "expected a string"},

		// JSON that isn't.
		{with(`"X":"` + "\xff" + `"`), "\xff", "X", "invalid UTF-8"},
		{with(`"X":"\ud800"`), `\ud800`, "X", "invalid surrogate pair"},
		{with(`"X":{"a":1,"a":2}`), `"a":2`, "X.a", "stands before in the same object"},
		{with(`"EventType":"LOGIN"`), `"EventType":"LOGIN"`, "EventType", "stands before in the same object"},
		{with(`"X":01`), `1}`, "", "not JSON"},
		{with(`"PreviousAgentSnapshot":{"a":tru}`), `}`, "PreviousAgentSnapshot.a", "not JSON"},
		{with(`5:1`), `5:1`, "", "member name that is no string"},
		{`{"AgentARN":"x"`, ``, "", "the body ends before the document does"},
		{`{"AgentARN":`, ``, "AgentARN", "the body ends before the document does"},
	} {
		for form, wrap := range map[string][2]string{"": {"", ""}, "second of an array: ": {"[" + least(9) + ", ", "]"}} {
			body := wrap[0] + tt.body + wrap[1]
			name := form + tt.body[max(0, len(tt.body)-60):]
			if wrap[1] != "" && tt.at == "" {
				continue // the array's end would be what is found
			}
			batch := decode(t, body)
			if len(batch.Refused) != 1 {
				t.Errorf("%s: refused %v, want one", name, batch.Refused)
				continue
			}
			r := batch.Refused[0]
			if want := len(batch.Documents) + 1; r.Number != want {
				t.Errorf("%s: number %d, want %d", name, r.Number, want)
			}
			if r.Member != tt.member || !strings.Contains(r.Reason, tt.reason) {
				t.Errorf("%s: refusal %q, want member %q and reason %q", name, r, tt.member, tt.reason)
			}
			if !strings.HasPrefix(body[r.Offset:], tt.at) || tt.at == "" && int(r.Offset) != len(body) {
				t.Errorf("%s: offset %d is at %.20q, want at %q", name, r.Offset, body[r.Offset:], tt.at)
			}
		}
	}
}

func TestDecode_Limits(t *testing.T) {
	limits := agentevent.Limits{Documents: 10, DocumentBytes: 600, Depth: 5, TextBytes: 100, Lists: agentevent.Lists{Contacts: 2, Queues: 2, Proficiencies: 2, Channels: 2}}
	contact := `{"ContactId":"c","State":"ENDED"}`
	for _, tt := range []struct{ name, body, member, reason string }{
		{"size reached", with(`"X":"` + strings.Repeat("x", 600-len(with(`"X":""`))) + `"`), "", ""},
		{"size exceeded", with(`"X":"` + strings.Repeat("x", 601-len(with(`"X":""`))) + `"`), "", "found a document of 601 bytes, expected at most 600"},
		{"depth reached", with(`"X":[[[{}]]]`), "", ""},
		{"depth exceeded", with(`"X":[[[{"a":[]}]]]`), "", "found objects and arrays 6 deep, expected at most 5"},
		{"depth exceeded behind the previous snapshot", with(`"PreviousAgentSnapshot":{},"X":[[[[[]]]]]`), "", "6 deep"},
		{"depth far exceeded", with(`"X":` + strings.Repeat("[", 150) + strings.Repeat("]", 150)), "", "151 deep"},
		{"list full", with(`"CurrentAgentSnapshot":{"Contacts":[` + contact + `,` + contact + `]}`), "", ""},
		{"list too long", with(`"CurrentAgentSnapshot":{"Contacts":[` + contact + `,` + contact + `,` + contact + `]}`), "CurrentAgentSnapshot.Contacts[2]", "found more than 2 contacts, the limit of a document"},
		{"queues too many", with(`"CurrentAgentSnapshot":{"Configuration":{"RoutingProfile":{"InboundQueues":[{},{},{}]}}}`), "CurrentAgentSnapshot.Configuration.RoutingProfile.InboundQueues[2]", "found more than 2 queues"},
		{"proficiencies too many", with(`"CurrentAgentSnapshot":{"Configuration":{"Proficiencies":[{},{},{}]}}`), "CurrentAgentSnapshot.Configuration.Proficiencies[2]", "found more than 2 proficiencies"},
		{"name too long", with(`"CurrentAgentSnapshot":{"AgentStatus":{"Name":"` + strings.Repeat("x", 101) + `"}}`), "CurrentAgentSnapshot.AgentStatus.Name", "found 101 bytes, expected at most 100"},
		{"remembered list too long", with(`"CurrentAgentSnapshot":{"Configuration":{"RoutingProfile":{"Concurrency":[{},{},{}]}}}`), "CurrentAgentSnapshot.Configuration.RoutingProfile.Concurrency[2]", "found more than 2 channels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			batch, err := agentevent.Decode([]byte(tt.body), limits)
			if err != nil {
				t.Fatal(err)
			}
			if tt.reason == "" {
				if len(batch.Refused) != 0 {
					t.Errorf("refused %v, want nothing refused", batch.Refused)
				}
				return
			}
			if len(batch.Refused) != 1 || batch.Refused[0].Member != tt.member || !strings.Contains(batch.Refused[0].Reason, tt.reason) {
				t.Errorf("refused %v, want %s: %s", batch.Refused, tt.member, tt.reason)
			}
		})
	}
	_, err := agentevent.Decode([]byte(strings.Repeat("[", 5_000_000)), agentevent.DefaultLimits)
	if err != nil {
		t.Errorf("five million brackets: %v, want a refusal", err)
	}
}

func TestDecode_ReasonsStayShort(t *testing.T) {
	long := strings.Repeat("é", 50_000)
	for _, body := range []string{
		`"` + long + `"`,
		with(`"EventId":"` + long + `"`),
		with(`"EventId":` + strings.Repeat("1", 50_000)),
		with(`"X":{"` + long + `":{"` + long + `":{"` + long + `":{"` + long + `":{"` + long + `":tru}}}}}`),
		with(`"` + long + `":1,"` + long + `":1`),
	} {
		r := decode(t, body).Refused[0]
		if n := len(r.Member) + len(r.Reason); n > 1200 {
			t.Errorf("a refusal of %d bytes: %.200s…", n, r)
		}
	}
}
