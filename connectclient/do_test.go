package connectclient_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/connectapi"
	"rollcall/connectclient"
)

func TestDo_PutsEachMemberWhereTheOperationHasIt(t *testing.T) {
	const arn = "arn:aws:connect:eu-west-2:1:instance/i"
	for _, tc := range []struct {
		ask  func(c *connectclient.Client) error
		want exchange
		sort string // Content-Type
	}{
		{func(c *connectclient.Client) error {
			_, err := connectclient.Do(t.Context(), c, connectapi.ListUsers, &connectapi.ListUsersInput{InstanceID: arn, NextToken: "a b&c", MaxResults: 7})
			return err
		}, exchange{Method: "GET", URI: "/users-summary/arn%3Aaws%3Aconnect%3Aeu-west-2%3A1%3Ainstance%2Fi?nextToken=a%20b%26c&maxResults=7"}, ""},
		{func(c *connectclient.Client) error {
			_, err := connectclient.Do(t.Context(), c, connectapi.DescribeUser, &connectapi.DescribeUserInput{InstanceID: "i", UserID: "u/v"})
			return err
		}, exchange{Method: "GET", URI: "/users/i/u%2Fv"}, ""},
		{func(c *connectclient.Client) error {
			_, err := connectclient.Do(t.Context(), c, connectapi.SearchUsers, &connectapi.SearchUsersInput{
				InstanceID: "i", SearchCriteria: &connectapi.UserSearchCriteria{OrConditions: []connectapi.UserSearchCriteria{
					{StringCondition: &connectapi.StringCondition{FieldName: "Username", Value: "a", ComparisonType: connectapi.StartsWith}}, {},
				}},
			})
			return err
		}, exchange{
			Method: "POST", URI: "/search-users",
			Body: `{"InstanceId":"i","SearchCriteria":{"OrConditions":[{"StringCondition":{"FieldName":"Username","Value":"a","ComparisonType":"STARTS_WITH"}},{}]}}`,
		}, "application/json"},
	} {
		rec, c := serve(t, nil)
		if err := tc.ask(c); err != nil {
			t.Errorf("%s: %v", tc.want.URI, err)
			continue
		}
		got := rec.seen[0]
		if sort := got.Header.Get("Content-Type"); sort != tc.sort {
			t.Errorf("%s: Content-Type %q", tc.want.URI, sort)
		}
		got.Host, got.Header = "", nil
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestDo_InvalidInputIsNotSent(t *testing.T) {
	rec, c := serve(t, nil)
	_, err := connectclient.Do(t.Context(), c, connectapi.SearchUsers, &connectapi.SearchUsersInput{MaxResults: -1})
	invalid, ok := errors.AsType[*connectclient.ParamValidationError](err)
	want := []string{`Missing required parameter in input: "InstanceId"`, "Invalid value for parameter MaxResults, value: -1, valid min value: 1"}
	if !ok || cmp.Diff(want, invalid.Problems) != "" || len(rec.seen) != 0 {
		t.Errorf("%v, %d requests", err, len(rec.seen))
	}
}

func TestDo_ExceptionsNameTheOperation(t *testing.T) {
	_, c := serve(t, nil, reply{status: 404, body: `{"__type":"ResourceNotFoundException","Message":"m"}`})
	_, err := connectclient.Do(t.Context(), c, connectapi.DescribeUser, &connectapi.DescribeUserInput{InstanceID: "i", UserID: "u"})
	if want := "An error occurred (ResourceNotFoundException) when calling the DescribeUser operation: m"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestPages_GoOnToTheLastOfAnyOperation(t *testing.T) {
	rec, c := serve(
		t, nil,
		reply{status: 200, body: `{"UserSummaryList":[{"Id":"a"}],"NextToken":"t1"}`},
		reply{status: 200, body: `{"UserSummaryList":[{"Id":"b","LastModifiedTime":1.5}],"NextToken":"t2"}`},
		reply{status: 200, body: `{"UserSummaryList":[]}`},
	)
	var ids []string
	for page, err := range connectclient.Pages(t.Context(), c, connectapi.ListUsers, &connectapi.ListUsersInput{InstanceID: "i", MaxResults: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.UserSummaryList {
			ids = append(ids, u.ID)
		}
	}
	if d := cmp.Diff([]string{"a", "b"}, ids); d != "" || len(rec.seen) != 3 || rec.seen[2].URI != "/users-summary/i?nextToken=t2&maxResults=1" {
		t.Errorf("%v in %d requests: %+v", ids, len(rec.seen), rec.seen)
	}
}
