package awscli

// The data of Amazon Connect's operations. Source: the Amazon Connect API
// reference; the words of the documentation are ours.

var (
	text      = &shape{kind: stringKind}
	integer   = &shape{kind: integerKind}
	timestamp = &shape{kind: timestampKind}
	positive  = &shape{kind: integerKind, min: 1}
	someText  = &shape{kind: stringKind, min: 1}

	reference = structure(
		member{name: "Id", shape: text},
		member{name: "Arn", shape: text},
	)
	contactState = oneOf("INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "MISSED", "ERROR", "ENDED", "REJECTED")
	channel      = oneOf("VOICE", "CHAT", "TASK", "EMAIL")
	initiation   = oneOf("INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "DISCONNECT", "MONITOR",
		"EXTERNAL_OUTBOUND", "WEBRTC_API", "AGENT_REPLY", "FLOW")
)

// connectService is the only service there is.
var connectService = &service{
	name:       "connect",
	operations: []*operation{getCurrentUserData},
	kin:        []string{"get-current-metric-data"},
}

// kinServices are services of the AWS CLI with a name like connect.
var kinServices = []string{"qconnect"}

var getCurrentUserData = &operation{
	name: "GetCurrentUserData",
	doc: "Gets the present state of the agents of an Amazon Connect instance: their status, their contacts and how many " +
		"more they could take.",
	path:   "InstanceId",
	input:  getCurrentUserDataInput,
	output: getCurrentUserDataOutput,
	errors: map[string]*shape{
		"InvalidRequestException": structure(
			member{name: "Reason", shape: structure(member{name: "AttachedFileInvalidRequestExceptionReason", shape: text})},
		),
	},
}

var getCurrentUserDataInput = structure(
	member{
		name: "InstanceId", shape: someText, required: true,
		doc: "The id or ARN of the instance.",
	},
	member{
		name: "Filters", shape: filters, required: true,
		doc: "Which agents to return.",
		more: "Give exactly one of Queues, RoutingProfiles, Agents and UserHierarchyGroups, " +
			"with or without a ContactFilter. Ids and ARNs may be mixed.",
	},
	member{
		name: "NextToken", shape: text,
		doc:  "The NextToken of the page before.",
		more: "The other options must be the same as for that page, and the token is good for five minutes.",
	},
	member{
		name: "MaxResults", shape: positive,
		doc:  "The greatest number of agents on a page.",
		more: "It may be 1 to 100.",
	},
)

var filters = structure(
	member{
		name: "Queues", shape: someOf(text),
		doc: "Up to 100 queues, to select the agents whose routing profile has one of them.",
	},
	member{
		name: "ContactFilter", shape: structure(member{
			name: "ContactStates", shape: listOf(contactState),
			doc: "Up to 9 states, to select the agents with a contact in one of them.",
		}),
		doc: "A condition on contacts, to narrow another filter.",
	},
	member{
		name: "RoutingProfiles", shape: someOf(text),
		doc: "Up to 100 routing profiles, to select the agents who have one of them.",
	},
	member{
		name: "Agents", shape: someOf(text),
		doc: "Up to 100 agents.",
	},
	member{
		name: "UserHierarchyGroups", shape: someOf(text),
		doc: "One group of the hierarchy, to select the agents in it.",
	},
)

var getCurrentUserDataOutput = structure(
	member{name: "NextToken", shape: text, doc: "The token for the next page, if there is one."},
	member{name: "UserDataList", shape: listOf(userData), doc: "The agents of this page."},
	member{name: "ApproximateTotalCount", shape: integer, doc: "The number of agents on all pages."},
)

var userData = structure(
	member{name: "User", shape: reference, doc: "The agent."},
	member{name: "RoutingProfile", shape: reference, doc: "The agent's routing profile."},
	member{name: "HierarchyPath", shape: structure(
		member{name: "LevelOne", shape: reference},
		member{name: "LevelTwo", shape: reference},
		member{name: "LevelThree", shape: reference},
		member{name: "LevelFour", shape: reference},
		member{name: "LevelFive", shape: reference},
	), doc: "The groups of the hierarchy the agent is in, from level one down."},
	member{name: "Status", shape: structure(
		member{name: "StatusStartTimestamp", shape: timestamp},
		member{name: "StatusArn", shape: text},
		member{name: "StatusName", shape: text},
	), doc: "The status the agent, or a supervisor, has set."},
	member{name: "AvailableSlotsByChannel", shape: mapOf(integer), doc: "How many more contacts the agent could take."},
	member{name: "MaxSlotsByChannel", shape: mapOf(integer), doc: "How many contacts the routing profile allows at once."},
	member{name: "ActiveSlotsByChannel", shape: mapOf(integer), doc: "How many contacts keep the agent busy."},
	member{name: "Contacts", shape: listOf(contact), doc: "The agent's contacts."},
	member{name: "NextStatus", shape: text, doc: "The status that follows when the agent has no more contacts."},
)

var contact = structure(
	member{name: "ContactId", shape: text},
	member{name: "Channel", shape: channel},
	member{name: "InitiationMethod", shape: initiation},
	member{name: "AgentContactState", shape: contactState},
	member{name: "StateStartTimestamp", shape: timestamp},
	member{name: "ConnectedToAgentTimestamp", shape: timestamp},
	member{name: "Queue", shape: reference},
)
