package connectclient

import (
	"strconv"
	"strings"
)

// ParamValidationError lists everything that is wrong with an input. Nothing
// was sent. Its text is boto3's.
type ParamValidationError struct {
	// Problems has one sentence for each, in the order of the members.
	Problems []string
}

func (e *ParamValidationError) Error() string {
	return "Parameter validation failed:\n" + strings.Join(e.Problems, "\n")
}

// Validate checks what AWS clients check before they send: that required
// members are there, and least lengths and values. Greatest lengths, names of
// states and which filters go together are the service's to judge. The error is
// a [ParamValidationError].
func (in *GetCurrentUserDataInput) Validate() error {
	var problems []string
	if in.InstanceID == "" {
		problems = append(problems, `Missing required parameter in input: "InstanceId"`)
	}
	if in.Filters == nil {
		problems = append(problems, `Missing required parameter in input: "Filters"`)
	} else {
		problems = append(problems, in.Filters.problems()...)
	}
	if in.MaxResults < 0 {
		problems = append(problems, "Invalid value for parameter MaxResults, value: "+
			strconv.FormatInt(int64(in.MaxResults), 10)+", valid min value: 1")
	}
	if problems != nil {
		return &ParamValidationError{Problems: problems}
	}
	return nil
}

func (f *Filters) problems() []string {
	var problems []string
	for _, list := range []struct {
		name string
		ids  []string
	}{
		{"Queues", f.Queues},
		{"RoutingProfiles", f.RoutingProfiles},
		{"Agents", f.Agents},
		{"UserHierarchyGroups", f.UserHierarchyGroups},
	} {
		if list.ids != nil && len(list.ids) == 0 {
			problems = append(problems, "Invalid length for parameter Filters."+list.name+", value: 0, valid min length: 1")
		}
	}
	return problems
}
