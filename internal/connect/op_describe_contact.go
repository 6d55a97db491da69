package connect

import (
	"cmp"

	"rollcall"
	"rollcall/connectapi"
)

// DescribeContact: what events said of a contact that an agent has.
//
//	GET /contacts/{InstanceId}/{ContactId}
//
// A contact is here from when it is offered to an agent until it is cleared.
// Where two agents have it, as in a transfer, it is told of the one whose newest
// event is newer. InitiationTimestamp is left out: events tell when a contact
// came into its queue, to the agent and into its state, not when it began.
//
// Needs connect:DescribeContact on the contact. Exceptions are those of
// GetCurrentUserData; ResourceNotFoundException also for a contact that no agent
// has.
//
// Source: Amazon Connect API Reference, DescribeContact.
var describeContact = spec[connectapi.DescribeContactInput, connectapi.DescribeContactOutput]{
	of: connectapi.DescribeContact,
	resources: func(in *connectapi.DescribeContactInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeContact, in.ContactID)
	},
	judge: func(in *connectapi.DescribeContactInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeContact, "ContactId", in.ContactID)
	},
	answer: func(q *question, in *connectapi.DescribeContactInput) (*connectapi.DescribeContactOutput, error) {
		arn, _ := rollcall.ParseResource(q.ARN, rollcall.TypeContact, in.ContactID)
		agent, contact := holder(q, rollcall.ContactID(arn.ID))
		if agent == nil {
			return nil, noSuch("Contact", in.ContactID)
		}
		c := &connectapi.Contact{
			ARN: q.ARN.Child(rollcall.TypeContact, string(contact.ID)).String(), ID: string(contact.ID),
			InitialContactID: string(contact.InitialID), Channel: connectapi.Channel(contact.Channel),
			InitiationMethod: connectapi.InitiationMethod(contact.InitiationMethod), LastUpdateTimestamp: agent.EventAt,
			AgentInfo: &connectapi.AgentInfo{
				ID: string(agent.ID), ConnectedToAgentTimestamp: contact.ConnectedToAgentAt,
				HierarchyGroups: hierarchyGroups(q.ARN, agent.Configuration.Hierarchy),
			},
		}
		if queue := contact.Queue; queue != nil {
			c.QueueInfo = &connectapi.QueueInfo{ID: string(queue.ID), EnqueueTimestamp: contact.QueuedAt}
		}
		switch contact.State { //nolint:exhaustive // the others tell no instant that the answer has
		case rollcall.StateEnded:
			c.AgentInfo.AfterContactWorkStartTimestamp = contact.StateStartedAt
		case rollcall.StatePaused:
			c.LastPausedTimestamp = contact.StateStartedAt
		}
		return &connectapi.DescribeContactOutput{Contact: c}, nil
	},
}

// holder is the agent who has the contact; nil if nobody has.
func holder(q *question, id rollcall.ContactID) (agent *rollcall.Agent, contact *rollcall.Contact) {
	has := func(a *rollcall.Agent) bool { return a.Contact(id) != nil }
	page := q.Floor.Search(&rollcall.Query{ContactStates: anyState}, has, rollcall.Cursor{}, maxHolders)
	for _, a := range page.Agents {
		if agent == nil || a.EventAt.After(agent.EventAt) {
			agent, contact = a, a.Contact(id)
		}
	}
	return agent, contact
}

// anyState is all of a contact's states: who has none isn't looked at.
const anyState = ^rollcall.ContactStates(0)

// hierarchyGroups are the agent's groups; nil without any.
func hierarchyGroups(instance rollcall.ARN, path *rollcall.HierarchyPath) *connectapi.HierarchyGroups {
	if path == nil {
		return nil
	}
	is := new(connectapi.HierarchyGroups)
	levels := [rollcall.HierarchyLevels]**connectapi.AgentHierarchyGroup{&is.Level1, &is.Level2, &is.Level3, &is.Level4, &is.Level5}
	for i := range path {
		if g := &path[i]; g.ID != "" {
			*levels[i] = &connectapi.AgentHierarchyGroup{ARN: cmp.Or(g.ARN, instance.Child(rollcall.TypeHierarchyGroup, string(g.ID)).String())}
		}
	}
	return is
}

// maxHolders is how many agents who have one contact are looked at.
const maxHolders = 100
