package main

import (
	"fmt"
	"strconv"
	"time"
)

// house is a contact centre of which everything is known beforehand: who
// stands where, and how many match. It is immutable.
//
// Agents are dealt to groups like cards, so those of a group are scattered over
// the floor. A group shares a queue, a routing profile and a team in the
// hierarchy; ten groups share a line, which is a queue of a thousand; everybody
// is fed by one more queue and belongs to one of ten departments. Of each
// group's agents a sixth are CONNECTED, as many CONNECTED_ONHOLD, as many in
// after contact work, and half have no contact.
type house struct {
	agents   int
	profiles [][2][]byte // :: group -> what its agents' documents have in common, without a contact and with one
}

const (
	groupAgents = 100
	lineGroups  = 10
	departments = 10
)

const (
	region      = "eu-west-1"
	instanceID  = "5d3f7c52-0b8e-4a3a-9d1c-7f2b6a9e0c11"
	instanceARN = "arn:aws:connect:" + region + ":123456789012:instance/" + instanceID
)

// newHouse wants a multiple of a group's agents, and of a line's where there are as many.
func newHouse(agents int) house {
	h := house{agents: agents}
	h.profiles = make([][2][]byte, h.groups())
	for g := range h.profiles {
		h.profiles[g] = [2][]byte{h.profile(g, 1), h.profile(g, 0)}
	}
	return h
}

func (h house) groups() int { return h.agents / groupAgents }
func (h house) lines() int  { return max(1, h.groups()/lineGroups) }

func agentID(i int) string      { return id("a0c1", i) }
func groupQueueID(g int) string { return id("b1d2", g) }
func lineQueueID(l int) string  { return id("b2d3", l) }
func profileID(g int) string    { return id("e6a7", g) }
func teamID(g int) string       { return id("d4f5", g) }
func departmentID(d int) string { return id("d3f4", d) }

var everybodyQueueID = id("b3d4", 0)

// id is as long as Amazon's.
func id(kind string, n int) string { return fmt.Sprintf("6f0e%s-8d21-4c7b-9a55-%012d", kind, n) }

// states are what an agent does, by turn; the empty one is no contact.
var states = [6]string{"CONNECTED", "", "CONNECTED_ONHOLD", "", "ENDED", ""}

// askedStates are the ContactStates of all questions that have some: a third
// of every group is in them.
const askedStates = `"CONNECTED","CONNECTED_ONHOLD"`

func (h house) state(agent, round int) string {
	return states[(agent/h.groups()+agent%h.groups()+round)%len(states)]
}

// profile is the part of a snapshot that all agents of a group share who have as
// many slots for calls free: from the hierarchy to the inbound queues.
func (h house) profile(g, free int) []byte {
	queue := func(id, name string) string {
		return fmt.Sprintf(`{"ARN":"%s/queue/%s","Channels":["VOICE","CHAT"],"Name":"%s"}`, instanceARN, id, name)
	}
	return fmt.Appendf(nil, `"AgentHierarchyGroups":{"Level1":{"ARN":"%[1]s/agent-group/%[2]s","Name":"Department %[3]d"},`+
		`"Level2":{"ARN":"%[1]s/agent-group/%[4]s","Name":"Team %[5]d"}},"RoutingProfile":{"ARN":"%[1]s/routing-profile/%[6]s","Name":"Profile %[5]d",`+
		`"Concurrency":[{"AvailableSlots":%[10]d,"Channel":"VOICE","MaximumSlots":1},{"AvailableSlots":2,"Channel":"CHAT","MaximumSlots":2}],`+
		`"DefaultOutboundQueue":%[7]s,"InboundQueues":[%[7]s,%[8]s,%[9]s,`,
		instanceARN, departmentID(g%departments), g%departments, teamID(g), g, profileID(g),
		queue(groupQueueID(g), "Queue "+strconv.Itoa(g)),
		queue(lineQueueID(g%h.lines()), "Line "+strconv.Itoa(g%h.lines())),
		queue(everybodyQueueID, "Everybody"), free)
}

// appendDocument writes an agent's event number round as a line of JSON. Every
// round puts the agent into another state. Documents of a change have the
// snapshot before, too, as Amazon's do; the first of an agent has none.
func (h house) appendDocument(dst []byte, agent, round int, at time.Time) []byte {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	kind := "LOGIN"
	if round > 0 {
		kind = "STATE_CHANGE"
	}
	dst = fmt.Appendf(dst, `{"AWSAccountId":"123456789012","AgentARN":"%s/agent/%s","EventId":"%08x-5b1a-4e0d-8c3f-%012d","EventTimestamp":"%s","EventType":"%s",`+
		`"InstanceARN":"%s","Version":"2017-10-01","CurrentAgentSnapshot":`,
		instanceARN, agentID(agent), round, agent, stamp, kind, instanceARN)
	dst = h.appendSnapshot(dst, agent, round, stamp)
	dst = append(dst, `,"PreviousAgentSnapshot":`...)
	if round > 0 {
		dst = h.appendSnapshot(dst, agent, round-1, stamp)
	} else {
		dst = append(dst, "null"...)
	}
	return append(dst, "}\n"...)
}

func (h house) appendSnapshot(dst []byte, agent, round int, stamp string) []byte {
	g := agent % h.groups()
	dst = fmt.Appendf(dst, `{"AgentStatus":{"ARN":"%s/agent-state/%s","Name":"Available","StartTimestamp":"%s","Type":"ROUTABLE"},"NextAgentStatus":null,`+
		`"Configuration":{"FirstName":"First%d","LastName":"Last%d","Username":"user%d",`, instanceARN, id("f7b8", 1), stamp, agent, agent, agent)
	state := h.state(agent, round)
	dst = append(dst, h.profiles[g][min(len(state), 1)]...)
	dst = fmt.Appendf(dst, `{"ARN":"%s/queue/agent/%s","Channels":["VOICE","CHAT"],"Name":null}]}},"Contacts":[`, instanceARN, agentID(agent))
	if state != "" {
		dst = fmt.Appendf(dst, `{"Channel":"VOICE","ConnectedToAgentTimestamp":"%[1]s","ContactId":"%08[2]x-70c2-4e0d-8c3f-%012[3]d","InitialContactId":null,"InitiationMethod":"INBOUND",`+
			`"Queue":{"ARN":"%[4]s/queue/%[5]s","Name":"Queue %[6]d"},"QueueTimestamp":"%[1]s","State":"%[7]s","StateStartTimestamp":"%[1]s"}`,
			stamp, round, agent, instanceARN, groupQueueID(g), g, state)
	}
	return append(dst, "]}"...)
}
