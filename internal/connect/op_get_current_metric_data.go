package connect

import (
	"cmp"
	"math"
	"slices"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/pagetoken"
	"rollcall/internal/tally"
)

// GetCurrentMetricData: how many do what, by queue, channel, routing profile or
// status.
//
//	POST /metrics/current/{InstanceId}
//	{"Filters": {…}, "Groupings": ["QUEUE", "CHANNEL"], "CurrentMetrics": [{"Name": "AGENTS_ONLINE", "Unit": "COUNT"}, …]}
//
// Filters has Queues or RoutingProfiles, 1 to 100 ids or ARNs, and may have
// Channels, and with Queues up to 50 AgentStatuses. Up to two groupings, in any
// order, without which there is one row, of everybody whom the filters let
// through; none if that is nobody.
//
//	CHANNEL          of the Channels, or of all
//	AGENT_STATUS     beside QUEUE, with Queues, for AGENTS_ONLINE alone
//	SUBTYPE, VALIDATION_TEST_TYPE, ROUTING_STEP_EXPRESSION
//	                 are judged, and have no rows: agents' events don't tell them
//
// By queue a row in which nobody is online and no contact waits is left out. Rows are sorted by
// AGENTS_ONLINE, the most first, or as SortCriteria says, and alike ones by
// their ids. CONTACTS_IN_QUEUE and OLDEST_CONTACT_AGE have a Value where contact
// events came of the instance; CONTACTS_SCHEDULED and ESTIMATED_WAIT_TIME never.
// package tally says what each metric counts.
//
// A walk over pages shows one count, of DataSnapshotTime, if its node still has
// it; a token is good for five minutes.
//
// Needs connect:GetCurrentMetricData on each queue and routing profile that the
// filters name. Exceptions are those of GetCurrentUserData.
//
// Source: Amazon Connect API Reference, GetCurrentMetricData; Administrator
// Guide, Metrics definitions; for what they leave open, DIVERGENCES.md.
var getCurrentMetricData = spec[connectapi.GetCurrentMetricDataInput, connectapi.GetCurrentMetricDataOutput]{
	of: connectapi.GetCurrentMetricData,
	resources: func(in *connectapi.GetCurrentMetricDataInput, instance rollcall.ARN) (named []rollcall.ARN) {
		for _, value := range judged(in.Filters.Queues) {
			named = append(named, resource(instance, rollcall.TypeQueue, value)...)
		}
		for _, value := range judged(in.Filters.RoutingProfiles) {
			named = append(named, resource(instance, rollcall.TypeRoutingProfile, value)...)
		}
		return named
	},
	judge:  judgeMetrics,
	answer: answerMetrics,
}

func answerMetrics(q *question, in *connectapi.GetCurrentMetricDataInput) (*connectapi.GetCurrentMetricDataOutput, error) {
	p, err := q.page(in)
	if err != nil {
		return nil, err
	}
	question, now := string(p.binding), q.o.Now()
	count := q.censuses.resume(p.opened.Epoch, question)
	if count == nil {
		count = q.countMetrics(in, question, now)
	}
	from := min(int(p.opened.Ordinal), len(count.rows))
	to := min(from+p.limit, len(count.rows))
	out := &connectapi.GetCurrentMetricDataOutput{
		MetricResults: make([]connectapi.CurrentMetricResult, 0, to-from), DataSnapshotTime: count.at, ApproximateTotalCount: int64(len(count.rows)),
	}
	for i := range count.rows[from:to] {
		out.MetricResults = append(out.MetricResults, metricResult(count, &count.rows[from+i], in, q.ARN))
	}
	if to < len(count.rows) {
		q.censuses.keep(count, now)
		out.NextToken = q.tokens.Seal(pagetoken.Place{Ordinal: uint32(to), Epoch: count.id, IssuedAt: now}, p.binding)
	}
	return out, nil
}

// countMetrics counts the rows of the answer, in their order.
func (q *question) countMetrics(in *connectapi.GetCurrentMetricDataInput, question string, now time.Time) *keptCount {
	now = now.Truncate(time.Millisecond) // as all that Amazon Connect tells of instants
	count := &keptCount{question: question, at: now}
	asked, told := askedMetrics(in, q.ARN)
	if !told {
		return count
	}
	var waiting []rollcall.Wait
	if waiting, count.source = q.o.waits(q.Floor); !count.source {
		count.rows = q.censuses.find(q.Floor).count(q.Floor, question, func(c *tally.Census) []tally.Row { return arrange(c.Count(asked), asked, in, now) })
		return count
	}
	rows := q.censuses.find(q.Floor).count(q.Floor, question+" with waits", func(c *tally.Census) []tally.Row { return c.Count(asked) })
	count.rows = arrange(withWaits(rows, asked, waiting, q.Floor), asked, in, now)
	return count
}

// askedMetrics is what is to be counted; false for what no event tells.
func askedMetrics(in *connectapi.GetCurrentMetricDataInput, instance rollcall.ARN) (*tally.Question, bool) {
	f := in.Filters
	asked := &tally.Question{
		Queues:   ids[rollcall.QueueID](instance, rollcall.TypeQueue, f.Queues),
		Profiles: ids[rollcall.RoutingProfileID](instance, rollcall.TypeRoutingProfile, f.RoutingProfiles),
		Statuses: ids[rollcall.AgentStatusID](instance, rollcall.TypeAgentStatus, f.AgentStatuses),
	}
	for _, channel := range f.Channels {
		asked.Channels = append(asked.Channels, rollcall.Channel(channel))
	}
	if len(f.RoutingStepExpressions)+len(f.Subtypes)+len(f.ValidationTestTypes) > 0 {
		return nil, false
	}
	for _, g := range in.Groupings {
		d, told := groupings[g]
		if !told {
			return nil, false
		}
		asked.By = append(asked.By, d)
	}
	return asked, true
}

// arrange leaves out inactive queues and sorts.
func arrange(rows []tally.Row, asked *tally.Question, in *connectapi.GetCurrentMetricDataInput, now time.Time) []tally.Row {
	if slices.Contains(asked.By, tally.ByQueue) {
		rows = slices.DeleteFunc(rows, func(r tally.Row) bool { return r.Online == 0 && r.Waiting == 0 })
	}
	by := sortsBy(in)
	metric, turn := currentMetrics[by.SortByMetric], 1
	if by.SortOrder != "ASCENDING" {
		turn = -1
	}
	switch {
	case metric.of != nil:
		slices.SortStableFunc(rows, func(a, b tally.Row) int { return turn * cmp.Compare(metric.of(&a.Metrics), metric.of(&b.Metrics)) })
	case metric.waits != nil:
		slices.SortStableFunc(rows, func(a, b tally.Row) int {
			return turn * cmp.Compare(metric.waits(&a.Metrics, now), metric.waits(&b.Metrics, now))
		})
	}
	return rows
}

// ids are those of values that were judged.
func ids[ID ~string](instance rollcall.ARN, kind string, values []string) []ID {
	var list []ID
	for _, value := range values {
		for _, arn := range resource(instance, kind, value) {
			list = append(list, ID(arn.QueryID()))
		}
	}
	return list
}

// groupings are those that agents' events tell.
var groupings = map[connectapi.Grouping]tally.Dimension{
	"QUEUE": tally.ByQueue, "CHANNEL": tally.ByChannel, "ROUTING_PROFILE": tally.ByRoutingProfile, "AGENT_STATUS": tally.ByStatus,
}

// currentMetrics are all metrics, by what agents' events tell of them, or else
// contact events; some neither do.
var currentMetrics = map[connectapi.CurrentMetricName]struct {
	unit  connectapi.MetricUnit
	of    func(m *tally.Metrics) int
	waits func(m *tally.Metrics, now time.Time) float64
}{
	"AGENTS_ONLINE":             {unit: "COUNT", of: func(m *tally.Metrics) int { return m.Online }},
	"AGENTS_AVAILABLE":          {unit: "COUNT", of: func(m *tally.Metrics) int { return m.Available }},
	"AGENTS_ON_CALL":            {unit: "COUNT", of: func(m *tally.Metrics) int { return m.OnContact }},
	"AGENTS_ON_CONTACT":         {unit: "COUNT", of: func(m *tally.Metrics) int { return m.OnContact }},
	"AGENTS_NON_PRODUCTIVE":     {unit: "COUNT", of: func(m *tally.Metrics) int { return m.NonProductive }},
	"AGENTS_AFTER_CONTACT_WORK": {unit: "COUNT", of: func(m *tally.Metrics) int { return m.AfterContactWork }},
	"AGENTS_ERROR":              {unit: "COUNT", of: func(m *tally.Metrics) int { return m.Error }},
	"AGENTS_STAFFED":            {unit: "COUNT", of: func(m *tally.Metrics) int { return m.Staffed }},
	"SLOTS_ACTIVE":              {unit: "COUNT", of: func(m *tally.Metrics) int { return m.SlotsActive }},
	"SLOTS_AVAILABLE":           {unit: "COUNT", of: func(m *tally.Metrics) int { return m.SlotsAvailable }},
	"CONTACTS_IN_QUEUE":         {unit: "COUNT", waits: func(m *tally.Metrics, _ time.Time) float64 { return float64(m.Waiting) }},
	"CONTACTS_SCHEDULED":        {unit: "COUNT"},
	"OLDEST_CONTACT_AGE":        {unit: "SECONDS", waits: oldestAge},
	"ESTIMATED_WAIT_TIME":       {unit: "SECONDS"},
}

// oldestAge is how long somebody has waited, in whole seconds; 0 when nobody waits.
func oldestAge(m *tally.Metrics, now time.Time) float64 {
	if m.Waiting == 0 {
		return 0
	}
	return math.Floor(max(0, now.Sub(m.WaitingSince).Seconds()))
}

// metricResult writes a row.
func metricResult(count *keptCount, r *tally.Row, in *connectapi.GetCurrentMetricDataInput, instance rollcall.ARN) connectapi.CurrentMetricResult {
	result := connectapi.CurrentMetricResult{Collections: make([]connectapi.CurrentMetricData, len(in.CurrentMetrics))}
	if len(in.Groupings) > 0 {
		result.Dimensions = new(connectapi.CurrentMetricDimensions)
	}
	for _, g := range in.Groupings {
		switch g {
		case "QUEUE":
			result.Dimensions.Queue = reference(instance, rollcall.TypeQueue, string(r.Queue))
		case "ROUTING_PROFILE":
			result.Dimensions.RoutingProfile = reference(instance, rollcall.TypeRoutingProfile, string(r.Profile))
		case "CHANNEL":
			result.Dimensions.Channel = connectapi.Channel(r.Channel)
		case "AGENT_STATUS":
			status := reference(instance, rollcall.TypeAgentStatus, string(r.Status))
			result.Dimensions.AgentStatus = &connectapi.AgentStatusIdentifier{ARN: status.ARN, ID: status.ID}
		}
	}
	for i, asked := range in.CurrentMetrics {
		metric := currentMetrics[asked.Name]
		result.Collections[i].Metric = &connectapi.CurrentMetric{Name: asked.Name, Unit: metric.unit}
		var n float64
		switch {
		case metric.of != nil:
			n = float64(metric.of(&r.Metrics))
		case metric.waits != nil && count.source:
			n = metric.waits(&r.Metrics, count.at)
			if asked.Name == "OLDEST_CONTACT_AGE" && len(in.Groupings) == 0 {
				n *= 1000 // Amazon tells milliseconds then, whatever Unit says
			}
		default:
			continue
		}
		result.Collections[i].Value = &n
	}
	return result
}

func reference(instance rollcall.ARN, kind, id string) *connectapi.Reference {
	return &connectapi.Reference{ID: id, ARN: instance.Child(kind, id).String()}
}
