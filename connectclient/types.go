package connectclient

import "time"

// GetCurrentUserDataInput is a question: who is on the floor, of those whom the
// filters select. Source of this file: the Amazon Connect API reference.
type GetCurrentUserDataInput struct {
	// InstanceID is the instance's id or ARN. Required. At most 100
	// characters, which the service checks.
	InstanceID string
	// Filters select agents. Required, though it may be empty; the service
	// asks for exactly one of Queues, RoutingProfiles, Agents and
	// UserHierarchyGroups, with or without a ContactFilter.
	Filters *Filters
	// NextToken continues an earlier answer. Empty asks for the first page.
	NextToken string
	// MaxResults is the size of a page, 1 to 100. Zero leaves it to the service.
	MaxResults int32
}

// Filters of a question. A nil list is no filter; an empty one is an error,
// except ContactStates. Ids and ARNs may be mixed.
type Filters struct {
	// Queues, up to 100: agents whose routing profile has one of them.
	Queues []string `json:"Queues,omitzero"`
	// ContactFilter narrows any other filter.
	ContactFilter *ContactFilter `json:"ContactFilter,omitzero"`
	// RoutingProfiles, up to 100: agents with one of them.
	RoutingProfiles []string `json:"RoutingProfiles,omitzero"`
	// Agents, up to 100.
	Agents []string `json:"Agents,omitzero"`
	// UserHierarchyGroups, exactly one: agents in the group.
	UserHierarchyGroups []string `json:"UserHierarchyGroups,omitzero"`
}

// ContactFilter selects agents by their contacts.
type ContactFilter struct {
	// ContactStates, up to 9: agents with a contact in one of them.
	ContactStates []ContactState `json:"ContactStates,omitzero"`
}

// GetCurrentUserDataOutput is one page of an answer. A member that the service
// left out has its zero value, here and in everything below.
type GetCurrentUserDataOutput struct {
	// NextToken asks for the next page. Empty on the last. Good for five minutes.
	NextToken string `json:"NextToken"`
	// UserDataList has the agents of this page.
	UserDataList []UserData `json:"UserDataList"`
	// ApproximateTotalCount is the number of agents on all pages.
	ApproximateTotalCount int64 `json:"ApproximateTotalCount"`
}

// UserData is one agent, now.
type UserData struct {
	User           Reference     `json:"User"`
	RoutingProfile Reference     `json:"RoutingProfile"`
	HierarchyPath  HierarchyPath `json:"HierarchyPath"`
	// Status is what the agent, or a supervisor, has set.
	Status AgentStatus `json:"Status"`
	// AvailableSlotsByChannel has the contacts the agent could take more.
	AvailableSlotsByChannel map[Channel]int `json:"AvailableSlotsByChannel"` // :: channel -> contacts
	// MaxSlotsByChannel has the contacts the routing profile allows at once.
	MaxSlotsByChannel map[Channel]int `json:"MaxSlotsByChannel"` // :: channel -> contacts
	// ActiveSlotsByChannel has the contacts the agent is busy with.
	ActiveSlotsByChannel map[Channel]int `json:"ActiveSlotsByChannel"` // :: channel -> contacts
	Contacts             []AgentContact  `json:"Contacts"`
	// NextStatus is the name of the status that follows when the agent has
	// no more contacts. Empty if none was set.
	NextStatus string `json:"NextStatus"`
}

// Reference names a resource.
type Reference struct {
	ID  string `json:"Id"`
	ARN string `json:"Arn"`
}

// HierarchyPath is the agent's place in the hierarchy: the group and those above
// it, from level one down. Levels below the group are zero.
type HierarchyPath struct {
	LevelOne   Reference `json:"LevelOne"`
	LevelTwo   Reference `json:"LevelTwo"`
	LevelThree Reference `json:"LevelThree"`
	LevelFour  Reference `json:"LevelFour"`
	LevelFive  Reference `json:"LevelFive"`
}

// AgentStatus is a status and its beginning.
type AgentStatus struct {
	StatusStartTimestamp time.Time `json:"StatusStartTimestamp"`
	StatusARN            string    `json:"StatusArn"`
	StatusName           string    `json:"StatusName"`
}

// AgentContact is a contact an agent has.
type AgentContact struct {
	ContactID         string           `json:"ContactId"`
	Channel           Channel          `json:"Channel"`
	InitiationMethod  InitiationMethod `json:"InitiationMethod"`
	AgentContactState ContactState     `json:"AgentContactState"`
	// StateStartTimestamp is when the state began. While the contact is on
	// hold it keeps the time at which the contact was connected.
	StateStartTimestamp time.Time `json:"StateStartTimestamp"`
	// ConnectedToAgentTimestamp is when the agent was connected.
	ConnectedToAgentTimestamp time.Time `json:"ConnectedToAgentTimestamp"`
	Queue                     Reference `json:"Queue"`
}

// Channel is a way to talk to a contact centre.
type Channel string

// The channels.
const (
	ChannelVoice Channel = "VOICE"
	ChannelChat  Channel = "CHAT"
	ChannelTask  Channel = "TASK"
	ChannelEmail Channel = "EMAIL"
)

// ContactState is the state of a contact with its agent.
type ContactState string

// The contact states.
const (
	ContactIncoming        ContactState = "INCOMING"
	ContactPending         ContactState = "PENDING"
	ContactConnecting      ContactState = "CONNECTING"
	ContactConnected       ContactState = "CONNECTED"
	ContactConnectedOnHold ContactState = "CONNECTED_ONHOLD"
	ContactMissed          ContactState = "MISSED"
	ContactError           ContactState = "ERROR"
	ContactEnded           ContactState = "ENDED"
	ContactRejected        ContactState = "REJECTED"
)

// InitiationMethod is how a contact began.
type InitiationMethod string

// The initiation methods.
const (
	InitiationInbound          InitiationMethod = "INBOUND"
	InitiationOutbound         InitiationMethod = "OUTBOUND"
	InitiationTransfer         InitiationMethod = "TRANSFER"
	InitiationQueueTransfer    InitiationMethod = "QUEUE_TRANSFER"
	InitiationCallback         InitiationMethod = "CALLBACK"
	InitiationAPI              InitiationMethod = "API"
	InitiationDisconnect       InitiationMethod = "DISCONNECT"
	InitiationMonitor          InitiationMethod = "MONITOR"
	InitiationExternalOutbound InitiationMethod = "EXTERNAL_OUTBOUND"
	InitiationWebRTCAPI        InitiationMethod = "WEBRTC_API"
	InitiationAgentReply       InitiationMethod = "AGENT_REPLY"
	InitiationFlow             InitiationMethod = "FLOW"
)
