package access_test

import (
	"os"
	"strings"
	"testing"

	"rollcall/internal/access"
)

// allowing is a policy with one action and one resource.
func allowing(action, resource string) []byte {
	return access.AllowPolicy([]string{action}, []string{resource})
}

func TestParsePolicy_TakesEveryActionThatThereIs(t *testing.T) {
	for _, a := range access.Actions() {
		if _, err := access.ParsePolicy(allowing(a, "*")); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	for _, a := range []string{"*", "connect:*", "rollcall:Put*", "connect:list?ueues", "CONNECT:GETCURRENTUSERDATA", "connect:ListRealtimeContactAnalysisSegments"} {
		if _, err := access.ParsePolicy(allowing(a, "*")); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestParsePolicy_RefusesAnActionThatThereIsNot(t *testing.T) {
	for action, nearest := range map[string]string{
		"rollcall:Foo":                          "rollcall:Debug",
		"connect:GetCurentUserData":             "connect:GetCurrentUserData",
		"connect:get-current-user-data":         "connect:GetCurrentUserData",
		"rollcall:GetCurrentUserData":           "connect:GetCurrentUserData",
		"s3:GetObject":                          "",
		"rollcall:putevent":                     "rollcall:PutEvents",
		"connect:Lst*":                          "",
		"rollcall:RemoveAgent":                  "rollcall:RemoveAgents",
		"connect:" + strings.Repeat("List", 99): "",
	} {
		for _, element := range []string{"Action", "NotAction"} {
			_, err := access.ParsePolicy([]byte(policyOf(`{'Effect': 'Deny', '` + element + `': '` + action + `', 'Resource': '*'}`)))
			if err == nil || !strings.Contains(err.Error(), "policy.Statement[0]."+element) ||
				!strings.Contains(err.Error(), "there is no such action; the nearest is "+nearest) {
				t.Errorf("%s %s: %v", element, action, err)
			}
		}
	}
}

func TestParsePolicy_TakesEveryResourceThatThereIs(t *testing.T) {
	const in = "arn:aws:connect:eu-west-1:123456789012:"
	for _, resource := range []string{
		"*", "arn:*", "arn:aws:connect:*", "arn:aws-us-gov:connect:*:*:*", instance, instance + "*", instance + "/*", queue,
		instance + "/queue/agent/ann", in + "instance/*/queue/*", in + "instance/?/agent-group/a?c", in + "*/agent/sip:ann@example.com",
		in + "instance/support/routing-*", in + "phone-number/*", in + "instance/support/contact-flow/f:3", in + "ins*", in + "instance/*/*/x",
		"arn:aws:conn*:eu-west-1:123456789012:instance/support", instance + "/agent-state/é",
	} {
		if _, err := access.ParsePolicy(allowing("*", resource)); err != nil {
			t.Errorf("%s: %v", resource, err)
		}
	}
}

func TestParsePolicy_RefusesAResourceThatThereIsNot(t *testing.T) {
	const in = "arn:aws:connect:eu-west-1:123456789012:"
	for resource, nearest := range map[string]string{
		instance + "/queues/sales":         "instance/ID/queue/ID",
		instance + "/user/ann":             "instance/ID/agent/ID",
		instance + "/hierarchy-group/east": "instance/ID/agent-group/ID",
		instance + "/queue":                "instance/ID/queue/ID",
		instance + "/":                     "instance/ID",
		instance + "/queue/a/b":            "instance/ID/queue/ID",
		in + "instances/support":           "instance/ID",
		in + "queue/sales":                 "",
		in + "instance/*/queu/?":           "instance/ID/queue/ID",
		in:                                 "",
		"arn:aws:s3:::bucket":              "arn:aws:connect:…",
		"arn:aws:S*:*":                     "arn:aws:connect:…",
	} {
		_, err := access.ParsePolicy([]byte(policyOf(`{'Effect': 'Deny', 'Action': '*', 'NotResource': '` + resource + `'}`)))
		if err == nil || !strings.Contains(err.Error(), "policy.Statement[0].NotResource") || !strings.HasSuffix(err.Error(), nearest) ||
			!strings.Contains(err.Error(), "the nearest ") {
			t.Errorf("%s: %v", resource, err)
		}
	}
}

// Whoever writes a policy finds every action in the docs.
func TestDocs_ListTheActions(t *testing.T) {
	docs, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range access.Actions() {
		service, name, _ := strings.Cut(a, ":")
		if service == "rollcall" || len(access.ActionResources(a)) > 0 {
			row := "| `" + a + "` | " + strings.Join(access.ActionResources(a), ", ") + " |"
			if !strings.Contains(string(docs), row) {
				t.Errorf("docs/access.md lacks the row %s", row)
			}
		} else if !strings.Contains(string(docs), " "+name+" ") && !strings.Contains(string(docs), "\n"+name+" ") && !strings.Contains(string(docs), " "+name+"\n") {
			t.Errorf("docs/access.md lacks %s", a)
		}
	}
}
