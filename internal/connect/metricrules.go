package connect

import (
	"slices"

	"rollcall"
	"rollcall/connectapi"
)

const (
	// maxAgentStatuses is how many the filter takes. Source: Amazon Connect API
	// Reference, in words.
	maxAgentStatuses = 50
	// maxMetrics bounds an answer: Amazon has fourteen metrics.
	maxMetrics = 50
)

// judgeMetrics holds a question about metrics against the rules that Amazon's
// documentation of GetCurrentMetricData gives in words.
func judgeMetrics(in *connectapi.GetCurrentMetricDataInput, instance rollcall.ARN, f *faults) {
	judgeMetricFilters(in.Filters, instance, f)
	judgeGroupings(in, f)
	judgeCurrentMetrics(in, f)
	switch by := sortsBy(in).SortByMetric; by {
	case "SLOTS_ACTIVE", "SLOTS_AVAILABLE":
		f.add("SortCriteria[0].SortByMetric is %s: nothing is sorted by that.", by)
	}
}

func judgeMetricFilters(filters *connectapi.CurrentMetricFilters, instance rollcall.ARN, f *faults) {
	queues, profiles := filters.Queues != nil, filters.RoutingProfiles != nil
	switch {
	case queues && profiles:
		f.add("Filters has Queues and RoutingProfiles: want one of them.")
	case !queues && !profiles:
		f.add("Filters has neither Queues nor RoutingProfiles: want one of them.")
	}
	judgeResources(f, instance, rollcall.TypeQueue, "Filters.Queues", filters.Queues)
	judgeResources(f, instance, rollcall.TypeRoutingProfile, "Filters.RoutingProfiles", filters.RoutingProfiles)
	judgeResources(f, instance, rollcall.TypeAgentStatus, "Filters.AgentStatuses", filters.AgentStatuses)
	if n := len(filters.AgentStatuses); n > maxAgentStatuses {
		f.add("Filters.AgentStatuses has %d values: want at most %d.", n, maxAgentStatuses)
	}
	for _, filter := range []struct {
		name string
		has  bool
	}{
		{"AgentStatuses", len(filters.AgentStatuses) > 0},
		{"Subtypes", len(filters.Subtypes) > 0},
		{"ValidationTestTypes", len(filters.ValidationTestTypes) > 0},
	} {
		if filter.has && !queues {
			f.add("Filters.%s is there without Filters.Queues: want both.", filter.name)
		}
	}
	if len(filters.RoutingStepExpressions) > 0 && len(filters.Queues) != 1 {
		f.add("Filters.RoutingStepExpressions is there with %d Queues: want exactly 1.", len(filters.Queues))
	}
}

func judgeResources(f *faults, instance rollcall.ARN, kind, member string, values []string) {
	for i, value := range judged(values) {
		judgeResource(f, instance, kind, index(member, i), value)
	}
}

func judgeGroupings(in *connectapi.GetCurrentMetricDataInput, f *faults) {
	has := func(g connectapi.Grouping) bool { return slices.Contains(in.Groupings, g) }
	queues := in.Filters.Queues != nil
	for i, g := range in.Groupings {
		if slices.Contains(in.Groupings[:i], g) {
			f.add("Groupings has %s twice.", quoted(string(g)))
		}
		switch g {
		case "AGENT_STATUS":
			if i == 0 || !has("QUEUE") || !queues {
				f.add("Groupings[%d] is AGENT_STATUS: want it behind QUEUE, and Filters.Queues.", i)
			}
		case "SUBTYPE", "VALIDATION_TEST_TYPE":
			if len(in.Groupings) > 1 && !has("QUEUE") || !queues {
				f.add("Groupings[%d] is %s: want no other beside it but QUEUE, and Filters.Queues.", i, g)
			}
		}
	}
	if len(in.Filters.RoutingStepExpressions) > 0 && !has("ROUTING_STEP_EXPRESSION") {
		f.add("Filters.RoutingStepExpressions is there without ROUTING_STEP_EXPRESSION in Groupings: want both.")
	}
}

func judgeCurrentMetrics(in *connectapi.GetCurrentMetricDataInput, f *faults) {
	if n := len(in.CurrentMetrics); n == 0 || n > maxMetrics {
		f.add("CurrentMetrics has %d values: want %s.", n, between(1, maxMetrics))
	}
	byStatus := slices.Contains(in.Groupings, "AGENT_STATUS")
	byProfile := slices.Contains(in.Groupings, "ROUTING_PROFILE") && in.Filters.RoutingProfiles == nil
	for i, m := range in.CurrentMetrics {
		member := index("CurrentMetrics", i)
		known, ok := currentMetrics[m.Name]
		switch {
		case m.MetricID != "":
			f.add("%s.MetricId is %s: there are no metrics of your own here. Want a Name.", member, quoted(m.MetricID))
			continue
		case m.Name == "":
			f.add("%s has no Name: want one of Amazon's metrics.", member)
			continue
		case !ok:
			continue // its enumeration was judged
		}
		if m.Unit != "" && m.Unit != known.unit {
			f.add("%s.Unit is %s: %s is told in %s.", member, quoted(string(m.Unit)), m.Name, known.unit)
		}
		switch m.Name {
		case "CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE":
			if byProfile {
				f.add("%s is %s, and Groupings has ROUTING_PROFILE: want Filters.RoutingProfiles.", member, m.Name)
			}
		}
		if byStatus && m.Name != "AGENTS_ONLINE" {
			f.add("%s is %s: by AGENT_STATUS there is AGENTS_ONLINE alone.", member, m.Name)
		}
	}
}

// sortsBy says how an answer is sorted.
func sortsBy(in *connectapi.GetCurrentMetricDataInput) connectapi.CurrentMetricSortCriteria {
	by := connectapi.CurrentMetricSortCriteria{}
	if len(in.SortCriteria) > 0 {
		by = in.SortCriteria[0]
	}
	if by.SortByMetric == "" {
		by.SortByMetric = "AGENTS_ONLINE"
	}
	return by
}
