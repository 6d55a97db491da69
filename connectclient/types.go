package connectclient

import "rollcall/connectapi"

// The types of GetCurrentUserData. Those of other operations are in connectapi
// alone.
type (
	// GetCurrentUserDataInput is a question: who is on the floor, of those whom
	// the filters select.
	GetCurrentUserDataInput = connectapi.GetCurrentUserDataInput
	// Filters of a question.
	Filters = connectapi.UserDataFilters
	// ContactFilter selects agents by their contacts.
	ContactFilter = connectapi.ContactFilter
	// GetCurrentUserDataOutput is one page of an answer.
	GetCurrentUserDataOutput = connectapi.GetCurrentUserDataOutput
	// UserData is one agent, now.
	UserData = connectapi.UserData
	// Reference names a resource.
	Reference = connectapi.Reference
	// HierarchyPath is the agent's place in the hierarchy.
	HierarchyPath = connectapi.HierarchyPath
	// AgentStatus is a status and its beginning.
	AgentStatus = connectapi.AgentStatusReference
	// AgentContact is a contact an agent has.
	AgentContact = connectapi.AgentContact
	// Channel is a way to talk to a contact centre.
	Channel = connectapi.Channel
	// ContactState is the state of a contact with its agent.
	ContactState = connectapi.ContactState
	// InitiationMethod is how a contact began.
	InitiationMethod = connectapi.InitiationMethod
	// ParamValidationError lists everything that is wrong with an input.
	ParamValidationError = connectapi.ParamValidationError
)

// The channels.
const (
	ChannelVoice = connectapi.ChannelVoice
	ChannelChat  = connectapi.ChannelChat
	ChannelTask  = connectapi.ChannelTask
	ChannelEmail = connectapi.ChannelEmail
)

// The contact states.
const (
	ContactIncoming        = connectapi.ContactIncoming
	ContactPending         = connectapi.ContactPending
	ContactConnecting      = connectapi.ContactConnecting
	ContactConnected       = connectapi.ContactConnected
	ContactConnectedOnHold = connectapi.ContactConnectedOnHold
	ContactMissed          = connectapi.ContactMissed
	ContactError           = connectapi.ContactError
	ContactEnded           = connectapi.ContactEnded
	ContactRejected        = connectapi.ContactRejected
)

// The initiation methods.
const (
	InitiationInbound          = connectapi.InitiationInbound
	InitiationOutbound         = connectapi.InitiationOutbound
	InitiationTransfer         = connectapi.InitiationTransfer
	InitiationQueueTransfer    = connectapi.InitiationQueueTransfer
	InitiationCallback         = connectapi.InitiationCallback
	InitiationAPI              = connectapi.InitiationAPI
	InitiationDisconnect       = connectapi.InitiationDisconnect
	InitiationMonitor          = connectapi.InitiationMonitor
	InitiationExternalOutbound = connectapi.InitiationExternalOutbound
	InitiationWebRTCAPI        = connectapi.InitiationWebRTCAPI
	InitiationAgentReply       = connectapi.InitiationAgentReply
	InitiationFlow             = connectapi.InitiationFlow
)
