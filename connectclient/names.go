package connectclient

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"time"

	"rollcall/connectapi"
)

// The answer of GetCurrentUserData with names. Amazon Connect gives none, nor
// does a server of an older release: then the members that this has more are
// zero.
type (
	// NamedUserDataOutput is one page of it.
	NamedUserDataOutput struct {
		NextToken             string          `json:"NextToken,omitzero"`
		UserDataList          []NamedUserData `json:"UserDataList"`
		ApproximateTotalCount int64           `json:"ApproximateTotalCount"`
	}

	// NamedUserData is one agent, now.
	NamedUserData struct {
		User                    NamedUser          `json:"User"`
		RoutingProfile          NamedReference     `json:"RoutingProfile"`
		HierarchyPath           NamedHierarchyPath `json:"HierarchyPath,omitzero"`
		Status                  NamedStatus        `json:"Status"`
		AvailableSlotsByChannel map[Channel]int    `json:"AvailableSlotsByChannel"`
		MaxSlotsByChannel       map[Channel]int    `json:"MaxSlotsByChannel"`
		ActiveSlotsByChannel    map[Channel]int    `json:"ActiveSlotsByChannel"`
		Contacts                []NamedContact     `json:"Contacts"`
		NextStatus              string             `json:"NextStatus,omitzero"`

		// Activity is what the agent is doing, seen over the status and all
		// contacts, as Amazon Connect's pages word it; a custom status goes by its
		// own name.
		Activity      string    `json:"Activity,omitzero"`
		ActivitySince time.Time `json:"ActivitySince,omitzero"`
	}

	// NamedReference names a resource.
	NamedReference struct {
		ID   string `json:"Id"`
		ARN  string `json:"Arn"`
		Name string `json:"Name,omitzero"`
	}

	// NamedUser is an agent. Name is for people: first and last name, else the
	// username, else the id.
	NamedUser struct {
		ID       string `json:"Id"`
		ARN      string `json:"Arn"`
		Username string `json:"Username,omitzero"`
		Name     string `json:"Name,omitzero"`
	}

	// NamedHierarchyPath is an agent's place in the hierarchy.
	NamedHierarchyPath struct {
		LevelOne   NamedReference `json:"LevelOne,omitzero"`
		LevelTwo   NamedReference `json:"LevelTwo,omitzero"`
		LevelThree NamedReference `json:"LevelThree,omitzero"`
		LevelFour  NamedReference `json:"LevelFour,omitzero"`
		LevelFive  NamedReference `json:"LevelFive,omitzero"`
	}

	// NamedStatus is a status, of the type ROUTABLE, CUSTOM or OFFLINE.
	NamedStatus struct {
		StatusStartTimestamp time.Time `json:"StatusStartTimestamp,omitzero"`
		StatusARN            string    `json:"StatusArn"`
		StatusName           string    `json:"StatusName"`
		StatusType           string    `json:"StatusType,omitzero"`
	}

	// NamedContact is a contact an agent has.
	NamedContact struct {
		ContactID                 string           `json:"ContactId"`
		Channel                   Channel          `json:"Channel"`
		InitiationMethod          InitiationMethod `json:"InitiationMethod"`
		AgentContactState         ContactState     `json:"AgentContactState"`
		StateStartTimestamp       time.Time        `json:"StateStartTimestamp,omitzero"`
		ConnectedToAgentTimestamp time.Time        `json:"ConnectedToAgentTimestamp,omitzero"`
		Queue                     NamedReference   `json:"Queue,omitzero"`
	}
)

// namedUserData is GetCurrentUserData with another answer.
var namedUserData = sync.OnceValue(func() *connectapi.Typed[GetCurrentUserDataInput, NamedUserDataOutput] {
	o := connectapi.GetCurrentUserData.Operation
	o.Output = connectapi.Of[NamedUserDataOutput]
	return &connectapi.Typed[GetCurrentUserDataInput, NamedUserDataOutput]{Operation: o}
})

var askForNames = http.Header{"X-Rollcall-Names": {"true"}}

// GetNamedUserData is GetCurrentUserData with what agents, profiles, groups,
// queues and statuses are called, and what each agent is doing.
func (c *Client) GetNamedUserData(ctx context.Context, in *GetCurrentUserDataInput) (*NamedUserDataOutput, error) {
	return do(ctx, c, namedUserData(), in, askForNames)
}

// NamedPages is [Client.Pages] with names.
func (c *Client) NamedPages(ctx context.Context, in *GetCurrentUserDataInput) iter.Seq2[*NamedUserDataOutput, error] {
	return pages(ctx, c, namedUserData(), in, askForNames)
}
