package api

import (
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
	query rollcall.Query
	limit int
	after rollcall.Cursor
}

// parameters are the names that the query string may use, each with what
// becomes of its values.
var parameters = map[string]func(q *question, values []string) error{
	"queue": func(q *question, values []string) (err error) {
		q.query.Queues, err = ids[rollcall.QueueID](values)
		return err
	},
	"routing-profile": func(q *question, values []string) (err error) {
		q.query.RoutingProfiles, err = ids[rollcall.RoutingProfileID](values)
		return err
	},
	"agent": func(q *question, values []string) (err error) {
		q.query.Agents, err = ids[rollcall.AgentID](values)
		return err
	},
	"hierarchy-group": func(q *question, values []string) (err error) {
		q.query.HierarchyGroups, err = ids[rollcall.HierarchyGroupID](values)
		return err
	},
	"contact-state":   parseContactStates,
	"include-offline": parseIncludeOffline,
	"limit":           parseLimit,
	"cursor":          parseCursor,
}

// parseQuestion reads a query string. Every fault is named, all in one error.
func parseQuestion(instance rollcall.InstanceID, values url.Values) (*question, error) {
	q := &question{query: rollcall.Query{Instance: instance}, limit: defaultLimit}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parse, known := parameters[name]
		if !known {
			faults = append(faults, fmt.Sprintf("%q is no parameter: there are %s", rollcall.Shorten(name), strings.Join(slices.Sorted(maps.Keys(parameters)), ", ")))
			continue
		}
		if err := parse(q, values[name]); err != nil {
			faults = append(faults, name+": "+err.Error())
		}
	}
	if len(faults) > 0 {
		return nil, rollcall.Errorf(rollcall.CodeInvalid, "%s", strings.Join(faults, "; "))
	}
	return q, nil
}

// ids reads ids or ARNs. A parameter may be repeated, and a value may be a
// list with commas.
func ids[T ~string](values []string) ([]T, error) {
	var list []T
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			id := rollcall.LastSegment(part)
			if !rollcall.ValidID(id) {
				return nil, fmt.Errorf("%q is no id or ARN", rollcall.Shorten(part))
			}
			list = append(list, T(id))
		}
	}
	if len(list) > maxFilterList {
		return nil, fmt.Errorf("has %d values, at most %d are allowed", len(list), maxFilterList)
	}
	return list, nil
}

func parseContactStates(q *question, values []string) error {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			state, ok := rollcall.ParseContactState(part)
			if !ok {
				return fmt.Errorf("%q is no contact state; CONNECTED is one", rollcall.Shorten(part))
			}
			q.query.ContactStates.Add(state.Shown())
		}
	}
	return nil
}

func parseIncludeOffline(q *question, values []string) (err error) {
	if q.query.IncludeOffline, err = strconv.ParseBool(values[0]); err != nil {
		return fmt.Errorf("%q: want true or false", rollcall.Shorten(values[0]))
	}
	return nil
}

func parseLimit(q *question, values []string) (err error) {
	if q.limit, err = strconv.Atoi(values[0]); err != nil || q.limit < 1 || q.limit > maxLimit {
		return fmt.Errorf("%q: want a number from 1 to %d", rollcall.Shorten(values[0]), maxLimit)
	}
	return nil
}

func parseCursor(q *question, values []string) error {
	ordinal, err := strconv.ParseUint(values[0], 10, 32)
	if err != nil {
		return fmt.Errorf("%q: want nextCursor of an earlier answer", rollcall.Shorten(values[0]))
	}
	q.after = rollcall.Cursor{Ordinal: uint32(ordinal), Started: true}
	return nil
}
