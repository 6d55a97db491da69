package server_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/access"
)

// runWithPolicy runs a server whose tests' key has the statements, with ' for ",
// as its policy, and puts the events in with the server's own key before.
func runWithPolicy(t *testing.T, statements string, events ...string) *running {
	t.Helper()
	c := settings()
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	policy := strings.ReplaceAll(`{'Version':'2012-10-17','Statement':[`+statements+`]}`, "'", `"`)
	key, err := access.CreateKey(c.KeysFile, access.New{Name: "reader", Policy: []byte(policy), CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	s.put(events...)
	s.key = key
	return s
}

const allowed = `{'Effect':'Allow','Action':'*','Resource':'*'}`

func denied(resource string) string {
	return allowed + `,{'Effect':'Deny','Action':'*','Resource':'` + resource + `'}`
}

func allowedOn(resource string) string {
	return `{'Effect':'Allow','Action':'*','Resource':'` + resource + `'}`
}

// What a filter names needs permission, in both dialects alike.
func TestPolicies_MeanTheSameInBothDialects(t *testing.T) {
	filters := []struct{ operation, query, arn string }{
		{"Queues", "queue", support + "/queue/" + nobodys},
		{"RoutingProfiles", "routing-profile", support + "/routing-profile/" + nobodys},
		{"Agents", "agent", support + "/agent/" + nobodys},
		{"UserHierarchyGroups", "hierarchy-group", support + "/agent-group/" + nobodys},
	}
	for name, c := range map[string]struct {
		statements string
		may        func(arn string) bool
		everybody  bool
		listed     int
	}{
		"all":                  {allowed, func(string) bool { return true }, true, 1},
		"a queue is denied":    {denied(support + "/queue/" + nobodys), func(arn string) bool { return !strings.Contains(arn, "/queue/") }, true, 1},
		"an agent is denied":   {denied(support + "/agent/*"), func(arn string) bool { return !strings.Contains(arn, "/agent/") }, true, 1},
		"what lies in it":      {allowedOn(support + "/*"), func(string) bool { return true }, false, 0},
		"the instance alone":   {allowedOn(support), func(string) bool { return false }, true, 1},
		"one queue":            {allowedOn(support + "/queue/" + nobodys), func(arn string) bool { return strings.Contains(arn, "/queue/") }, false, 0},
		"an instance's prefix": {allowedOn(support + "*"), func(string) bool { return true }, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := runWithPolicy(t, c.statements, login("ann"))
			for _, f := range filters {
				for _, value := range []string{nobodys, f.arn} {
					want := http.StatusForbidden
					if c.may(f.arn) {
						want = http.StatusOK
					}
					if got := s.post(questions, fmt.Sprintf(`{"Filters":{%q:[%q]}}`, f.operation, value)); got.status != want {
						t.Errorf("%s of the operation: %s, want %d", f.operation, got, want)
					}
					if got := s.send(http.MethodGet, supportPath+"/agents?"+f.query+"="+value, "", nil); got.status != want {
						t.Errorf("%s of /v1: %s, want %d", f.query, got, want)
					}
				}
			}
			if got := s.send(http.MethodGet, supportPath+"/agents", "", nil); (got.status == http.StatusOK) != c.everybody {
				t.Errorf("everybody: %s", got)
			}
			if got := s.send(http.MethodGet, "/v1/instances", "", nil); strings.Count(got.body, `"arn"`) != c.listed {
				t.Errorf("instances: %s", got)
			}
		})
	}
}

// Who may not ask learns nothing of the journal by demanding a position.
func TestMinPosition_NeedsThePermissionOfTheRequest(t *testing.T) {
	s := runWithPolicy(t, denied("*"), login("ann"))
	for _, demanded := range []string{"0000000000000001-1-0", "yesterday"} {
		for _, c := range []struct{ method, path, body string }{
			{http.MethodPost, questions, aboutAnn},
			{http.MethodGet, supportPath + "/agents", ""},
			{http.MethodGet, "/v1/instances", ""},
			{http.MethodDelete, supportPath, ""},
			{http.MethodDelete, supportPath + "/agents/ann", ""},
		} {
			inHeader := s.send(c.method, c.path, c.body, http.Header{"X-Rollcall-Min-Position": {demanded}})
			inQuery := s.send(c.method, c.path+"?min-position="+demanded, c.body, nil)
			for _, got := range []reply{inHeader, inQuery} {
				if got.status != http.StatusForbidden || strings.Contains(got.body, "epoch") || strings.Contains(got.body, "EPOCH") {
					t.Errorf("%s %s from %s: %s", c.method, c.path, demanded, got)
				}
			}
		}
	}
}

func TestAudit_SaysWhoRemovedWhat(t *testing.T) {
	s := runWithPolicy(t, allowed, login("ann"))
	for i, c := range []struct{ path, resource string }{
		{supportPath + "/agents/ann?force=true", support + "/agent/ann"},
		{supportPath, support},
	} {
		got := s.send(http.MethodDelete, c.path, "", nil)
		lines := s.log.all("audit")[1:] // behind the instance's beginning
		if got.status != http.StatusOK || len(lines) != i+1 {
			t.Fatalf("DELETE %s: %s, audit %v", c.path, got, lines)
		}
		for member, want := range map[string]any{
			"level": "INFO", "key_id": s.key.ID, "action": access.ActionRemoveAgents, "resource": c.resource,
			"request_id": got.header.Get("X-Request-Id"),
		} {
			if lines[i][member] != want {
				t.Errorf("DELETE %s: %s is %v, want %v", c.path, member, lines[i][member], want)
			}
		}
		if address, _ := lines[i]["remote_addr"].(string); !strings.HasPrefix(address, "127.0.0.1:") {
			t.Errorf("DELETE %s: from %q", c.path, address)
		}
	}
}

func TestRefusals_AreCountedByReasonAndLoggedInBounds(t *testing.T) {
	s := runWithPolicy(t, denied(support+"/queue/x"), login("ann"))
	right := s.key
	const many = 40
	for range many {
		s.post(questions, `{"Filters":{"Queues":["x"]}}`)
	}
	s.key.Secret = "this is not the secret of it at all"
	s.post(questions, aboutAnn)
	s.key = access.Key{ID: "AKRCNOBODY", Secret: right.Secret}
	s.post(questions, aboutAnn)
	s.key = right
	s.send(http.MethodGet, "/v1/instances", "", http.Header{"Authorization": {"Bearer guessed"}})
	for reason, n := range map[string]int{"ExplicitDeny": many, "InvalidSignature": 1, "UnrecognizedClient": 1, "NoAllow": 0} {
		s.awaitMetrics(fmt.Sprintf("rollcall_access_refused_total{reason=%q} %d", reason, n))
	}
	line := s.log.await(t, "request refused")
	if line["reason"] != "ExplicitDeny" || line["key_id"] != right.ID || line["action"] != getUserData || line["resource"] != support+"/queue/x" {
		t.Errorf("logged: %v", line)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	if lines := s.log.all("request refused"); len(lines) > many/2 {
		t.Errorf("%d lines in the log", len(lines))
	}
}

const getUserData = "connect:GetCurrentUserData"

// nobodys is an id that nobody has, which no filter takes for a name.
const nobodys = "0e5b8a5e-1d1f-4b42-9a5e-2b1f6f3c9a11"
