package connectapi

// Reference names a resource.
type Reference struct {
	ID  string `json:"Id"`
	ARN string `json:"Arn"`
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

// Values are all channels.
func (Channel) Values() []string { return []string{"VOICE", "CHAT", "TASK", "EMAIL"} }

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

// Values are all contact states.
func (ContactState) Values() []string {
	return []string{"INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "MISSED", "ERROR", "ENDED", "REJECTED"}
}

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

// Values are all initiation methods.
func (InitiationMethod) Values() []string {
	return []string{
		"INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "DISCONNECT", "MONITOR",
		"EXTERNAL_OUTBOUND", "WEBRTC_API", "AGENT_REPLY", "FLOW",
	}
}
