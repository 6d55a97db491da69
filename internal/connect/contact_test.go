package connect_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/connect"
)

func TestDescribeContact_TellsOfWhoHasItNow(t *testing.T) {
	queued := time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)
	had, has, ended := agent("ann"), agent("bob"), agent("cay")
	contact := rollcall.Contact{
		ID: "c1", InitialID: "c0", Channel: "VOICE", InitiationMethod: "TRANSFER", State: rollcall.StateConnected, StateStartedAt: queued,
		ConnectedToAgentAt: queued.Add(time.Minute), QueuedAt: queued, Queue: &rollcall.Queue{ID: "sales", Name: "Sales"},
	}
	had.Snapshot.Contacts = []rollcall.Contact{contact}
	has.Snapshot.Contacts = []rollcall.Contact{contact}
	has.At = had.At.Add(time.Second)
	has.Snapshot.Configuration.Hierarchy = &rollcall.HierarchyPath{{ID: "emea"}, {ID: "uk", ARN: "as:it:came"}}
	ended.Snapshot.Contacts = []rollcall.Contact{{ID: "c2", Channel: "CHAT", State: rollcall.StateEnded, StateStartedAt: queued}, {ID: "c4", Channel: "TASK", State: rollcall.StatePaused, StateStartedAt: queued}}
	h := newAsker(t, connect.Options{Floors: newFloors(7, has, had, ended)}).service

	var got connectapi.DescribeContactOutput
	r := call(h, "GET", "/contacts/support/c1", "")
	if err := connectapi.Unmarshal(r.body, &got); err != nil || r.status != http.StatusOK {
		t.Fatalf("%s, %v", r.said(), err)
	}
	c := got.Contact
	if c.ID != "c1" || c.InitialContactID != "c0" || c.Channel != "VOICE" || c.InitiationMethod != "TRANSFER" || !strings.HasSuffix(c.ARN, "/contact/c1") ||
		c.AgentInfo.ID != "bob" || !c.AgentInfo.ConnectedToAgentTimestamp.Equal(contact.ConnectedToAgentAt) ||
		c.QueueInfo.ID != "sales" || !c.QueueInfo.EnqueueTimestamp.Equal(queued) || !c.LastUpdateTimestamp.Equal(has.At) {
		t.Errorf("%+v %+v %+v", c, c.AgentInfo, c.QueueInfo)
	}
	if groups := c.AgentInfo.HierarchyGroups; groups == nil || !strings.HasSuffix(groups.Level1.ARN, "/agent-group/emea") || groups.Level2.ARN != "as:it:came" || groups.Level3 != nil {
		t.Errorf("groups %+v", groups)
	}
	if r := call(h, "GET", "/contacts/support/c4", ""); !strings.Contains(r.said(), `"LastPausedTimestamp":1772449200`) {
		t.Error(r.said())
	}
	if r := call(h, "GET", "/contacts/support/c2", ""); !strings.Contains(r.said(), `"AfterContactWorkStartTimestamp":`) {
		t.Error(r.said())
	}
	for path, want := range map[string]string{
		"/contacts/support/c3":                          `404 ResourceNotFoundException {"Message":"Contact \"c3\" doesn't exist in this instance."}`,
		"/contacts/nowhere/c1":                          "404 ResourceNotFoundException",
		"/contacts/support/" + strings.Repeat("x", 257): "400 InvalidParameterException",
	} {
		if r := call(h, "GET", path, ""); !strings.HasPrefix(r.said(), want) {
			t.Errorf("%.40s: %s, want %s", path, r.said(), want)
		}
	}
}
