package connectapi

import "time"

// GetCurrentMetricData counts the agents and contacts of now.
var GetCurrentMetricData = define[GetCurrentMetricDataInput, GetCurrentMetricDataOutput](Operation{
	Route:  Route{"GetCurrentMetricData", "POST", "/metrics/current/{InstanceId}", AccessRead},
	Doc:    "Counts the agents and contacts of now, by queue, routing profile, channel or status.",
	Errors: []string{"InvalidRequestException", "InvalidParameterException", "InternalServiceException", "ThrottlingException", "ResourceNotFoundException"},
	Quota:  Quota{PerSecond: 5, Burst: 8},
})

// GetCurrentMetricDataInput is what it takes.
type GetCurrentMetricDataInput struct {
	InstanceID     string                      `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	Filters        *CurrentMetricFilters       `json:"Filters,omitzero" api:"required" doc:"Which agents and contacts to count." more:"Queues, routing profiles or statuses. Ids and ARNs may be mixed."`
	Groupings      []Grouping                  `json:"Groupings,omitzero" api:"max=2" doc:"What to count apart." more:"Up to two."`
	CurrentMetrics []CurrentMetric             `json:"CurrentMetrics,omitzero" api:"required" doc:"What to count."`
	NextToken      string                      `json:"NextToken,omitzero" doc:"The NextToken of the page before." more:"The other options must be the same as for that page, and the token is good for five minutes."`
	MaxResults     int32                       `json:"MaxResults,omitzero" api:"min=1,max=100" doc:"The greatest number of groups on a page." more:"It may be 1 to 100, and is 100 unless given."`
	SortCriteria   []CurrentMetricSortCriteria `json:"SortCriteria,omitzero" api:"min=0,max=1" doc:"The metric by which groups are sorted."`
}

// CurrentMetricFilters select what is counted.
type CurrentMetricFilters struct {
	Queues                 []string  `json:"Queues,omitzero" api:"min=1,max=100" doc:"Up to 100 queues."`
	Channels               []Channel `json:"Channels,omitzero" api:"max=4" doc:"The channels to count."`
	RoutingProfiles        []string  `json:"RoutingProfiles,omitzero" api:"min=1,max=100" doc:"Up to 100 routing profiles."`
	RoutingStepExpressions []string  `json:"RoutingStepExpressions,omitzero" api:"max=50,each.min=1,each.max=3000" doc:"Up to 50 expressions of routing steps."`
	AgentStatuses          []string  `json:"AgentStatuses,omitzero" doc:"The statuses that agents must have."`
	Subtypes               []string  `json:"Subtypes,omitzero" api:"max=10,each.min=1,each.max=100" doc:"Up to 10 subtypes of contacts."`
	ValidationTestTypes    []string  `json:"ValidationTestTypes,omitzero" api:"max=10" doc:"Up to 10 types of tests."`
}

// CurrentMetric is a metric and its unit.
type CurrentMetric struct {
	Name     CurrentMetricName `json:"Name,omitzero" doc:"The metric."`
	MetricID string            `json:"MetricId,omitzero" doc:"The id of a metric of your own."`
	Unit     MetricUnit        `json:"Unit,omitzero" doc:"The unit it is told in."`
}

// CurrentMetricSortCriteria is a metric to sort by.
type CurrentMetricSortCriteria struct {
	SortByMetric CurrentMetricName `json:"SortByMetric,omitzero" doc:"The metric."`
	SortOrder    SortOrder         `json:"SortOrder,omitzero" doc:"Which way it is sorted."`
}

// GetCurrentMetricDataOutput is one page of the answer.
type GetCurrentMetricDataOutput struct {
	NextToken             string                `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
	MetricResults         []CurrentMetricResult `json:"MetricResults" doc:"The groups of this page."`
	DataSnapshotTime      time.Time             `json:"DataSnapshotTime,omitzero" doc:"When it was counted."`
	ApproximateTotalCount int64                 `json:"ApproximateTotalCount" doc:"How many there are on all pages."`
}

// CurrentMetricResult is the counts of one group.
type CurrentMetricResult struct {
	Dimensions  *CurrentMetricDimensions `json:"Dimensions,omitzero" doc:"What is counted here."`
	Collections []CurrentMetricData      `json:"Collections,omitzero" doc:"The counts."`
}

// CurrentMetricDimensions say what a group is of: those that were asked to be counted apart.
type CurrentMetricDimensions struct {
	Queue                 *Reference             `json:"Queue,omitzero"`
	Channel               Channel                `json:"Channel,omitzero"`
	RoutingProfile        *Reference             `json:"RoutingProfile,omitzero"`
	RoutingStepExpression string                 `json:"RoutingStepExpression,omitzero" api:"min=1,max=3000"`
	AgentStatus           *AgentStatusIdentifier `json:"AgentStatus,omitzero"`
	Subtype               string                 `json:"Subtype,omitzero" api:"min=1,max=100"`
	ValidationTestType    string                 `json:"ValidationTestType,omitzero"`
}

// CurrentMetricData is a count. Without a value it is unknown.
type CurrentMetricData struct {
	Metric *CurrentMetric `json:"Metric,omitzero"`
	Value  *float64       `json:"Value,omitzero"`
}

// AgentStatusIdentifier names a status.
type AgentStatusIdentifier struct {
	ARN string `json:"Arn,omitzero"`
	ID  string `json:"Id,omitzero"`
}

// Grouping is what is counted apart.
type Grouping string

// Values are all groupings.
func (Grouping) Values() []string {
	return []string{
		"QUEUE", "CHANNEL", "ROUTING_PROFILE", "ROUTING_STEP_EXPRESSION", "AGENT_STATUS", "SUBTYPE",
		"VALIDATION_TEST_TYPE",
	}
}

// CurrentMetricName is a metric.
type CurrentMetricName string

// Values are all metrics.
func (CurrentMetricName) Values() []string {
	return []string{
		"AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CALL", "AGENTS_NON_PRODUCTIVE", "AGENTS_AFTER_CONTACT_WORK",
		"AGENTS_ERROR", "AGENTS_STAFFED", "CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE", "CONTACTS_SCHEDULED",
		"AGENTS_ON_CONTACT", "SLOTS_ACTIVE", "SLOTS_AVAILABLE", "ESTIMATED_WAIT_TIME",
	}
}

// MetricUnit is a unit of metrics.
type MetricUnit string

// Values are all units of metrics.
func (MetricUnit) Values() []string { return []string{"SECONDS", "COUNT", "PERCENT"} }

// SortOrder is which way something is sorted.
type SortOrder string

// Values are all orders.
func (SortOrder) Values() []string { return []string{"ASCENDING", "DESCENDING"} }
