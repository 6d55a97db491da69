package connectapi

import "time"

// DescribeUser describes a user.
var DescribeUser = define[DescribeUserInput, DescribeUserOutput](Operation{
	Route: Route{"DescribeUser", "GET", "/users/{InstanceId}/{UserId}", AccessRead},
	Doc:   "Describes a user: the names, the routing profile and the group of the hierarchy.",
})

// DescribeUserInput is what it takes.
type DescribeUserInput struct {
	UserID     string `json:"UserId" api:"path,required" doc:"The id or ARN of the user."`
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
}

// DescribeUserOutput is the answer.
type DescribeUserOutput struct {
	User *User `json:"User,omitzero" doc:"The user."`
}

// User is a user.
type User struct {
	ID                          string                       `json:"Id,omitzero" doc:"The user's id."`
	ARN                         string                       `json:"Arn,omitzero" doc:"The user's ARN."`
	Username                    string                       `json:"Username,omitzero" api:"min=1,max=100" doc:"The name the user logs in with."`
	IdentityInfo                *UserIdentityInfo            `json:"IdentityInfo,omitzero" doc:"The user's names and addresses."`
	PhoneConfig                 *UserPhoneConfig             `json:"PhoneConfig,omitzero" doc:"The user's phone."`
	DirectoryUserID             string                       `json:"DirectoryUserId,omitzero" doc:"The user's id in a directory of users."`
	SecurityProfileIDs          []string                     `json:"SecurityProfileIds,omitzero" api:"min=1,max=10,each.name=SecurityProfileId" doc:"The user's security profiles."`
	RoutingProfileID            string                       `json:"RoutingProfileId,omitzero" doc:"The user's routing profile."`
	HierarchyGroupID            string                       `json:"HierarchyGroupId,omitzero" doc:"The user's group of the hierarchy."`
	Tags                        map[string]string            `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The user's tags."`
	AutoAcceptConfigs           []AutoAcceptConfig           `json:"AutoAcceptConfigs,omitzero" doc:"For each channel, whether contacts are accepted without the user."`
	AfterContactWorkConfigs     []AfterContactWorkPerChannel `json:"AfterContactWorkConfigs,omitzero" doc:"For each channel, how long the work after a contact may take."`
	PhoneNumberConfigs          []PhoneNumberConfig          `json:"PhoneNumberConfigs,omitzero" doc:"For each channel, the user's phone."`
	PersistentConnectionConfigs []PersistentConnectionConfig `json:"PersistentConnectionConfigs,omitzero" doc:"For each channel, whether the phone stays connected between contacts."`
	VoiceEnhancementConfigs     []VoiceEnhancementConfig     `json:"VoiceEnhancementConfigs,omitzero" doc:"For each channel, how the user's voice is made clearer."`
	LastModifiedTime            time.Time                    `json:"LastModifiedTime,omitzero" doc:"When the user was last changed."`
	LastModifiedRegion          string                       `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// UserIdentityInfo has a user's names and addresses.
type UserIdentityInfo struct {
	FirstName      string `json:"FirstName,omitzero" api:"min=0,max=255"`
	LastName       string `json:"LastName,omitzero" api:"min=0,max=300"`
	Email          string `json:"Email,omitzero"`
	SecondaryEmail string `json:"SecondaryEmail,omitzero"`
	Mobile         string `json:"Mobile,omitzero"`
}

// UserPhoneConfig is a user's phone.
type UserPhoneConfig struct {
	PhoneType                 PhoneType `json:"PhoneType,omitzero"`
	AutoAccept                bool      `json:"AutoAccept"`
	AfterContactWorkTimeLimit int32     `json:"AfterContactWorkTimeLimit" api:"min=0" doc:"In seconds; 0 for no limit."`
	DeskPhoneNumber           string    `json:"DeskPhoneNumber,omitzero"`
	PersistentConnection      bool      `json:"PersistentConnection,omitzero"`
}

// AutoAcceptConfig says whether a channel's contacts are accepted without the user.
type AutoAcceptConfig struct {
	Channel                      Channel `json:"Channel" api:"required"`
	AutoAccept                   bool    `json:"AutoAccept" api:"required"`
	AgentFirstCallbackAutoAccept bool    `json:"AgentFirstCallbackAutoAccept,omitzero"`
}

// AfterContactWorkPerChannel bounds the work after a channel's contacts.
type AfterContactWorkPerChannel struct {
	Channel                                  Channel                 `json:"Channel" api:"required"`
	AfterContactWorkConfig                   AfterContactWorkConfig  `json:"AfterContactWorkConfig" api:"required"`
	AgentFirstCallbackAfterContactWorkConfig *AfterContactWorkConfig `json:"AgentFirstCallbackAfterContactWorkConfig,omitzero"`
}

// AfterContactWorkConfig bounds the work after a contact.
type AfterContactWorkConfig struct {
	AfterContactWorkTimeLimit int32 `json:"AfterContactWorkTimeLimit" api:"min=0" doc:"In seconds; 0 for no limit."`
}

// PhoneNumberConfig is the phone for a channel.
type PhoneNumberConfig struct {
	Channel     Channel   `json:"Channel" api:"required"`
	PhoneType   PhoneType `json:"PhoneType" api:"required"`
	PhoneNumber string    `json:"PhoneNumber,omitzero"`
}

// PersistentConnectionConfig says whether the phone stays connected between a
// channel's contacts.
type PersistentConnectionConfig struct {
	Channel              Channel `json:"Channel" api:"required"`
	PersistentConnection bool    `json:"PersistentConnection" api:"required"`
}

// VoiceEnhancementConfig says how a user's voice is made clearer.
type VoiceEnhancementConfig struct {
	Channel              Channel              `json:"Channel" api:"required"`
	VoiceEnhancementMode VoiceEnhancementMode `json:"VoiceEnhancementMode" api:"required"`
}

// PhoneType is a kind of phone.
type PhoneType string

// Values are all kinds of phone.
func (PhoneType) Values() []string { return []string{"SOFT_PHONE", "DESK_PHONE"} }

// VoiceEnhancementMode is a way to make a voice clearer.
type VoiceEnhancementMode string

// Values are all ways to make a voice clearer.
func (VoiceEnhancementMode) Values() []string {
	return []string{"VOICE_ISOLATION", "NOISE_SUPPRESSION", "NONE"}
}
