package connect

import (
	"slices"
	"strconv"
	"strings"

	"rollcall"
)

// Limits of GetCurrentUserData. Source: Amazon Connect API Reference.
const (
	maxFilterValues    = 100
	maxHierarchyGroups = 1
	maxContactStates   = 9
	maxPageRows        = 100 // also the default, which isn't documented for this operation
)

// userDataFilters reads the member Filters.
func (d *decoder) userDataFilters(f *userDataFilters) error {
	return d.object("Filters", func(name string) (err error) {
		switch name {
		case "Queues":
			f.Queues, err = d.strings("Filters.Queues")
		case "RoutingProfiles":
			f.RoutingProfiles, err = d.strings("Filters.RoutingProfiles")
		case "Agents":
			f.Agents, err = d.strings("Filters.Agents")
		case "UserHierarchyGroups":
			f.UserHierarchyGroups, err = d.strings("Filters.UserHierarchyGroups")
		case "ContactFilter":
			err = d.object("Filters.ContactFilter", func(name string) (err error) {
				if name == "ContactStates" {
					f.ContactStates, err = d.strings("Filters.ContactFilter.ContactStates")
					return err
				}
				return d.ignore(f, "Filters.ContactFilter."+name)
			})
		default:
			err = d.ignore(f, "Filters."+name)
		}
		return err
	})
}

// ignore skips a member that the operation doesn't have and remembers the first
// few, in case nothing is left.
func (d *decoder) ignore(f *userDataFilters, name string) error {
	if len(f.ignored) < 3 {
		f.ignored = append(f.ignored, rollcall.Shorten(name))
	}
	return d.skip()
}

// userDataSelection is what a request means.
type userDataSelection struct {
	query  rollcall.Query
	limit  int // rows a page
	faults faults
}

// userDataMeaning is what a question means in an instance.
type userDataMeaning struct {
	instance  rollcall.ARN
	selection userDataSelection
}

// means gives a question its meaning. Every InvalidParameterException but that of
// a token comes from here. Who asks the same again shares it.
func (r *userDataQuestion) means(s *Service, instance rollcall.ARN) userDataSelection {
	if is := r.meaning.Load(); is != nil && is.instance == instance {
		return is.selection
	}
	sel := r.selection(instance, s.o.LenientFilters)
	sel.query.IncludeOffline = s.o.IncludeOffline
	r.meaning.Store(&userDataMeaning{instance, sel})
	return sel
}

func (r *userDataQuestion) selection(instance rollcall.ARN, lenient bool) userDataSelection {
	var sel userDataSelection
	f := r.Filters
	sel.query.Instance = instance.Instance
	sel.query.Queues = resolve[rollcall.QueueID](&sel, instance, rollcall.TypeQueue, "Filters.Queues", f.Queues, maxFilterValues)
	sel.query.RoutingProfiles = resolve[rollcall.RoutingProfileID](
		&sel, instance, rollcall.TypeRoutingProfile, "Filters.RoutingProfiles", f.RoutingProfiles, maxFilterValues)
	sel.query.Agents = resolve[rollcall.AgentID](&sel, instance, rollcall.TypeAgent, "Filters.Agents", f.Agents, maxFilterValues)
	sel.query.HierarchyGroups = resolve[rollcall.HierarchyGroupID](
		&sel, instance, rollcall.TypeHierarchyGroup, "Filters.UserHierarchyGroups", f.UserHierarchyGroups, maxHierarchyGroups)
	sel.contactStates(f.ContactStates)
	if !lenient {
		sel.exactlyOne(f)
	}
	sel.maxResults(r.MaxResults)
	return sel
}

// resources are what the filters name, and the sender must be allowed to ask
// about. Values with a fault are none.
func (f *userDataFilters) resources(instance rollcall.ARN) []rollcall.ARN {
	var named []rollcall.ARN
	for _, primary := range []struct {
		resourceType string
		values       []string
	}{
		{rollcall.TypeQueue, f.Queues},
		{rollcall.TypeRoutingProfile, f.RoutingProfiles},
		{rollcall.TypeAgent, f.Agents},
		{rollcall.TypeHierarchyGroup, f.UserHierarchyGroups},
	} {
		for _, value := range judged(primary.values) {
			if arn, why := rollcall.ParseResource(instance, primary.resourceType, value); why == "" {
				named = append(named, arn)
			}
		}
	}
	return named
}

// judged are the values that are looked at: whatever a request holds, it costs
// no more than a right one.
func judged(values []string) []string { return values[:min(len(values), maxFilterValues)] }

// resolve reads a list of ids and ARNs, and gives the id of each once, in order.
func resolve[ID ~string](sel *userDataSelection, instance rollcall.ARN, want, member string, values []string, limit int) []ID {
	if values == nil {
		return nil
	}
	if n := len(values); n == 0 || n > limit {
		sel.faults.add("%s has %d values: want %s.", member, n, between(1, limit))
	}
	values = judged(values)
	ids := make([]ID, 0, len(values))
	for i, value := range values {
		arn, why := rollcall.ParseResource(instance, want, value)
		if why != "" {
			sel.faults.add("%s[%d] is %s: %s.", member, i, quoted(value), why)
			continue
		}
		ids = append(ids, ID(arn.QueryID()))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (sel *userDataSelection) contactStates(values []string) {
	const member = "Filters.ContactFilter.ContactStates"
	if n := len(values); n > maxContactStates {
		sel.faults.add("%s has %d values: want %s.", member, n, between(0, maxContactStates))
	}
	for i, value := range judged(values) {
		state, ok := rollcall.ParseContactState(value)
		if !ok || state != state.Shown() {
			sel.faults.add("%s[%d] is %s: want one of %s.", member, i, quoted(value), askableStates)
			continue
		}
		sel.query.ContactStates.Add(state)
	}
}

// askableStates lists the states that the operation knows.
const askableStates = "INCOMING, PENDING, CONNECTING, CONNECTED, CONNECTED_ONHOLD, MISSED, ERROR, ENDED, REJECTED"

// exactlyOne holds the rule on the four primary filters: "a maximum of one
// filter", and in practice a minimum as well.
func (sel *userDataSelection) exactlyOne(f *userDataFilters) {
	const all = "Queues, RoutingProfiles, Agents and UserHierarchyGroups"
	var given []string
	for _, primary := range []struct {
		name   string
		values []string
	}{
		{"Queues", f.Queues},
		{"RoutingProfiles", f.RoutingProfiles},
		{"Agents", f.Agents},
		{"UserHierarchyGroups", f.UserHierarchyGroups},
	} {
		if primary.values != nil {
			given = append(given, primary.name)
		}
	}
	switch {
	case len(given) > 1:
		sel.faults.add("Filters has %s: want exactly one of %s.", strings.Join(given, ", "), all)
	case len(given) == 0 && len(f.ignored) > 0:
		sel.faults.add("Filters has none of %s: want exactly one. Unknown members were ignored: %s.", all, strings.Join(f.ignored, ", "))
	case len(given) == 0:
		sel.faults.add("Filters has none of %s: want exactly one.", all)
	}
}

func (sel *userDataSelection) maxResults(digits string) {
	if digits == "" {
		sel.limit = maxPageRows
		return
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > maxPageRows {
		sel.faults.add("MaxResults is %s: want %s.", rollcall.Shorten(digits), between(1, maxPageRows))
		return
	}
	sel.limit = n
}

// between words a limit.
func between(low, high int) string {
	if low == high {
		return "exactly " + strconv.Itoa(low)
	}
	return strconv.Itoa(low) + " to " + strconv.Itoa(high)
}
