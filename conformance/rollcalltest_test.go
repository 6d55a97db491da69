package conformance

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"rollcall/rollcalltest"
)

// This module takes rollcall as anybody's does, by a replace line, and tests
// with it as anybody would: the SDK's client against a server in the test.
func TestRollcalltest_FromAnotherModule(t *testing.T) {
	s := rollcalltest.NewServer(t)
	s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}, Contacts: []rollcalltest.Contact{{ID: "c-1", Queue: "sales"}}})
	client := connect.New(connect.Options{BaseEndpoint: aws.String(s.URL), Region: s.Region, Credentials: s.Credentials()})
	out, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{
		InstanceId: aws.String(s.InstanceID), Filters: &types.UserDataFilters{Queues: []string{"sales"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.UserDataList) != 1 || *out.UserDataList[0].User.Id != "ann" || out.UserDataList[0].ActiveSlotsByChannel["VOICE"] != 1 {
		t.Errorf("%+v; want ann on a call", out.UserDataList)
	}
}
