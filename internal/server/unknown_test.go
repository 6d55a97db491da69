package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// ofWords is an event of an agent: of a type, with a status of a type, and with
// a contact in a state, connected at an instant or never.
func ofWords(agent, eventType, statusType, state, connectedAt string) string {
	return fmt.Sprintf(`{"AgentARN":"%[1]s/agent/%[2]s","EventType":%[3]q,"EventTimestamp":"2026-03-02T09:00:00Z","CurrentAgentSnapshot":{`+
		`"AgentStatus":{"ARN":"%[1]s/agent-state/break","Name":"Break","Type":%[4]q,"StartTimestamp":"2026-03-02T09:00:00Z"},`+
		`"Configuration":{"Username":%[2]q,"RoutingProfile":{"ARN":"%[1]s/routing-profile/p","Concurrency":[{"Channel":"VOICE","AvailableSlots":0,"MaximumSlots":1}]}},`+
		`"Contacts":[{"ContactId":"c-%[2]s","Channel":"VOICE","InitiationMethod":"INBOUND","State":%[5]q,"StateStartTimestamp":"2026-03-02T09:00:00Z",`+
		`"ConnectedToAgentTimestamp":%[6]s}]}}`, support, agent, eventType, statusType, state, connectedAt)
}

// Ann was connected to her contact, Bob was not.
var (
	annOfWords = ofWords("ann", "PROFILE_CHANGE", "BUSY", "CO_BROWSING", `"2026-03-02T08:59:00Z"`)
	bobOfWords = ofWords("bob", "STATE_CHANGE", "BUSY", "RINGING", "null")
)

// Words that Amazon's lists will have one day are taken and counted, and the
// operations show the nearest that they have; a restart changes nothing.
func TestUnknownWords_AreShownByOperationsAsTheNearest(t *testing.T) {
	c := onDisk(t)
	s := run(t, c)
	s.put(annOfWords, bobOfWords)
	s.awaitMetrics(
		`rollcall_ingest_unknown_values_total{member="EventType"} 1`,
		`rollcall_ingest_unknown_values_total{member="AgentStatus.Type"} 2`,
		`rollcall_ingest_unknown_values_total{member="Contacts.State"} 2`,
		`rollcall_ingest_refused_documents_total 0`,
	)
	check := func() {
		t.Helper()
		asked := s.post(questions, `{"Filters":{"Agents":["ann","bob"]}}`)
		var got struct {
			UserDataList []struct {
				Contacts             []struct{ AgentContactState string }
				ActiveSlotsByChannel map[string]int
			}
		}
		if err := json.Unmarshal([]byte(asked.body), &got); err != nil || len(got.UserDataList) != 2 {
			t.Fatalf("%v: %s", err, asked)
		}
		for i, want := range []string{"CONNECTED", "CONNECTING"} {
			if is := got.UserDataList[i]; is.Contacts[0].AgentContactState != want || is.ActiveSlotsByChannel["VOICE"] != 1-i {
				t.Errorf("the operation shows %+v, want %s and %d active", is, want, 1-i)
			}
		}
		filtered := s.post(questions, `{"Filters":{"ContactFilter":{"ContactStates":["CONNECTING"]},"Agents":["ann","bob"]}}`)
		if filtered.status != http.StatusOK || strings.Contains(filtered.body, "agent/ann") || !strings.Contains(filtered.body, "agent/bob") {
			t.Errorf("who has a contact that is CONNECTING: %s", filtered)
		}
		statuses := s.send(http.MethodGet, "/agent-status/support", "", nil)
		if statuses.status != http.StatusOK || !strings.Contains(statuses.body, `"Type":"CUSTOM"`) {
			t.Errorf("the agent statuses: %s", statuses)
		}
	}
	check()
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	s = run(t, c)
	check()
}

// The lists of /v1 are open: words stand there as they came, and filters and
// numbers take them for the nearest.
func TestUnknownWords_StandInV1AsTheyCame(t *testing.T) {
	d := newDescribed(t)
	free := login("cay")
	free = strings.Replace(free, `"Name":"Available"`, `"Name":"Break","Type":"BUSY"`, 1)
	d.ask(http.MethodPost, "/v1/events", "/v1/events", url.Values{"wait": {"visible"}}, annOfWords+bobOfWords+free, 200)
	agents := func(query url.Values) string {
		t.Helper()
		var rows strings.Builder
		for _, row := range d.ask(http.MethodGet, "/v1/instances/{instanceId}/agents", "/v1/instances/support/agents", query, "", 200)["agents"].([]any) {
			a := row.(map[string]any)
			fmt.Fprint(&rows, a["name"], ": ", a["activity"], ", ", a["status"].(map[string]any)["type"])
			for _, contact := range a["contacts"].([]any) {
				fmt.Fprint(&rows, ", ", contact.(map[string]any)["state"])
			}
			rows.WriteString("; ")
		}
		return rows.String()
	}
	const ann, bob, cay = "ann: On contact, BUSY, CO_BROWSING; ", "bob: Incoming, BUSY, RINGING; ", "cay: Break, BUSY; "
	for _, c := range []struct{ name, value, want string }{
		{"agent", "ann", ann},
		{"agent", "bob", bob},
		{"contact-state", "CONNECTED", ann},
		{"contact-state", "CONNECTING", bob},
		{"contact-state", "ENDED", ""},
		{"status-type", "CUSTOM", ann + bob + cay},
		{"status-type", "ROUTABLE", ""},
		{"activity", "On contact", ann},
		{"activity", "Incoming", bob},
		{"activity", "Break", cay},
		{"activity", "Custom", cay},
	} {
		if got := agents(url.Values{c.name: {c.value}}); got != c.want {
			t.Errorf("%s=%s gives %q, want %q", c.name, c.value, got, c.want)
		}
	}
	summary := d.ask(http.MethodGet, "/v1/instances/{instanceId}/summary", "/v1/instances/support/summary", nil, "", 200)["total"].(map[string]any)
	if got := fmt.Sprint(summary["contacts"].(map[string]any)["byState"]); got != "map[CO_BROWSING:1 RINGING:1]" {
		t.Errorf("contacts by state: %s", got)
	}
	for number, want := range map[string]string{"online": "3", "onContact": "1", "nonProductive": "3", "staffed": "0"} {
		if got := fmt.Sprint(summary[number]); got != want {
			t.Errorf("%s is %s, want %s", number, got, want)
		}
	}
}
