package v1

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/tally"
)

// The bounds of one question.
const (
	defaultLimit  = 100
	maxLimit      = 1000
	maxFilterList = 100
)

// question is what the query string of a list of agents asks.
type question struct {
	instance rollcall.ARN
	query    rollcall.Query
	limit    int
	after    string // the cursor; empty for the first page
	orders   []func(a, b *rollcall.Agent) int
	summing  summing

	longerThan, notHeardFor time.Duration // as query.Traits has them in instants

	known known
	now   time.Time
}

// resourceFilter is a filter that names resources.
type resourceFilter struct {
	name, resourceType string
	by                 tally.Dimension // in which they have names, if byName
	byName             bool
}

var resourceFilters = [...]resourceFilter{
	{"queue", rollcall.TypeQueue, tally.ByQueue, true},
	{"routing-profile", rollcall.TypeRoutingProfile, tally.ByRoutingProfile, true},
	{"hierarchy-group", rollcall.TypeHierarchyGroup, tally.ByHierarchyGroup, true},
	{name: "agent", resourceType: rollcall.TypeAgent},
}

// parameters are what a route takes.
type parameters struct {
	lists   map[string]func(q *question, values []string) error // :: name -> reader of what may have several values
	singles map[string]func(q *question, value string) error    // :: name -> reader of what stands once
}

// filters are the parameters of every route about agents. A comma is a part of
// a value like any other character: a parameter with several values is repeated.
var filters = parameters{
	lists: map[string]func(q *question, values []string) error{
		"queue": func(q *question, values []string) (err error) {
			q.query.Queues, err = resolve[rollcall.QueueID](q, &resourceFilters[0], values)
			return err
		},
		"routing-profile": func(q *question, values []string) (err error) {
			q.query.RoutingProfiles, err = resolve[rollcall.RoutingProfileID](q, &resourceFilters[1], values)
			return err
		},
		"agent": parseAgents,
		"hierarchy-group": func(q *question, values []string) (err error) {
			q.query.HierarchyGroups, err = resolve[rollcall.HierarchyGroupID](q, &resourceFilters[2], values)
			return err
		},
		"contact-state": parseContactStates,
		"status":        parseStatuses,
		"status-type":   parseStatusTypes,
		"activity":      parseActivities,
		"channel":       parseChannels,
	},
	singles: map[string]func(q *question, value string) error{
		"include-offline": parseIncludeOffline,
		"name":            parseName,
		"longer-than":     parseLongerThan,
		"not-heard-for":   parseNotHeardFor,
		minPosition:       func(*question, string) error { return nil },
	},
}

// listing is what a list takes, and summed what a summary takes.
var (
	listing = filters.and(map[string]func(q *question, value string) error{
		"limit": parseLimit, "cursor": parseCursor, "sort": parseSort,
	})
	summed = filters.and(map[string]func(q *question, value string) error{
		"by": parseBy, "include": parseInclude, "include-empty": parseIncludeEmpty,
	})
)

func (p *parameters) and(singles map[string]func(q *question, value string) error) *parameters {
	all := maps.Clone(p.singles)
	maps.Copy(all, singles)
	return &parameters{lists: p.lists, singles: all}
}

func (p *parameters) names() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(p.lists)), maps.Keys(p.singles))
	slices.Sort(names)
	return names
}

// parseQuestion reads a query string. Every fault is named, all in one error.
func (s *service) parseQuestion(p *parameters, fl *floor.Floor, values url.Values) (*question, error) {
	q := &question{instance: fl.ARN(), query: rollcall.Query{Instance: fl.ARN().Instance}, limit: defaultLimit, now: s.now()}
	q.known = knownOn(fl)
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := q.parse(p, name, values[name]); err != nil {
			faults = append(faults, rollcall.Shorten(name)+": "+err.Error())
		}
	}
	if q.after != "" && len(q.orders) > 0 {
		faults = append(faults, "cursor: goes on in the order of first appearance alone: leave it or sort out")
	}
	if len(faults) > 0 {
		return nil, rollcall.Errorf(rollcall.CodeInvalid, "%s", strings.Join(faults, "; "))
	}
	return q, nil
}

// filtered gives the resources that filters name, as seen from an instance: the
// sender must be permitted each. Values with a fault are none, and nobody is
// asked about more than may be given.
func filtered(q *request, instance rollcall.ARN) (resources []rollcall.ARN) {
	var k known
	if q.floor != nil && q.floor.ARN() == instance {
		k = knownOn(q.floor)
	}
	for _, filter := range resourceFilters {
		given := q.values[filter.name]
		for _, value := range given[:min(len(given), maxFilterList)] {
			for _, id := range k.named(filter, value) {
				if resource, why := rollcall.ParseResource(instance, filter.resourceType, id); why == "" {
					resources = append(resources, resource)
				}
			}
		}
	}
	return resources
}

func (q *question) parse(p *parameters, name string, values []string) error {
	if list, ok := p.lists[name]; ok {
		if len(values) > maxFilterList {
			return fmt.Errorf("has %d values, at most %d are allowed", len(values), maxFilterList)
		}
		return list(q, values)
	}
	single, ok := p.singles[name]
	switch {
	case !ok:
		return fmt.Errorf("is no parameter: there are %s", strings.Join(p.names(), ", "))
	case len(values) > 1:
		return fmt.Errorf("is given %d times, expected once", len(values))
	}
	return single(q, values[0])
}

func parseAgents(q *question, values []string) error {
	for _, value := range values {
		agent, why := rollcall.ParseResource(q.instance, rollcall.TypeAgent, value)
		if why != "" {
			return fmt.Errorf("%q: %s", rollcall.Shorten(value), why)
		}
		q.query.Agents = append(q.query.Agents, rollcall.AgentID(agent.QueryID()))
	}
	q.query.Agents = sorted(q.query.Agents)
	return nil
}

// sorted puts values in their order, each once, so that the same question in
// other words has the same cursors and feeds.
func sorted[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// parseContactStates takes PAUSED for CONNECTED, as rollcall.Query does.
func parseContactStates(q *question, values []string) error {
	for _, value := range values {
		state, ok := rollcall.ParseContactState(value)
		if !ok {
			return fmt.Errorf("%q is no contact state; there are %s", rollcall.Shorten(value), strings.Join(rollcall.ContactStateNames(), ", "))
		}
		q.query.ContactStates.Add(state.Shown())
	}
	return nil
}

func parseIncludeOffline(q *question, value string) (err error) {
	q.query.IncludeOffline, err = parseBool(value)
	return err
}

func parseIncludeEmpty(q *question, value string) (err error) {
	q.summing.includeEmpty, err = parseBool(value)
	return err
}

func parseBool(value string) (bool, error) {
	is, err := strconv.ParseBool(value)
	if err != nil {
		return false, fmt.Errorf("%q: want true or false", rollcall.Shorten(value))
	}
	return is, nil
}

func parseLimit(q *question, value string) (err error) {
	if q.limit, err = strconv.Atoi(value); err != nil || q.limit < 1 || q.limit > maxLimit {
		return fmt.Errorf("%q: want a number from 1 to %d", rollcall.Shorten(value), maxLimit)
	}
	return nil
}

func parseCursor(q *question, value string) error {
	if value == "" {
		return errors.New("is empty: leave it out for the first page")
	}
	q.after = value
	return nil
}
