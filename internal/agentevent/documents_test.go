package agentevent_test

import (
	"fmt"
	"strings"
)

const (
	instance = "arn:aws:connect:eu-central-1:222233334444:instance/7d2c3b1e-5f40-4a86-9a0e-30c1de5a7f11"
	agent    = instance + "/agent/0b54cf0e-6f0f-4d66-8f3a-0a6c4f2d9e01"
)

// callDocument is a whole document of the present form: a call on hold, a
// next status, proficiencies, a hierarchy path, an agent's own queue.
const callDocument = `{
  "AWSAccountId": "222233334444",
  "AgentARN": "` + agent + `",
  "CurrentAgentSnapshot": {
    "AgentStatus": {"ARN": "` + instance + `/agent-state/st-1", "Name": "Available",
      "StartTimestamp": "2026-03-02T07:59:30.030Z", "Type": "ROUTABLE"},
    "NextAgentStatus": {"ARN": "` + instance + `/agent-state/st-7", "Name": "Training",
      "EnqueuedTimestamp": "2026-03-02T09:14:01.5Z"},
    "Configuration": {
      "Username": "mira.sol", "FirstName": "Mira", "LastName": "Sol",
      "AgentHierarchyGroups": {
        "Level1": {"ARN": "` + instance + `/agent-group/g-eu", "Name": "Europe"},
        "Level2": {"ARN": "` + instance + `/agent-group/g-care", "Name": "Care"},
        "Level3": null, "Level4": null, "Level5": null},
      "Proficiencies": [
        {"Name": "Language", "Value": "Deutsch", "ProficiencyLevel": 4.0},
        {"Name": "Product", "Value": "Router", "Level": 2.5}],
      "RoutingProfile": {
        "ARN": "` + instance + `/routing-profile/rp-care", "Name": "Care",
        "Concurrency": [
          {"AvailableSlots": 0, "Channel": "VOICE", "MaximumSlots": 1},
          {"AvailableSlots": 2, "Channel": "CHAT", "MaximumSlots": 2},
          {"AvailableSlots": 3, "Channel": "TASKS", "MaximumSlots": 3}],
        "DefaultOutboundQueue": {"ARN": "` + instance + `/queue/q-out", "Channels": ["VOICE"], "Name": "Outbound"},
        "InboundQueues": [
          {"ARN": "` + agent2queue + `", "Channels": ["VOICE", "CHAT", "TASKS"], "Name": null},
          {"ARN": "` + instance + `/queue/q-care", "Channels": ["VOICE", "CHAT"], "Name": "Care"}]}
    },
    "Contacts": [{
      "ContactId": "c-100", "InitialContactId": "c-99", "Channel": "VOICE", "InitiationMethod": "INBOUND",
      "State": "CONNECTED_ONHOLD", "StateStartTimestamp": "2026-03-02T09:13:44.044Z",
      "ConnectedToAgentTimestamp": "2026-03-02T09:10:02Z", "QueueTimestamp": "2026-03-02T09:09:12.120Z",
      "Queue": {"ARN": "` + instance + `/queue/q-care", "Name": "Care"}}]
  },
  "EventId": "e-7001", "EventTimestamp": "2026-03-02T09:14:01.501Z", "EventType": "STATE_CHANGE",
  "InstanceARN": "` + instance + `",
  "PreviousAgentSnapshot": {"AgentStatus": {"Name": "Available"}, "Contacts": []},
  "Version": "2019-05-25",
  "Mood": {"Score": 1.50, "Text": "fine \"really\""}
}`

const agent2queue = instance + "/queue/agent/0b54cf0e-6f0f-4d66-8f3a-0a6c4f2d9e01"

// least is the smallest document that is taken.
func least(n int) string {
	return fmt.Sprintf(`{"AgentARN":"%s/agent/a-%d","EventTimestamp":"2026-03-02T09:00:00Z","EventType":"HEART_BEAT"}`, instance, n)
}

// with is the smallest document and these members.
func with(members string) string {
	return strings.TrimSuffix(least(1), "}") + "," + members + "}"
}

// withContact is a document whose only contact has these members.
func withContact(members string) string {
	return with(`"CurrentAgentSnapshot":{"Contacts":[{` + members + `}]}`)
}

// large is a document of about 4 KB, and as much again for the previous
// snapshot, as agents with ten queues cause.
func large(n int) string {
	var queues strings.Builder
	for q := range 10 {
		fmt.Fprintf(&queues, `{"ARN":"%s/queue/5e1f7a52-1111-4222-8333-0000000000%02d","Channels":["VOICE","CHAT"],"Name":"Queue %d"},`, instance, q, q)
	}
	fmt.Fprintf(&queues, `{"ARN":"%s/queue/agent/9c1b8f6e-2222-4333-8444-%012d","Channels":["VOICE","CHAT"],"Name":null}`, instance, n)
	snapshot := fmt.Sprintf(`{"AgentStatus":{"ARN":"%[1]s/agent-state/st-1","Name":"Available","StartTimestamp":"2026-03-02T07:59:30.030Z","Type":"ROUTABLE"},"NextAgentStatus":null,`+
		`"Configuration":{"AgentHierarchyGroups":{"Level1":{"ARN":"%[1]s/agent-group/g-eu","Name":"Europe"},"Level2":{"ARN":"%[1]s/agent-group/g-care","Name":"Care"}},`+
		`"FirstName":"First%[2]d","LastName":"Last%[2]d","Username":"user%[2]d","RoutingProfile":{"ARN":"%[1]s/routing-profile/rp-care",`+
		`"Concurrency":[{"AvailableSlots":0,"Channel":"VOICE","MaximumSlots":1},{"AvailableSlots":2,"Channel":"CHAT","MaximumSlots":2}],`+
		`"DefaultOutboundQueue":{"ARN":"%[1]s/queue/q-out","Channels":["VOICE"],"Name":"Outbound"},"InboundQueues":[%[3]s],"Name":"Care"}},`+
		`"Contacts":[{"Channel":"VOICE","ConnectedToAgentTimestamp":"2026-03-02T09:10:02.002Z","ContactId":"8a4f5d0c-3333-4444-8555-%012[2]d","InitialContactId":null,"InitiationMethod":"INBOUND",`+
		`"Queue":{"ARN":"%[1]s/queue/5e1f7a52-1111-4222-8333-000000000001","Name":"Queue 1"},"QueueTimestamp":"2026-03-02T09:09:12.012Z","State":"CONNECTED","StateStartTimestamp":"2026-03-02T09:10:02.002Z"}]}`,
		instance, n, queues.String())
	return fmt.Sprintf(`{"AWSAccountId":"222233334444","AgentARN":"%s/agent/9c1b8f6e-2222-4333-8444-%012d","CurrentAgentSnapshot":%s,"EventId":"1d7a9e00-4444-4555-8666-%012d",`+
		`"EventTimestamp":"2026-03-02T09:14:01.001Z","EventType":"STATE_CHANGE","InstanceARN":"%s","PreviousAgentSnapshot":%s,"Version":"2017-10-01"}`,
		instance, n, snapshot, n, instance, snapshot)
}
