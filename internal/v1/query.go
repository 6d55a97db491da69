package v1

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rollcall"
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
}

// lists are the parameters that may have several values, each with what
// becomes of them.
var lists = map[string]func(q *question, values []string) error{ // :: name -> reader
	"queue": func(q *question, values []string) (err error) {
		q.query.Queues, err = ids[rollcall.QueueID](q.instance, rollcall.TypeQueue, values)
		return err
	},
	"routing-profile": func(q *question, values []string) (err error) {
		q.query.RoutingProfiles, err = ids[rollcall.RoutingProfileID](q.instance, rollcall.TypeRoutingProfile, values)
		return err
	},
	"agent": func(q *question, values []string) (err error) {
		q.query.Agents, err = ids[rollcall.AgentID](q.instance, rollcall.TypeAgent, values)
		return err
	},
	"hierarchy-group": func(q *question, values []string) (err error) {
		q.query.HierarchyGroups, err = ids[rollcall.HierarchyGroupID](q.instance, rollcall.TypeHierarchyGroup, values)
		return err
	},
	"contact-state": parseContactStates,
}

// singles are the parameters that stand once.
var singles = map[string]func(q *question, value string) error{ // :: name -> reader
	"include-offline": parseIncludeOffline,
	minPosition:       func(*question, string) error { return nil },
	"limit":           parseLimit,
	"cursor":          parseCursor,
}

// parseQuestion reads a query string. Every fault is named, all in one error.
func parseQuestion(instance rollcall.ARN, values url.Values) (*question, error) {
	q := &question{instance: instance, query: rollcall.Query{Instance: instance.Instance}, limit: defaultLimit}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := q.parse(name, values[name]); err != nil {
			faults = append(faults, rollcall.Shorten(name)+": "+err.Error())
		}
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
	for _, filter := range []struct{ name, resourceType string }{
		{"queue", rollcall.TypeQueue},
		{"routing-profile", rollcall.TypeRoutingProfile},
		{"agent", rollcall.TypeAgent},
		{"hierarchy-group", rollcall.TypeHierarchyGroup},
	} {
		given := q.values[filter.name]
		for _, value := range given[:min(len(given), maxFilterList)] {
			if resource, why := rollcall.ParseResource(instance, filter.resourceType, value); why == "" {
				resources = append(resources, resource)
			}
		}
	}
	return resources
}

func (q *question) parse(name string, values []string) error {
	if list, ok := lists[name]; ok {
		return list(q, values)
	}
	single, ok := singles[name]
	switch {
	case !ok:
		return fmt.Errorf("is no parameter: there are %s", strings.Join(parameterNames(), ", "))
	case len(values) > 1:
		return fmt.Errorf("is given %d times, expected once", len(values))
	}
	return single(q, values[0])
}

func parameterNames() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(lists)), maps.Keys(singles))
	slices.Sort(names)
	return names
}

// ids reads ids or ARNs of resources of the type. A comma is a part of an id like
// any other character: a parameter with several values is repeated.
func ids[T ~string](instance rollcall.ARN, want string, values []string) ([]T, error) {
	if len(values) > maxFilterList {
		return nil, fmt.Errorf("has %d values, at most %d are allowed", len(values), maxFilterList)
	}
	list := make([]T, 0, len(values))
	for _, value := range values {
		resource, why := rollcall.ParseResource(instance, want, value)
		if why != "" {
			return nil, fmt.Errorf("%q: %s", rollcall.Shorten(value), why)
		}
		list = append(list, T(resource.QueryID()))
	}
	slices.Sort(list) // so that the same question in another order has the same cursors
	return slices.Compact(list), nil
}

// parseContactStates takes PAUSED for CONNECTED, as rollcall.Query does.
func parseContactStates(q *question, values []string) error {
	for _, value := range values {
		state, ok := rollcall.ParseContactState(value)
		if !ok {
			return fmt.Errorf("%q is no contact state; CONNECTED is one", rollcall.Shorten(value))
		}
		q.query.ContactStates.Add(state.Shown())
	}
	return nil
}

func parseIncludeOffline(q *question, value string) (err error) {
	if q.query.IncludeOffline, err = strconv.ParseBool(value); err != nil {
		return fmt.Errorf("%q: want true or false", rollcall.Shorten(value))
	}
	return nil
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
