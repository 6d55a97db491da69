package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// SearchUsers: the users, on the floor or off it, of whom the criteria are true,
// in order of first appearance; all without any.
//
//	POST /search-users
//	{"InstanceId": "…", "SearchCriteria": {…}, "NextToken": "…", "MaxResults": 100}
//
// In a node of the criteria everything that is given must hold: one of
// OrConditions, all of AndConditions, and the conditions.
//
//	StringCondition          FieldName Username, FirstName, LastName, RoutingProfileId, SecurityProfileId
//	                         or ResourceId, in any case; ComparisonType EXACT unless given. Upper and
//	                         lower case of values are the same. What events don't tell matches nothing.
//	HierarchyGroupCondition  Value is an id or ARN; EXACT (unless given): the user's own group,
//	                         WITH_CHILD_GROUPS: or one below it
//	ListCondition            one proficiency fulfils all Conditions: strings ProficiencyName and
//	                         ProficiencyValue, the number ProficiencyLevel
//
// Nesting ends at 32 levels of JSON. SearchFilter is refused, with the reason:
// events tell no tags.
//
// Needs connect:SearchUsers on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, SearchUsers; DIVERGENCES.md.
var searchUsers = spec[connectapi.SearchUsersInput, connectapi.SearchUsersOutput]{
	of: connectapi.SearchUsers,
	judge: func(in *connectapi.SearchUsersInput, instance rollcall.ARN, f *faults) {
		if filter := in.SearchFilter; filter != nil {
			judgeTagFilter(f, filter.TagFilter)
			if filter.UserAttributeFilter != nil {
				f.add("SearchFilter.UserAttributeFilter can't be answered: agent events tell no tags. Use SearchCriteria for groups.")
			}
		}
		userCriteria(f, "SearchCriteria", instance, in.SearchCriteria)
	},
	answer: func(q *question, in *connectapi.SearchUsersInput) (*connectapi.SearchUsersOutput, error) {
		p, err := q.page(in)
		if err != nil {
			return nil, err
		}
		criteria := userCriteria(new(faults), "", q.ARN, in.SearchCriteria)
		page := q.Floor.Search(&rollcall.Query{IncludeOffline: true}, criteria.match, p.after, p.limit)
		out := &connectapi.SearchUsersOutput{
			Users: make([]connectapi.UserSearchSummary, len(page.Agents)), ApproximateTotalCount: int64(page.Total),
		}
		for i, a := range page.Agents {
			c := &a.Configuration
			u := connectapi.UserSearchSummary{
				ID: string(a.ID), ARN: a.ARN, Username: c.Username, RoutingProfileID: profileID(a), HierarchyGroupID: string(c.Group().ID),
			}
			if c.FirstName+c.LastName != "" {
				u.IdentityInfo = &connectapi.UserIdentityInfoLite{FirstName: c.FirstName, LastName: c.LastName}
			}
			out.Users[i] = u
		}
		out.NextToken, err = p.next(&page)
		return out, err
	},
}

var userFields = fields[*rollcall.Agent]{
	"username":          func(a *rollcall.Agent) string { return a.Configuration.Username },
	"firstname":         func(a *rollcall.Agent) string { return a.Configuration.FirstName },
	"lastname":          func(a *rollcall.Agent) string { return a.Configuration.LastName },
	"routingprofileid":  profileID,
	"securityprofileid": func(*rollcall.Agent) string { return "" },
	"resourceid":        func(a *rollcall.Agent) string { return string(a.ID) },
}

// userCriteria makes a node of the criteria a condition. It tells what can't be
// right with it.
func userCriteria(f *faults, path string, instance rollcall.ARN, c *connectapi.UserSearchCriteria) allOf[*rollcall.Agent] {
	return criteria(f, path, c, func(c *connectapi.UserSearchCriteria) (or, and []connectapi.UserSearchCriteria) {
		return c.OrConditions, c.AndConditions
	}, func(f *faults, path string, c *connectapi.UserSearchCriteria) (all allOf[*rollcall.Agent]) {
		if c.StringCondition != nil {
			all = append(all, userFields.condition(f, path+".StringCondition", c.StringCondition))
		}
		if c.HierarchyGroupCondition != nil {
			all = append(all, groupCondition(f, path+".HierarchyGroupCondition", instance, c.HierarchyGroupCondition))
		}
		if c.ListCondition != nil {
			all = append(all, proficiencyCondition(f, path+".ListCondition", c.ListCondition))
		}
		return all
	})
}

func groupCondition(f *faults, path string, instance rollcall.ARN, c *connectapi.HierarchyGroupCondition) func(*rollcall.Agent) bool {
	arn, why := rollcall.ParseResource(instance, rollcall.TypeHierarchyGroup, c.Value)
	if why != "" {
		f.add("%s.Value is %s: %s.", path, quoted(c.Value), why)
	}
	id := rollcall.HierarchyGroupID(arn.ID)
	if c.HierarchyGroupMatchType != connectapi.WithChildGroups {
		return func(a *rollcall.Agent) bool { return a.Configuration.Group().ID == id }
	}
	q := rollcall.Query{HierarchyGroups: []rollcall.HierarchyGroupID{id}, IncludeOffline: true}
	return q.Match
}

var proficiencyFields = fields[rollcall.Proficiency]{
	"proficiencyname":  func(p rollcall.Proficiency) string { return p.Name },
	"proficiencyvalue": func(p rollcall.Proficiency) string { return p.Value },
}

func proficiencyCondition(f *faults, path string, c *connectapi.ListCondition) func(*rollcall.Agent) bool {
	var all allOf[rollcall.Proficiency]
	for i := range c.Conditions {
		at := index(path+".Conditions", i)
		if s := c.Conditions[i].StringCondition; s != nil {
			all = append(all, proficiencyFields.condition(f, at+".StringCondition", s))
		}
		if n := c.Conditions[i].NumberCondition; n != nil {
			number := numberCondition(f, at+".NumberCondition", "ProficiencyLevel", n)
			all = append(all, func(p rollcall.Proficiency) bool { return number(p.Level) })
		}
	}
	return func(a *rollcall.Agent) bool {
		for _, p := range a.Configuration.Proficiencies {
			if all.match(p) {
				return true
			}
		}
		return false
	}
}

func profileID(a *rollcall.Agent) string {
	if p := a.Configuration.RoutingProfile; p != nil {
		return string(p.ID)
	}
	return ""
}
