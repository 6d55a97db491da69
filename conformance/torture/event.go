package main

import (
	"encoding/json"
	"fmt"
	"time"

	"rollcall"
)

// The key and the instance of every run.
const (
	accessKeyID     = "AKIDTORTURE000000001"
	secretAccessKey = "torture/secret+of/no/consequence0123456789"
	region          = "us-east-1"
	account         = "210987654321"
	instanceID      = "torture"
	instanceARN     = "arn:aws:connect:" + region + ":" + account + ":instance/" + instanceID
)

// event is one numbered event. The numbers of an agent begin with 1.
type event struct{ Agent, Number int }

// String is the event's id, which is also the id of the agent's one contact.
func (e event) String() string { return fmt.Sprintf("agent-%03d.%d", e.Agent, e.Number) }

func parseEvent(id string) (e event, ok bool) {
	n, err := fmt.Sscanf(id, "agent-%d.%d", &e.Agent, &e.Number)
	return e, err == nil && n == 2 && e.String() == id
}

func agentID(agent int) string { return fmt.Sprintf("agent-%03d", agent) }

// sameInstant is how many events of an agent, one after the other, have the same
// EventTimestamp, as happens in life: the floor tells them apart by id.
const sameInstant = 3

type object = map[string]any

func ref(kind, id string) object {
	return object{"ARN": instanceARN + "/" + kind + "/" + id, "Name": id}
}

// document is the event as Amazon Connect writes it. Instants count from begin.
func (e event) document(begin time.Time) []byte {
	at := begin.Add(time.Duration(e.Number/sameInstant) * time.Millisecond).UTC().Format("2006-01-02T15:04:05.000Z")
	kind := rollcall.EventStateChange
	switch {
	case e.Number == 1:
		kind = rollcall.EventLogin
	case e.Number%17 == 0:
		kind = rollcall.EventHeartBeat
	}
	status, profile := ref("agent-state", "available"), ref("routing-profile", "voice")
	status["StartTimestamp"] = at
	profile["InboundQueues"] = []object{ref("queue", "sales"), ref("queue", "support")}
	profile["Concurrency"] = []object{{"Channel": "VOICE", "AvailableSlots": 0, "MaximumSlots": 1}}
	document, _ := json.Marshal(object{ // of strings and numbers alone
		"AWSAccountId": account, "InstanceARN": instanceARN, "AgentARN": instanceARN + "/agent/" + agentID(e.Agent),
		"EventId": e.String(), "EventType": kind, "EventTimestamp": at, "Version": "2017-10-01",
		"CurrentAgentSnapshot": object{
			"AgentStatus":   status,
			"Configuration": object{"Username": agentID(e.Agent), "RoutingProfile": profile},
			"Contacts": []object{{
				"ContactId": e.String(), "Channel": "VOICE", "InitiationMethod": "INBOUND", "State": "CONNECTED",
				"StateStartTimestamp": at, "ConnectedToAgentTimestamp": at, "Queue": ref("queue", "sales"),
			}},
		},
	})
	return document
}
