package connectapi

import "time"

// DescribeContact describes a contact.
var DescribeContact = define[DescribeContactInput, DescribeContactOutput](Operation{
	Route:  Route{"DescribeContact", "GET", "/contacts/{InstanceId}/{ContactId}", AccessRead},
	Doc:    "Describes a contact: when it came, by which channel, and whose it is.",
	Errors: []string{"InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException", "InternalServiceException", "ThrottlingException"},
	Quota:  Quota{PerSecond: 10, Burst: 15},
})

// DescribeContactInput is what it takes.
type DescribeContactInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	ContactID  string `json:"ContactId" api:"path,required,min=1,max=256" doc:"The id of the contact."`
}

// DescribeContactOutput is the answer.
type DescribeContactOutput struct {
	Contact *Contact `json:"Contact,omitzero" doc:"The contact."`
}

// Contact is a contact.
type Contact struct {
	ARN                             string                           `json:"Arn,omitzero"`
	ID                              string                           `json:"Id,omitzero" api:"min=1,max=256"`
	InitialContactID                string                           `json:"InitialContactId,omitzero" api:"min=1,max=256"`
	PreviousContactID               string                           `json:"PreviousContactId,omitzero" api:"min=1,max=256"`
	ContactAssociationID            string                           `json:"ContactAssociationId,omitzero" api:"min=1,max=256"`
	InitiationMethod                InitiationMethod                 `json:"InitiationMethod,omitzero"`
	Name                            string                           `json:"Name,omitzero" api:"min=0,max=1024"`
	Description                     string                           `json:"Description,omitzero" api:"min=0,max=4096"`
	Channel                         Channel                          `json:"Channel,omitzero"`
	QueueInfo                       *QueueInfo                       `json:"QueueInfo,omitzero"`
	AgentInfo                       *AgentInfo                       `json:"AgentInfo,omitzero"`
	InitiationTimestamp             time.Time                        `json:"InitiationTimestamp,omitzero"`
	DisconnectTimestamp             time.Time                        `json:"DisconnectTimestamp,omitzero"`
	LastUpdateTimestamp             time.Time                        `json:"LastUpdateTimestamp,omitzero"`
	LastPausedTimestamp             time.Time                        `json:"LastPausedTimestamp,omitzero"`
	LastResumedTimestamp            time.Time                        `json:"LastResumedTimestamp,omitzero"`
	RingStartTimestamp              time.Time                        `json:"RingStartTimestamp,omitzero"`
	TotalPauseCount                 *int32                           `json:"TotalPauseCount,omitzero" api:"min=0,max=10"`
	TotalPauseDurationInSeconds     *int32                           `json:"TotalPauseDurationInSeconds,omitzero" api:"min=0"`
	ScheduledTimestamp              time.Time                        `json:"ScheduledTimestamp,omitzero"`
	RelatedContactID                string                           `json:"RelatedContactId,omitzero" api:"min=1,max=256"`
	WisdomInfo                      *WisdomInfo                      `json:"WisdomInfo,omitzero"`
	CustomerID                      string                           `json:"CustomerId,omitzero" api:"min=0,max=128"`
	CustomerEndpoint                *EndpointInfo                    `json:"CustomerEndpoint,omitzero"`
	SystemEndpoint                  *EndpointInfo                    `json:"SystemEndpoint,omitzero"`
	QueueTimeAdjustmentSeconds      *int32                           `json:"QueueTimeAdjustmentSeconds,omitzero"`
	QueuePriority                   *int64                           `json:"QueuePriority,omitzero" api:"min=1,max=9223372036854775807"`
	Tags                            map[string]string                `json:"Tags,omitzero" api:"min=1,max=6,key.min=1,key.max=128,each.max=256" doc:"The tags."`
	ConnectedToSystemTimestamp      time.Time                        `json:"ConnectedToSystemTimestamp,omitzero"`
	RoutingCriteria                 *RoutingCriteria                 `json:"RoutingCriteria,omitzero"`
	Customer                        *ContactCustomer                 `json:"Customer,omitzero"`
	Campaign                        *ContactCampaign                 `json:"Campaign,omitzero"`
	AnsweringMachineDetectionStatus AnsweringMachineDetectionStatus  `json:"AnsweringMachineDetectionStatus,omitzero"`
	CustomerVoiceActivity           *CustomerVoiceActivity           `json:"CustomerVoiceActivity,omitzero"`
	QualityMetrics                  *QualityMetrics                  `json:"QualityMetrics,omitzero"`
	ChatMetrics                     *ChatMetrics                     `json:"ChatMetrics,omitzero"`
	DisconnectDetails               *DisconnectDetails               `json:"DisconnectDetails,omitzero"`
	AdditionalEmailRecipients       *AdditionalEmailRecipients       `json:"AdditionalEmailRecipients,omitzero"`
	SegmentAttributes               map[string]SegmentAttributeValue `json:"SegmentAttributes,omitzero" api:"key.min=1,key.max=128"`
	Recordings                      []RecordingInfo                  `json:"Recordings,omitzero"`
	DisconnectReason                string                           `json:"DisconnectReason,omitzero"`
	ContactEvaluations              map[string]ContactEvaluation     `json:"ContactEvaluations,omitzero"`
	TaskTemplateInfo                *TaskTemplateInfoV2              `json:"TaskTemplateInfo,omitzero"`
	ContactDetails                  *ContactDetails                  `json:"ContactDetails,omitzero"`
	OutboundStrategy                *OutboundStrategy                `json:"OutboundStrategy,omitzero"`
	Attributes                      map[string]string                `json:"Attributes,omitzero" api:"key.min=1,key.max=32767,each.min=0,each.max=32767"`
	NextContacts                    []NextContactEntry               `json:"NextContacts,omitzero" api:"max=24"`
	GlobalResiliencyMetadata        *GlobalResiliencyMetadata        `json:"GlobalResiliencyMetadata,omitzero"`
}

// QueueInfo is when a contact came into its queue.
type QueueInfo struct {
	ID               string    `json:"Id,omitzero"`
	EnqueueTimestamp time.Time `json:"EnqueueTimestamp,omitzero"`
}

// AgentInfo is a contact's agent, and what the agent did with it.
type AgentInfo struct {
	ID                             string                   `json:"Id,omitzero" api:"min=1,max=256"`
	AcceptedByAgentTimestamp       time.Time                `json:"AcceptedByAgentTimestamp,omitzero"`
	PreviewEndTimestamp            time.Time                `json:"PreviewEndTimestamp,omitzero"`
	ConnectedToAgentTimestamp      time.Time                `json:"ConnectedToAgentTimestamp,omitzero"`
	AgentPauseDurationInSeconds    *int32                   `json:"AgentPauseDurationInSeconds,omitzero" api:"min=0"`
	HierarchyGroups                *HierarchyGroups         `json:"HierarchyGroups,omitzero"`
	DeviceInfo                     *DeviceInfo              `json:"DeviceInfo,omitzero"`
	Capabilities                   *ParticipantCapabilities `json:"Capabilities,omitzero"`
	AfterContactWorkDuration       *int32                   `json:"AfterContactWorkDuration,omitzero" api:"min=0"`
	AfterContactWorkStartTimestamp time.Time                `json:"AfterContactWorkStartTimestamp,omitzero"`
	AfterContactWorkEndTimestamp   time.Time                `json:"AfterContactWorkEndTimestamp,omitzero"`
	AgentInitiatedHoldDuration     *int32                   `json:"AgentInitiatedHoldDuration,omitzero" api:"min=0"`
	StateTransitions               []StateTransition        `json:"StateTransitions,omitzero"`
	VoiceEnhancementMode           VoiceEnhancementMode     `json:"VoiceEnhancementMode,omitzero"`
}

// WisdomInfo is the session of an assistant.
type WisdomInfo struct {
	SessionARN string        `json:"SessionArn,omitzero"`
	AIAgents   []AIAgentInfo `json:"AiAgents,omitzero"`
}

// EndpointInfo is an address at one end of a contact.
type EndpointInfo struct {
	Type        EndpointType `json:"Type,omitzero"`
	Address     string       `json:"Address,omitzero" api:"min=0,max=256"`
	DisplayName string       `json:"DisplayName,omitzero" api:"min=0,max=256"`
}

// RoutingCriteria is which agents a contact is for.
type RoutingCriteria struct {
	Steps               []RoutingStep `json:"Steps,omitzero"`
	ActivationTimestamp time.Time     `json:"ActivationTimestamp,omitzero"`
	Index               *int32        `json:"Index,omitzero"`
}

// ContactCustomer is the customer of a contact.
type ContactCustomer struct {
	DeviceInfo   *DeviceInfo              `json:"DeviceInfo,omitzero"`
	Capabilities *ParticipantCapabilities `json:"Capabilities,omitzero"`
}

// ContactCampaign is the campaign of a contact.
type ContactCampaign struct {
	CampaignID string `json:"CampaignId,omitzero" api:"min=1,max=100"`
}

// CustomerVoiceActivity is when a greeting was heard.
type CustomerVoiceActivity struct {
	GreetingStartTimestamp time.Time `json:"GreetingStartTimestamp,omitzero"`
	GreetingEndTimestamp   time.Time `json:"GreetingEndTimestamp,omitzero"`
}

// QualityMetrics is how well a contact could be heard.
type QualityMetrics struct {
	Agent    *AgentQualityMetrics    `json:"Agent,omitzero"`
	Customer *CustomerQualityMetrics `json:"Customer,omitzero"`
}

// ChatMetrics counts the messages of a chat.
type ChatMetrics struct {
	ChatContactMetrics *ChatContactMetrics `json:"ChatContactMetrics,omitzero"`
	AgentMetrics       *ParticipantMetrics `json:"AgentMetrics,omitzero"`
	CustomerMetrics    *ParticipantMetrics `json:"CustomerMetrics,omitzero"`
}

// DisconnectDetails is why a contact may have broken off.
type DisconnectDetails struct {
	PotentialDisconnectIssue string `json:"PotentialDisconnectIssue,omitzero" api:"min=0,max=128"`
}

// AdditionalEmailRecipients is who else got an e-mail.
type AdditionalEmailRecipients struct {
	ToList []EmailRecipient `json:"ToList,omitzero"`
	CcList []EmailRecipient `json:"CcList,omitzero"`
}

// SegmentAttributeValue is the value of an attribute: one of its members.
type SegmentAttributeValue struct {
	ValueString  string                           `json:"ValueString,omitzero" api:"min=0,max=1024"`
	ValueMap     map[string]SegmentAttributeValue `json:"ValueMap,omitzero" api:"key.min=1,key.max=128"`
	ValueInteger *int32                           `json:"ValueInteger,omitzero"`
	ValueList    []SegmentAttributeValue          `json:"ValueList,omitzero"`
	ValueARN     string                           `json:"ValueArn,omitzero" api:"min=0,max=1024"`
}

// RecordingInfo is a recording.
type RecordingInfo struct {
	StorageType                   StorageType     `json:"StorageType,omitzero"`
	Location                      string          `json:"Location,omitzero" api:"min=0,max=1024"`
	MediaStreamType               MediaStreamType `json:"MediaStreamType,omitzero"`
	ParticipantType               ParticipantType `json:"ParticipantType,omitzero"`
	FragmentStartNumber           string          `json:"FragmentStartNumber,omitzero" api:"min=0,max=128"`
	FragmentStopNumber            string          `json:"FragmentStopNumber,omitzero" api:"min=0,max=128"`
	StartTimestamp                time.Time       `json:"StartTimestamp,omitzero"`
	StopTimestamp                 time.Time       `json:"StopTimestamp,omitzero"`
	Status                        RecordingStatus `json:"Status,omitzero"`
	DeletionReason                string          `json:"DeletionReason,omitzero"`
	UnprocessedTranscriptLocation string          `json:"UnprocessedTranscriptLocation,omitzero" api:"min=0,max=1024"`
}

// ContactEvaluation is an evaluation of a contact.
type ContactEvaluation struct {
	FormID          string           `json:"FormId,omitzero"`
	EvaluationARN   string           `json:"EvaluationArn,omitzero"`
	Status          EvaluationStatus `json:"Status,omitzero"`
	StartTimestamp  time.Time        `json:"StartTimestamp,omitzero"`
	EndTimestamp    time.Time        `json:"EndTimestamp,omitzero"`
	DeleteTimestamp time.Time        `json:"DeleteTimestamp,omitzero"`
	ExportLocation  string           `json:"ExportLocation,omitzero"`
}

// TaskTemplateInfoV2 is the template of a task.
type TaskTemplateInfoV2 struct {
	ARN  string `json:"Arn,omitzero"`
	Name string `json:"Name,omitzero" api:"min=1,max=100"`
}

// ContactDetails is the name of a task.
type ContactDetails struct {
	Name        string `json:"Name,omitzero" api:"min=0,max=1024"`
	Description string `json:"Description,omitzero" api:"min=0,max=1024"`
}

// OutboundStrategy is how a call is made.
type OutboundStrategy struct {
	Type   OutboundStrategyType    `json:"Type" api:"required"`
	Config *OutboundStrategyConfig `json:"Config,omitzero"`
}

// NextContactEntry is a contact that followed.
type NextContactEntry struct {
	Type                NextContactType      `json:"Type,omitzero"`
	NextContactMetadata *NextContactMetadata `json:"NextContactMetadata,omitzero"`
}

// GlobalResiliencyMetadata is the Regions of a contact.
type GlobalResiliencyMetadata struct {
	ActiveRegion               string `json:"ActiveRegion,omitzero" api:"min=0,max=1024"`
	OriginRegion               string `json:"OriginRegion,omitzero" api:"min=0,max=1024"`
	TrafficDistributionGroupID string `json:"TrafficDistributionGroupId,omitzero"`
}

// HierarchyGroups are the groups of the agent, as the contact had it.
type HierarchyGroups struct {
	Level1 *AgentHierarchyGroup `json:"Level1,omitzero"`
	Level2 *AgentHierarchyGroup `json:"Level2,omitzero"`
	Level3 *AgentHierarchyGroup `json:"Level3,omitzero"`
	Level4 *AgentHierarchyGroup `json:"Level4,omitzero"`
	Level5 *AgentHierarchyGroup `json:"Level5,omitzero"`
}

// DeviceInfo is the device that somebody uses.
type DeviceInfo struct {
	PlatformName    string `json:"PlatformName,omitzero" api:"min=0,max=128"`
	PlatformVersion string `json:"PlatformVersion,omitzero" api:"min=0,max=128"`
	OperatingSystem string `json:"OperatingSystem,omitzero" api:"min=0,max=128"`
}

// ParticipantCapabilities is what somebody may show.
type ParticipantCapabilities struct {
	Video       VideoCapability       `json:"Video,omitzero"`
	ScreenShare ScreenShareCapability `json:"ScreenShare,omitzero"`
}

// StateTransition is a state of somebody in a contact.
type StateTransition struct {
	State               ParticipantState `json:"State,omitzero"`
	StateStartTimestamp time.Time        `json:"StateStartTimestamp,omitzero"`
	StateEndTimestamp   time.Time        `json:"StateEndTimestamp,omitzero"`
}

// AIAgentInfo is an assistant.
type AIAgentInfo struct {
	AIUseCase        AIUseCase `json:"AiUseCase,omitzero"`
	AIAgentVersionID string    `json:"AiAgentVersionId,omitzero" api:"min=0,max=128"`
	AIAgentEscalated *bool     `json:"AiAgentEscalated,omitzero"`
}

// RoutingStep is a condition on agents, and how long it holds.
type RoutingStep struct {
	Expiry     *RoutingStepExpiry        `json:"Expiry,omitzero"`
	Expression *RoutingExpression        `json:"Expression,omitzero"`
	Status     RoutingCriteriaStepStatus `json:"Status,omitzero"`
}

// AgentQualityMetrics is how well the agent was heard.
type AgentQualityMetrics struct {
	Audio *AudioQualityMetricsInfo `json:"Audio,omitzero"`
}

// CustomerQualityMetrics is how well the customer was heard.
type CustomerQualityMetrics struct {
	Audio *AudioQualityMetricsInfo `json:"Audio,omitzero"`
}

// ChatContactMetrics counts the messages of a chat.
type ChatContactMetrics struct {
	MultiParty                     *bool     `json:"MultiParty,omitzero"`
	TotalMessages                  *int32    `json:"TotalMessages,omitzero"`
	TotalBotMessages               *int32    `json:"TotalBotMessages,omitzero"`
	TotalBotMessageLengthInChars   *int32    `json:"TotalBotMessageLengthInChars,omitzero"`
	ConversationCloseTimeInMillis  *int64    `json:"ConversationCloseTimeInMillis,omitzero" api:"min=0"`
	ConversationTurnCount          *int32    `json:"ConversationTurnCount,omitzero"`
	AgentFirstResponseTimestamp    time.Time `json:"AgentFirstResponseTimestamp,omitzero"`
	AgentFirstResponseTimeInMillis *int64    `json:"AgentFirstResponseTimeInMillis,omitzero" api:"min=0"`
}

// ParticipantMetrics counts somebody's messages.
type ParticipantMetrics struct {
	ParticipantID             string          `json:"ParticipantId,omitzero" api:"min=1,max=256"`
	ParticipantType           ParticipantType `json:"ParticipantType,omitzero"`
	ConversationAbandon       *bool           `json:"ConversationAbandon,omitzero"`
	MessagesSent              *int32          `json:"MessagesSent,omitzero"`
	NumResponses              *int32          `json:"NumResponses,omitzero"`
	MessageLengthInChars      *int32          `json:"MessageLengthInChars,omitzero"`
	TotalResponseTimeInMillis *int64          `json:"TotalResponseTimeInMillis,omitzero" api:"min=0"`
	MaxResponseTimeInMillis   *int64          `json:"MaxResponseTimeInMillis,omitzero" api:"min=0"`
	LastMessageTimestamp      time.Time       `json:"LastMessageTimestamp,omitzero"`
}

// EmailRecipient is an address of e-mail.
type EmailRecipient struct {
	Address     string `json:"Address,omitzero" api:"min=0,max=256"`
	DisplayName string `json:"DisplayName,omitzero" api:"min=0,max=256"`
}

// OutboundStrategyConfig is how a call is made.
type OutboundStrategyConfig struct {
	AgentFirst *AgentFirst `json:"AgentFirst,omitzero"`
}

// NextContactMetadata is a contact that followed.
type NextContactMetadata struct {
	QuickConnectContactData *QuickConnectContactData `json:"QuickConnectContactData,omitzero"`
}

// AgentHierarchyGroup names a group.
type AgentHierarchyGroup struct {
	ARN string `json:"Arn,omitzero"`
}

// RoutingStepExpiry is how long a routing step holds.
type RoutingStepExpiry struct {
	DurationInSeconds *int32    `json:"DurationInSeconds,omitzero"`
	ExpiryTimestamp   time.Time `json:"ExpiryTimestamp,omitzero"`
}

// RoutingExpression is a condition on agents.
type RoutingExpression struct {
	AttributeCondition    *AttributeCondition `json:"AttributeCondition,omitzero"`
	AndExpression         []RoutingExpression `json:"AndExpression,omitzero"`
	OrExpression          []RoutingExpression `json:"OrExpression,omitzero"`
	NotAttributeCondition *AttributeCondition `json:"NotAttributeCondition,omitzero"`
}

// AudioQualityMetricsInfo is how well somebody was heard.
type AudioQualityMetricsInfo struct {
	QualityScore           *float32 `json:"QualityScore,omitzero"`
	PotentialQualityIssues []string `json:"PotentialQualityIssues,omitzero" api:"min=0,max=3,each.min=0,each.max=128,each.name=PotentialAudioQualityIssue"`
}

// AgentFirst is how a call is made in which the agent comes first.
type AgentFirst struct {
	Preview *OutboundPreview `json:"Preview,omitzero"`
}

// QuickConnectContactData is a contact by a quick connect.
type QuickConnectContactData struct {
	ContactID           string           `json:"ContactId,omitzero" api:"min=1,max=256"`
	InitiationTimestamp time.Time        `json:"InitiationTimestamp,omitzero"`
	QuickConnectID      string           `json:"QuickConnectId,omitzero"`
	QuickConnectName    string           `json:"QuickConnectName,omitzero" api:"min=1,max=127"`
	QuickConnectType    QuickConnectType `json:"QuickConnectType,omitzero"`
}

// AttributeCondition is a condition on a proficiency.
type AttributeCondition struct {
	Name               string                    `json:"Name,omitzero" api:"min=1,max=100"`
	Value              string                    `json:"Value,omitzero" api:"min=1,max=128"`
	ProficiencyLevel   *float32                  `json:"ProficiencyLevel,omitzero" api:"min=1,max=5"`
	Range              *ProficiencyRange         `json:"Range,omitzero"`
	MatchCriteria      *ProficiencyMatchCriteria `json:"MatchCriteria,omitzero"`
	ComparisonOperator string                    `json:"ComparisonOperator,omitzero" api:"min=1,max=127"`
}

// OutboundPreview is what the agent may do before a call.
type OutboundPreview struct {
	PostAcceptTimeoutConfig PostAcceptTimeoutConfig `json:"PostAcceptTimeoutConfig" api:"required"`
	AllowedUserActions      []AllowedUserAction     `json:"AllowedUserActions" api:"required"`
}

// ProficiencyRange is a range of proficiency.
type ProficiencyRange struct {
	MinProficiencyLevel *float32 `json:"MinProficiencyLevel,omitzero" api:"min=1,max=5"`
	MaxProficiencyLevel *float32 `json:"MaxProficiencyLevel,omitzero" api:"min=1,max=5"`
}

// ProficiencyMatchCriteria is agents by name.
type ProficiencyMatchCriteria struct {
	AgentsCriteria *AgentsCriteria `json:"AgentsCriteria,omitzero"`
}

// PostAcceptTimeoutConfig is how long the agent may think.
type PostAcceptTimeoutConfig struct {
	DurationInSeconds int32 `json:"DurationInSeconds" api:"required,min=0"`
}

// AgentsCriteria is agents by name.
type AgentsCriteria struct {
	AgentIDs []string `json:"AgentIds,omitzero" api:"each.max=256,each.name=AgentId"`
}

// AnsweringMachineDetectionStatus is who answered a call.
type AnsweringMachineDetectionStatus string

// Values are all findings.
func (AnsweringMachineDetectionStatus) Values() []string {
	return []string{
		"ANSWERED", "UNDETECTED", "ERROR", "HUMAN_ANSWERED", "SIT_TONE_DETECTED", "SIT_TONE_BUSY",
		"SIT_TONE_INVALID_NUMBER", "FAX_MACHINE_DETECTED", "VOICEMAIL_BEEP", "VOICEMAIL_NO_BEEP", "AMD_UNRESOLVED",
		"AMD_UNANSWERED", "AMD_ERROR", "AMD_NOT_APPLICABLE",
	}
}

// EndpointType is a kind of address.
type EndpointType string

// Values are all kinds of addresses.
func (EndpointType) Values() []string {
	return []string{
		"TELEPHONE_NUMBER", "VOIP", "CONTACT_FLOW", "CONNECT_PHONENUMBER_ARN", "EMAIL_ADDRESS",
	}
}

// StorageType is where recordings are kept.
type StorageType string

// Values are all kinds of storage.
func (StorageType) Values() []string {
	return []string{"S3", "KINESIS_VIDEO_STREAM", "KINESIS_STREAM", "KINESIS_FIREHOSE"}
}

// MediaStreamType is what is recorded.
type MediaStreamType string

// Values are all kinds of media.
func (MediaStreamType) Values() []string { return []string{"AUDIO", "VIDEO"} }

// ParticipantType is somebody in a contact.
type ParticipantType string

// Values are all kinds of participants.
func (ParticipantType) Values() []string {
	return []string{"ALL", "MANAGER", "AGENT", "CUSTOMER", "THIRDPARTY"}
}

// RecordingStatus is whether a recording is there.
type RecordingStatus string

// Values are all states of recordings.
func (RecordingStatus) Values() []string { return []string{"AVAILABLE", "DELETED"} }

// EvaluationStatus is the state of an evaluation.
type EvaluationStatus string

// Values are all states of evaluations.
func (EvaluationStatus) Values() []string { return []string{"COMPLETE", "IN_PROGRESS", "DELETED"} }

// OutboundStrategyType is how a call is made.
type OutboundStrategyType string

// Values are all ways.
func (OutboundStrategyType) Values() []string { return []string{"AGENT_FIRST"} }

// NextContactType is how a contact followed.
type NextContactType string

// Values are all ways.
func (NextContactType) Values() []string { return []string{"QUICK_CONNECT"} }

// VideoCapability is whether somebody may send video.
type VideoCapability string

// Values are all of them.
func (VideoCapability) Values() []string { return []string{"SEND"} }

// ScreenShareCapability is whether somebody may show a screen.
type ScreenShareCapability string

// Values are all of them.
func (ScreenShareCapability) Values() []string { return []string{"SEND"} }

// ParticipantState is the state of somebody in a contact.
type ParticipantState string

// Values are all states.
func (ParticipantState) Values() []string {
	return []string{"INITIAL", "CONNECTED", "DISCONNECTED", "MISSED"}
}

// AIUseCase is what an assistant is for.
type AIUseCase string

// Values are all uses.
func (AIUseCase) Values() []string { return []string{"AgentAssistance", "SelfService"} }

// RoutingCriteriaStepStatus is the state of a routing step.
type RoutingCriteriaStepStatus string

// Values are all states of routing steps.
func (RoutingCriteriaStepStatus) Values() []string {
	return []string{"ACTIVE", "INACTIVE", "JOINED", "EXPIRED"}
}

// QuickConnectType is a kind of quick connect.
type QuickConnectType string

// Values are all kinds of quick connects.
func (QuickConnectType) Values() []string { return []string{"USER", "QUEUE", "PHONE_NUMBER", "FLOW"} }

// AllowedUserAction is what an agent may do before a call.
type AllowedUserAction string

// Values are all actions.
func (AllowedUserAction) Values() []string { return []string{"CALL", "DISCARD"} }
