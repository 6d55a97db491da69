package connectclient_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/connectclient"
)

func TestGetCurrentUserData_DecodesAPage(t *testing.T) {
	_, c := serve(t, nil, reply{status: 200, body: `{
		"NextToken": "t2", "ApproximateTotalCount": 2, "Later": [1],
		"UserDataList": [{
			"User": {"Id": "ada", "Arn": "arn:ada"},
			"RoutingProfile": {"Id": "basic", "Arn": "arn:basic"},
			"HierarchyPath": {"LevelOne": {"Id": "emea", "Arn": "arn:emea"}, "LevelTwo": null},
			"Status": {"StatusStartTimestamp": 1741064767.123456, "StatusArn": "arn:st", "StatusName": "Ready"},
			"MaxSlotsByChannel": {"VOICE": 1, "CHAT": 3},
			"Contacts": [{"ContactId": "c1", "Channel": "CHAT", "AgentContactState": "CONNECTED_ONHOLD",
				"StateStartTimestamp": "2025-03-04T05:06:07.5Z", "ConnectedToAgentTimestamp": null, "Queue": {"Id": "billing"}}],
			"NextStatus": "Break"
		}, {"User": {"Id": "bob"}, "Status": {"StatusStartTimestamp": -1.25}}]
	}`})
	got, err := c.GetCurrentUserData(t.Context(), someQueues("i"))
	if err != nil {
		t.Fatal(err)
	}
	want := &connectclient.GetCurrentUserDataOutput{
		NextToken: "t2", ApproximateTotalCount: 2,
		UserDataList: []connectclient.UserData{
			{
				User:           connectclient.Reference{ID: "ada", ARN: "arn:ada"},
				RoutingProfile: connectclient.Reference{ID: "basic", ARN: "arn:basic"},
				HierarchyPath:  connectclient.HierarchyPath{LevelOne: connectclient.Reference{ID: "emea", ARN: "arn:emea"}},
				Status: connectclient.AgentStatus{
					StatusStartTimestamp: time.Date(2025, 3, 4, 5, 6, 7, 123456000, time.UTC), StatusARN: "arn:st", StatusName: "Ready",
				},
				MaxSlotsByChannel: map[connectclient.Channel]int{connectclient.ChannelVoice: 1, connectclient.ChannelChat: 3},
				Contacts: []connectclient.AgentContact{{
					ContactID: "c1", Channel: connectclient.ChannelChat, AgentContactState: connectclient.ContactConnectedOnHold,
					StateStartTimestamp: time.Date(2025, 3, 4, 5, 6, 7, 5e8, time.UTC),
					Queue:               connectclient.Reference{ID: "billing"},
				}},
				NextStatus: "Break",
			},
			{
				User:   connectclient.Reference{ID: "bob"},
				Status: connectclient.AgentStatus{StatusStartTimestamp: time.Date(1969, 12, 31, 23, 59, 58, 75e7, time.UTC)},
			},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("page (-want +got):\n%s", d)
	}
}

func TestGetCurrentUserData_AnswersThatAreNoPage(t *testing.T) {
	for _, tc := range []struct {
		body string
		fail bool
	}{
		{"", false},
		{"<p>hello</p>", false},
		{"[]", true},
		{`{"UserDataList": 1}`, true},
		{`{"UserDataList": [{"Status": {"StatusStartTimestamp": "noon"}}]}`, true},
		{`{"UserDataList": [{"Status": {"StatusStartTimestamp": 1e300}}]}`, true},
	} {
		_, c := serve(t, nil, reply{status: 200, body: tc.body})
		out, err := c.GetCurrentUserData(t.Context(), someQueues("i"))
		if (err != nil) != tc.fail || !tc.fail && cmp.Diff(&connectclient.GetCurrentUserDataOutput{}, out) != "" {
			t.Errorf("%q: %+v, %v", tc.body, out, err)
		}
	}
}

func TestValidate_NamesEverythingThatIsWrong(t *testing.T) {
	for _, tc := range []struct {
		in   connectclient.GetCurrentUserDataInput
		want string
	}{
		{*someQueues("i"), ""},
		{connectclient.GetCurrentUserDataInput{InstanceID: "i", Filters: &connectclient.Filters{}}, ""},
		{
			connectclient.GetCurrentUserDataInput{MaxResults: -4},
			"Parameter validation failed:\nMissing required parameter in input: \"InstanceId\"\n" +
				"Missing required parameter in input: \"Filters\"\nInvalid value for parameter MaxResults, value: -4, valid min value: 1",
		},
		{
			connectclient.GetCurrentUserDataInput{InstanceID: "i", Filters: &connectclient.Filters{Agents: []string{}, Queues: []string{}}},
			"Parameter validation failed:\nInvalid length for parameter Filters.Queues, value: 0, valid min length: 1\n" +
				"Invalid length for parameter Filters.Agents, value: 0, valid min length: 1",
		},
	} {
		err := tc.in.Validate()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%+v (-want +got):\n%s", tc.in, d)
		}
	}
}

func TestGetCurrentUserData_InvalidInputIsNotSent(t *testing.T) {
	rec, c := serve(t, nil)
	_, err := c.GetCurrentUserData(t.Context(), nil)
	if _, ok := errors.AsType[*connectclient.ParamValidationError](err); !ok || len(rec.seen) != 0 {
		t.Errorf("error %v, %d requests", err, len(rec.seen))
	}
}

func TestGetCurrentUserData_ExceptionsHaveTypes(t *testing.T) {
	header := func(code string) map[string]string {
		return map[string]string{"x-amzn-ErrorType": code, "x-amzn-RequestId": "r-1"}
	}
	for _, tc := range []struct {
		name  string
		reply reply
		is    func(error) bool
		code  string
		msg   string
	}{
		{"request", reply{400, header("InvalidRequestException"), `{"Message":"m"}`}, is[*connectclient.InvalidRequestException], "InvalidRequestException", "m"},
		{"parameter, long form", reply{400, header("com.amazonaws.connect#InvalidParameterException:http://x/"), `{"Message":"m"}`}, is[*connectclient.InvalidParameterException], "InvalidParameterException", "m"},
		{"not found by body", reply{404, nil, `{"__type":"a.b#ResourceNotFoundException","message":"m"}`}, is[*connectclient.ResourceNotFoundException], "ResourceNotFoundException", "m"},
		{"throttled by code", reply{429, nil, `{"code":"ThrottlingException","message":"m","Message":"n"}`}, is[*connectclient.ThrottlingException], "ThrottlingException", "m"},
		{"denied by Code", reply{403, nil, `{"Code":"AccessDeniedException","Message":"m"}`}, is[*connectclient.AccessDeniedException], "AccessDeniedException", "m"},
		{"internal", reply{500, header("InternalServiceException"), `{}`}, is[*connectclient.InternalServiceException], "InternalServiceException", ""},
		{"query compatible", reply{400, map[string]string{"x-amzn-query-error": "Sender.Odd;Sender"}, `{"__type":"Other"}`}, is[*connectclient.APIError], "Sender.Odd", ""},
		{"no code", reply{418, nil, `{"Message":5}`}, is[*connectclient.APIError], "418", "5"},
		{"no JSON", reply{403, nil, `go away`}, is[*connectclient.APIError], "403", "go away"},
		{"a list", reply{400, nil, `[1]`}, is[*connectclient.APIError], "400", ""},
		{"a load balancer", reply{503, header("Ignored"), "\n<html>busy</html>"}, is[*connectclient.APIError], "503", "Service Unavailable"},
	} {
		_, c := serve(t, func(cfg *connectclient.Config) { cfg.MaxAttempts = 1 }, tc.reply)
		_, err := c.GetCurrentUserData(t.Context(), someQueues("i"))
		e, ok := errors.AsType[*connectclient.APIError](err)
		if !ok || !tc.is(err) {
			t.Errorf("%s: error %T %v", tc.name, err, err)
			continue
		}
		want := connectclient.APIError{Operation: "GetCurrentUserData", Code: tc.code, Message: tc.msg, Status: tc.reply.status, RequestID: tc.reply.header["x-amzn-RequestId"]}
		if d := cmp.Diff(want, *e); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
		if !strings.HasPrefix(err.Error(), "An error occurred ("+tc.code+") when calling the GetCurrentUserData operation: ") {
			t.Errorf("%s: text %q", tc.name, err)
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestInvalidRequestException_HasItsReason(t *testing.T) {
	_, c := serve(t, nil, reply{400, map[string]string{"x-amzn-ErrorType": "InvalidRequestException"}, `{"Message":"m","Reason":{"Why":"BECAUSE"}}`})
	_, err := c.GetCurrentUserData(t.Context(), someQueues("i"))
	e, ok := errors.AsType[*connectclient.InvalidRequestException](err)
	if !ok || e.Reason["Why"] != "BECAUSE" {
		t.Errorf("error %+v", err)
	}
}

func TestPages_EndsWhenTheTokenEnds(t *testing.T) {
	page := func(token string) reply {
		raw, _ := json.Marshal(map[string]any{"NextToken": token})
		return reply{status: 200, body: string(raw)}
	}
	for _, tc := range []struct {
		name    string
		replies []reply
		want    []string // the token each request carried
	}{
		{"one page", []reply{page("")}, []string{""}},
		{"three pages", []reply{page("a"), page("b"), {status: 200, body: "{}"}}, []string{"", "a", "b"}},
		{"a token that repeats", []reply{page("a"), page("a")}, []string{"", "a"}},
		{"an error", []reply{page("a"), {status: 404}}, []string{"", "a"}},
	} {
		rec, c := serve(t, nil, tc.replies...)
		pages := 0
		for _, err := range c.Pages(t.Context(), someQueues("i")) {
			if (err != nil) != (tc.name == "an error" && pages == 1) {
				t.Errorf("%s: page %d: %v", tc.name, pages, err)
			}
			pages++
		}
		var got []string
		for _, e := range rec.seen {
			var body struct {
				NextToken string `json:"NextToken"`
			}
			if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
				t.Fatal(err)
			}
			got = append(got, body.NextToken)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: tokens (-want +got):\n%s", tc.name, d)
		}
	}
}

func TestPages_StopsWithTheLoop(t *testing.T) {
	rec, c := serve(t, nil, reply{status: 200, body: `{"NextToken":"a"}`})
	for _, err := range c.Pages(t.Context(), someQueues("i")) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if len(rec.seen) != 1 {
		t.Errorf("%d requests", len(rec.seen))
	}
}

func TestEndpoint_ByPartition(t *testing.T) {
	for _, tc := range []struct {
		region     string
		fips, dual bool
		want       string
	}{
		{"eu-central-1", false, false, "https://connect.eu-central-1.amazonaws.com"},
		{"us-east-1", true, false, "https://connect-fips.us-east-1.amazonaws.com"},
		{"us-east-1", true, true, "https://connect-fips.us-east-1.api.aws"},
		{"us-gov-east-1", true, false, "https://connect.us-gov-east-1.amazonaws.com"},
		{"us-gov-east-1", true, true, "https://connect-fips.us-gov-east-1.api.aws"},
		{"cn-northwest-1", false, true, "https://connect.cn-northwest-1.api.amazonwebservices.com.cn"},
		{"us-iso-west-1", false, false, "https://connect.us-iso-west-1.c2s.ic.gov"},
		{"us-isob-east-1", false, true, "https://connect.us-isob-east-1.api.aws.scloud"},
		{"eusc-de-east-1", false, false, "https://connect.eusc-de-east-1.amazonaws.eu"},
	} {
		if got := connectclient.Endpoint(tc.region, tc.fips, tc.dual); got != tc.want {
			t.Errorf("Endpoint(%s, %v, %v) = %s, want %s", tc.region, tc.fips, tc.dual, got, tc.want)
		}
	}
}
