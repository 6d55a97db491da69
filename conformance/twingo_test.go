package conformance

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
)

// sdkCall asks an operation with an input of JSON.
type sdkCall func(ctx context.Context, client *connect.Client, input []byte) (output any, err error)

func sdkCallOf[In, Out any](method func(*connect.Client, context.Context, *In, ...func(*connect.Options)) (*Out, error)) sdkCall {
	return func(ctx context.Context, client *connect.Client, input []byte) (any, error) {
		in := new(In)
		if err := json.Unmarshal(input, in); err != nil {
			return nil, err
		}
		return method(client, ctx, in)
	}
}

var sdkCalls = map[string]sdkCall{
	"DescribeAgentStatus":            sdkCallOf((*connect.Client).DescribeAgentStatus),
	"DescribeContact":                sdkCallOf((*connect.Client).DescribeContact),
	"DescribeInstance":               sdkCallOf((*connect.Client).DescribeInstance),
	"DescribeQueue":                  sdkCallOf((*connect.Client).DescribeQueue),
	"DescribeRoutingProfile":         sdkCallOf((*connect.Client).DescribeRoutingProfile),
	"DescribeUser":                   sdkCallOf((*connect.Client).DescribeUser),
	"DescribeUserHierarchyGroup":     sdkCallOf((*connect.Client).DescribeUserHierarchyGroup),
	"DescribeUserHierarchyStructure": sdkCallOf((*connect.Client).DescribeUserHierarchyStructure),
	"GetCurrentMetricData":           sdkCallOf((*connect.Client).GetCurrentMetricData),
	"GetCurrentUserData":             sdkCallOf((*connect.Client).GetCurrentUserData),
	"ListAgentStatuses":              sdkCallOf((*connect.Client).ListAgentStatuses),
	"ListInstances":                  sdkCallOf((*connect.Client).ListInstances),
	"ListQueues":                     sdkCallOf((*connect.Client).ListQueues),
	"ListRoutingProfileQueues":       sdkCallOf((*connect.Client).ListRoutingProfileQueues),
	"ListRoutingProfiles":            sdkCallOf((*connect.Client).ListRoutingProfiles),
	"ListUserHierarchyGroups":        sdkCallOf((*connect.Client).ListUserHierarchyGroups),
	"ListUsers":                      sdkCallOf((*connect.Client).ListUsers),
	"SearchAgentStatuses":            sdkCallOf((*connect.Client).SearchAgentStatuses),
	"SearchQueues":                   sdkCallOf((*connect.Client).SearchQueues),
	"SearchRoutingProfiles":          sdkCallOf((*connect.Client).SearchRoutingProfiles),
	"SearchUserHierarchyGroups":      sdkCallOf((*connect.Client).SearchUserHierarchyGroups),
	"SearchUsers":                    sdkCallOf((*connect.Client).SearchUsers),
}

// sendByGo asks with the SDK for Go, and gives what outcome does.
func (c twinCase) sendByGo(t *testing.T, client *connect.Client) any {
	t.Helper()
	call, ok := sdkCalls[c.Operation]
	if !ok {
		t.Fatalf("nothing calls %s", c.Operation)
	}
	var input, answer object
	if err := json.Unmarshal(c.Input, &input); err != nil {
		t.Fatal(err)
	}
	var rows []any
	for {
		body, err := json.Marshal(input)
		if err != nil {
			t.Fatal(err)
		}
		output, err := call(t.Context(), client, body)
		if err != nil {
			is := goException(t, err)
			return is.Exception
		}
		if body, err = json.Marshal(output); err != nil {
			t.Fatal(err)
		}
		answer = nil
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		if c.Member == "" {
			return answer
		}
		page, _ := answer[c.Member].([]any)
		rows = append(rows, page...)
		if input["NextToken"] = answer["NextToken"]; input["NextToken"] == nil {
			return rows
		}
	}
}

// agree tells whether an answer of the SDK for Go is the wanted one. Its JSON also
// has members that aren't there.
func agree(want, got any) bool {
	switch want := want.(type) {
	case object:
		got, ok := got.(object)
		if !ok {
			return isNothing(want)
		}
		for name := range got {
			if _, ok := want[name]; !ok && name != "ResultMetadata" && !isNothing(got[name]) {
				return false
			}
		}
		for name := range want {
			if !agree(want[name], got[name]) {
				return false
			}
		}
		return true
	case []any:
		got, _ := got.([]any)
		return slices.EqualFunc(want, got, agree)
	case string:
		got, _ := got.(string)
		return want == got || sameInstant(want, got)
	}
	return want == got
}

// isNothing tells whether it stands for a member that isn't there.
func isNothing(v any) bool {
	switch v := v.(type) {
	case object:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || v == "" || v == false || v == 0.0
}

func sameInstant(a, b string) bool {
	x, err := time.Parse(time.RFC3339Nano, a)
	y, other := time.Parse(time.RFC3339Nano, b)
	return err == nil && other == nil && x.Equal(y)
}
