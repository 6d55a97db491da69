package connectapi

import "time"

// GetCurrentUserData gives the present state of agents.
var GetCurrentUserData = define[GetCurrentUserDataInput, GetCurrentUserDataOutput](Operation{
	Route: Route{"GetCurrentUserData", "POST", "/metrics/userdata/{InstanceId}", AccessRead},
	Doc: "Gets the present state of the agents of an Amazon Connect instance: their status, their contacts and how many " +
		"more they could take.",
	Errors: []string{
		"InvalidRequestException", "InvalidParameterException", "InternalServiceException", "ThrottlingException", "ResourceNotFoundException",
	},
})

// GetCurrentUserDataInput is a question: who is on the floor, of those whom the
// filters select.
type GetCurrentUserDataInput struct {
	InstanceID string           `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	Filters    *UserDataFilters `json:"Filters,omitzero" api:"required" doc:"Which agents to return." more:"Give exactly one of Queues, RoutingProfiles, Agents and UserHierarchyGroups, with or without a ContactFilter. Ids and ARNs may be mixed."`
	NextToken  string           `json:"NextToken,omitzero" doc:"The NextToken of the page before." more:"The other options must be the same as for that page, and the token is good for five minutes."`
	MaxResults int32            `json:"MaxResults,omitzero" api:"min=1,max=100" doc:"The greatest number of agents on a page." more:"It may be 1 to 100."`
}

// UserDataFilters select agents. A nil list is no filter; an empty one is an
// error, except ContactStates. Ids and ARNs may be mixed.
type UserDataFilters struct {
	Queues              []string       `json:"Queues,omitzero" api:"min=1,max=100" doc:"Up to 100 queues, to select the agents whose routing profile has one of them."`
	ContactFilter       *ContactFilter `json:"ContactFilter,omitzero" doc:"A condition on contacts, to narrow another filter."`
	RoutingProfiles     []string       `json:"RoutingProfiles,omitzero" api:"min=1,max=100" doc:"Up to 100 routing profiles, to select the agents who have one of them."`
	Agents              []string       `json:"Agents,omitzero" api:"min=1,max=100" doc:"Up to 100 agents."`
	UserHierarchyGroups []string       `json:"UserHierarchyGroups,omitzero" api:"min=1,max=1" doc:"One group of the hierarchy, to select the agents in it."`
}

// ContactFilter selects agents by their contacts.
type ContactFilter struct {
	ContactStates []ContactState `json:"ContactStates,omitzero" api:"max=9" doc:"Up to 9 states, to select the agents with a contact in one of them."`
}

// GetCurrentUserDataOutput is one page of the answer.
type GetCurrentUserDataOutput struct {
	NextToken             string     `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
	UserDataList          []UserData `json:"UserDataList" doc:"The agents of this page."`
	ApproximateTotalCount int64      `json:"ApproximateTotalCount" doc:"The number of agents on all pages."`
}

// UserData is one agent, now.
type UserData struct {
	User                    Reference            `json:"User" doc:"The agent."`
	RoutingProfile          Reference            `json:"RoutingProfile" doc:"The agent's routing profile."`
	HierarchyPath           HierarchyPath        `json:"HierarchyPath,omitzero" doc:"The groups of the hierarchy the agent is in, from level one down."`
	Status                  AgentStatusReference `json:"Status" doc:"The status the agent, or a supervisor, has set."`
	AvailableSlotsByChannel map[Channel]int      `json:"AvailableSlotsByChannel" api:"each.min=0" doc:"How many more contacts the agent could take."`
	MaxSlotsByChannel       map[Channel]int      `json:"MaxSlotsByChannel" api:"each.min=0" doc:"How many contacts the routing profile allows at once."`
	ActiveSlotsByChannel    map[Channel]int      `json:"ActiveSlotsByChannel" api:"each.min=0" doc:"How many contacts keep the agent busy."`
	Contacts                []AgentContact       `json:"Contacts" doc:"The agent's contacts."`
	NextStatus              string               `json:"NextStatus,omitzero" api:"min=1,max=127" doc:"The status that follows when the agent has no more contacts."`
}

// HierarchyPath is an agent's place in the hierarchy: the group and those above
// it, from level one down. Levels below the group are zero.
type HierarchyPath struct {
	LevelOne   Reference `json:"LevelOne,omitzero"`
	LevelTwo   Reference `json:"LevelTwo,omitzero"`
	LevelThree Reference `json:"LevelThree,omitzero"`
	LevelFour  Reference `json:"LevelFour,omitzero"`
	LevelFive  Reference `json:"LevelFive,omitzero"`
}

// AgentStatusReference is a status that somebody has, and its beginning.
type AgentStatusReference struct {
	StatusStartTimestamp time.Time `json:"StatusStartTimestamp,omitzero"`
	StatusARN            string    `json:"StatusArn"`
	StatusName           string    `json:"StatusName" api:"min=1,max=127"`
}

// AgentContact is a contact an agent has.
type AgentContact struct {
	ContactID         string           `json:"ContactId" api:"min=1,max=256"`
	Channel           Channel          `json:"Channel"`
	InitiationMethod  InitiationMethod `json:"InitiationMethod"`
	AgentContactState ContactState     `json:"AgentContactState"`
	// StateStartTimestamp is when the state began. While the contact is on
	// hold it keeps the time at which the contact was connected.
	StateStartTimestamp time.Time `json:"StateStartTimestamp,omitzero"`
	// ConnectedToAgentTimestamp is when the agent was connected.
	ConnectedToAgentTimestamp time.Time `json:"ConnectedToAgentTimestamp,omitzero"`
	Queue                     Reference `json:"Queue,omitzero"`
}
