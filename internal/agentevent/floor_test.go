package agentevent_test

import (
	"fmt"
	"strings"
)

// centre is a contact centre whose documents are as varied as Amazon Connect's:
// agents of many teams with three to seven queues each, from no contact to three,
// names of many languages; and a change is in each, so that the snapshot before
// is another one, in a digit of the concurrency at least.
type centre struct{ agents int }

var (
	firstNames = []string{"Mira", "José", "Zoë", "Anna", "Jan", "Oluwaseun", "Kim", "Søren", "Łucja", "Ada"}
	lastNames  = []string{"Sol", "Müller", "O'Neil", "García Márquez", "Nowak", "Smith-Jones", "Lindqvist", "李", "Roe", "Byron"}
	breaks     = []string{"Available", "Lunch", "Training", "Available", "Available", "Back Office"}
)

func (c centre) id(kind, n int) string {
	return fmt.Sprintf("%08x-%04x-4a86-9a0e-%012x", n*2654435761>>3&0xffffffff, kind, n)
}

// document is the event number round of an agent. The first has no snapshot
// before.
func (c centre) document(agent, round int) string {
	at := fmt.Sprintf("2026-03-02T%02d:%02d:%02d.%03dZ", 8+round%10, agent%60, round*7%60, agent%1000)
	previous, kind := "null", "LOGIN"
	if round > 0 {
		previous, kind = c.snapshot(agent, round-1, at), "STATE_CHANGE"
	}
	return fmt.Sprintf(`{"AWSAccountId":"222233334444","AgentARN":"%s/agent/%s","CurrentAgentSnapshot":%s,"EventId":"%s","EventTimestamp":"%s","EventType":"%s",`+
		`"InstanceARN":"%s","PreviousAgentSnapshot":%s,"Version":"2017-10-01"}`,
		instance, c.id(1, agent), c.snapshot(agent, round, at), c.id(2, agent*64+round), at, kind, instance, previous)
}

func (c centre) snapshot(agent, round int, at string) string {
	team, contacts := agent%97, (agent/7+round)%4
	status := breaks[(agent+round/3)%len(breaks)]
	var queues, list strings.Builder
	for q := range 3 + team%5 {
		fmt.Fprintf(&queues, `,{"ARN":"%s/queue/%s","Channels":["VOICE","CHAT"],"Name":"Queue %d"}`, instance, c.id(3, (team*5+q)%160), (team*5+q)%160)
	}
	for n := range contacts {
		state := [...]string{"CONNECTED", "CONNECTED_ONHOLD", "ENDED", "CONNECTING"}[(agent+round+n)%4]
		fmt.Fprintf(&list, `,{"Channel":"%s","ConnectedToAgentTimestamp":"%s","ContactId":"%s","InitialContactId":null,"InitiationMethod":"INBOUND",`+
			`"Queue":{"ARN":"%s/queue/%s","Name":"Queue %d"},"QueueTimestamp":"%s","State":"%s","StateStartTimestamp":"%s"}`,
			[...]string{"VOICE", "CHAT", "CHAT"}[n], at, c.id(4, agent*32+round/3+n), instance, c.id(3, team*5%160), team*5%160, at, state, at)
	}
	return fmt.Sprintf(`{"AgentStatus":{"ARN":"%[1]s/agent-state/%[2]s","Name":"%[3]s","StartTimestamp":"%[4]s","Type":"ROUTABLE"},`+
		`"Configuration":{"AgentHierarchyGroups":{"Level1":{"ARN":"%[1]s/agent-group/%[5]s","Name":"Department %[6]d"},"Level2":{"ARN":"%[1]s/agent-group/%[7]s","Name":"Team %[8]d"},"Level3":null,"Level4":null,"Level5":null},`+
		`"FirstName":"%[9]s","LastName":"%[10]s","Proficiencies":[],"RoutingProfile":{"ARN":"%[1]s/routing-profile/%[11]s",`+
		`"Concurrency":[{"AvailableSlots":%[12]d,"Channel":"VOICE","MaximumSlots":1},{"AvailableSlots":%[13]d,"Channel":"CHAT","MaximumSlots":3}],`+
		`"DefaultOutboundQueue":{"ARN":"%[1]s/queue/%[14]s","Channels":["VOICE"],"Name":"Outbound"},"InboundQueues":[{"ARN":"%[1]s/queue/agent/%[15]s","Channels":["VOICE","CHAT"],"Name":null}%[16]s],"Name":"Profile %[8]d"},`+
		`"Username":"user%[17]d"},"Contacts":[%[18]s],"NextAgentStatus":null}`,
		instance, c.id(5, agent%6), status, at, c.id(6, team%9), team%9, c.id(7, team), team,
		firstNames[agent%10], lastNames[agent/10%10], c.id(8, team),
		1-min(contacts, 1), 3-max(contacts-1, 0), c.id(9, 0), c.id(1, agent), queues.String(), agent, strings.TrimPrefix(list.String(), ","))
}

// documents are an event of each agent.
func (c centre) documents() [][]byte {
	list := make([][]byte, c.agents)
	for i := range list {
		list[i] = []byte(c.document(i, i%12))
	}
	return list
}
