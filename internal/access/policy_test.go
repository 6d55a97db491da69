package access_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/access"
)

const (
	instance = "arn:aws:connect:eu-west-1:123456789012:instance/support"
	queue    = instance + "/queue/sales"
)

var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

// asked is the request of these tests, to be changed by a test.
func asked() access.Request {
	return access.Request{
		Action: "connect:GetCurrentUserData", Resource: queue, InstanceID: "support",
		SourceIP: netip.MustParseAddr("192.0.2.7"), Now: noon,
	}
}

// policyOf puts statements, with ' for ", into a policy.
func policyOf(statements string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.ReplaceAll(statements, "'", `"`) + `]}`
}

// Policies for common uses.
var (
	policyRead      = access.AllowPolicy([]string{"connect:GetCurrentUserData", access.ActionReadAgents}, []string{"*"})
	policyPutEvents = access.AllowPolicy([]string{access.ActionPutEvents}, []string{"*"})
)

func mustParse(tb testing.TB, policy string) *access.Policy {
	tb.Helper()
	p, err := access.ParsePolicy([]byte(policy))
	if err != nil {
		tb.Fatalf("%v\n%s", err, policy)
	}
	return p
}

const (
	allowAll = `{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}`
	allowIf  = `{'Effect': 'Allow', 'Action': '*', 'Resource': '*', 'Condition': `
	denyIf   = allowAll + `, {'Effect': 'Deny', 'Action': '*', 'Resource': '*', 'Condition': `
)

func TestPolicy_Decide(t *testing.T) {
	const (
		no   = access.DeniedImplicitly
		yes  = access.Allowed
		deny = access.DeniedExplicitly
	)
	for _, tc := range []struct {
		name       string
		statements string
		change     func(*access.Request)
		want       access.Decision
	}{
		{"what is allowed is allowed", `{'Effect': 'Allow', 'Action': 'connect:GetCurrentUserData', 'Resource': '` + queue + `'}`, nil, yes},
		{"everything is allowed by stars", allowAll, nil, yes},
		{"another action is not", `{'Effect': 'Allow', 'Action': 'connect:GetMetricData', 'Resource': '*'}`, nil, no},
		{"our action is not Amazon's", `{'Effect': 'Allow', 'Action': 'rollcall:*', 'Resource': '*'}`, nil, no},
		{"one of several actions is enough", `{'Effect': 'Allow', 'Action': ['rollcall:PutEvents', 'connect:GetCurrentUserData'], 'Resource': '*'}`, nil, yes},
		{"the case of an action doesn't matter", `{'Effect': 'Allow', 'Action': 'CONNECT:getcurrentUSERdata', 'Resource': '*'}`, nil, yes},
		{"an action's star matches", `{'Effect': 'Allow', 'Action': 'connect:get*Data', 'Resource': '*'}`, nil, yes},
		{"an action's question mark matches one character", `{'Effect': 'Allow', 'Action': 'connect:GetCurrentUserDat?', 'Resource': '*'}`, nil, yes},
		{"and not none", `{'Effect': 'Allow', 'Action': 'connect:GetCurrentUserData', 'Resource': '*'}`, func(r *access.Request) { r.Action = "connect:GetCurrentUserDat" }, no},
		{"an action that is not served may be named", `{'Effect': 'Allow', 'Action': ['connect:DescribeUser', 'connect:AdminGetEmergencyAccessToken'], 'Resource': '*'}`, nil, no},

		{"another resource is not allowed", `{'Effect': 'Allow', 'Action': '*', 'Resource': '` + instance + `'}`, nil, no},
		{"what lies in the instance is matched by its star", `{'Effect': 'Allow', 'Action': '*', 'Resource': '` + instance + `/*'}`, nil, yes},
		{"one of several resources is enough", `{'Effect': 'Allow', 'Action': '*', 'Resource': ['arn:aws:connect:*:*:phone-number/*', '` + queue + `']}`, nil, yes},
		{"the case of a resource matters", `{'Effect': 'Allow', 'Action': '*', 'Resource': '` + instance + `/queue/Sales'}`, nil, no},
		{"stars for Region and account", `{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:connect:*:*:instance/support/*'}`, nil, yes},
		{"a pattern that ends early", `{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:connect:eu-*'}`, nil, yes},
		{"a pattern that ends early, of another Region", `{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:connect:us-*'}`, nil, no},
		{
			"a star doesn't reach into the next part", `{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:connect:*:999999999999:instance/*'}`,
			func(r *access.Request) { r.Resource = instance + "/queue/a:999999999999:instance" }, no,
		},
		{
			"an id may hold colons", `{'Effect': 'Allow', 'Action': '*', 'Resource': '` + instance + `/agent/sip:*'}`,
			func(r *access.Request) { r.Resource = instance + "/agent/sip:anna@example.com" }, yes,
		},
		{
			"a question mark is one character, whatever its bytes", `{'Effect': 'Allow', 'Action': '*', 'Resource': '` + instance + `/queue/?'}`,
			func(r *access.Request) { r.Resource = instance + "/queue/é" }, yes,
		},

		{"all actions but", `{'Effect': 'Allow', 'NotAction': 'rollcall:*', 'Resource': '*'}`, nil, yes},
		{"all actions but this one", `{'Effect': 'Allow', 'NotAction': ['rollcall:*', 'connect:Get*'], 'Resource': '*'}`, nil, no},
		{"all resources but", `{'Effect': 'Allow', 'Action': '*', 'NotResource': '` + instance + `/agent/*'}`, nil, yes},
		{"all resources but this one", `{'Effect': 'Allow', 'Action': '*', 'NotResource': '` + queue + `'}`, nil, no},

		{"a denial wins over a permission before it", allowAll + `, {'Effect': 'Deny', 'Action': 'connect:*', 'Resource': '*'}`, nil, deny},
		{"and over one behind it", `{'Effect': 'Deny', 'Action': 'connect:*', 'Resource': '*'}, ` + allowAll, nil, deny},
		{"a denial of something else doesn't matter", allowAll + `, {'Effect': 'Deny', 'Action': 'rollcall:*', 'Resource': '*'}`, nil, yes},
		{"a denial of all but this", allowAll + `, {'Effect': 'Deny', 'Action': '*', 'NotResource': '` + queue + `'}`, nil, yes},
		{"a denial alone denies explicitly", `{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}`, nil, deny},

		{"the right instance", allowIf + `{'StringEquals': {'connect:InstanceId': 'support'}}}`, nil, yes},
		{"another instance", allowIf + `{'StringEquals': {'connect:InstanceId': 'sales'}}}`, nil, no},
		{"one of several instances", allowIf + `{'StringEquals': {'connect:InstanceId': ['sales', 'support']}}}`, nil, yes},
		{"the key's case doesn't matter", allowIf + `{'StringEquals': {'Connect:instanceID': 'support'}}}`, nil, yes},
		{"the value's case does", allowIf + `{'StringEquals': {'connect:InstanceId': 'Support'}}}`, nil, no},
		{"unless it is ignored", allowIf + `{'StringEqualsIgnoreCase': {'connect:InstanceId': 'SUPPORT'}}}`, nil, yes},
		{"not ignoring case", allowIf + `{'StringNotEqualsIgnoreCase': {'connect:InstanceId': 'SUPPORT'}}}`, nil, no},
		{"equals has no wildcards", allowIf + `{'StringEquals': {'connect:InstanceId': 'supp*'}}}`, nil, no},
		{"like has", allowIf + `{'StringLike': {'connect:InstanceId': 's?pp*'}}}`, nil, yes},
		{"not like", allowIf + `{'StringNotLike': {'connect:InstanceId': 'supp*'}}}`, nil, no},
		{"not equal to any of several", allowIf + `{'StringNotEquals': {'connect:InstanceId': ['sales', 'support']}}}`, nil, no},
		{"not equal to all of several", allowIf + `{'StringNotEquals': {'connect:InstanceId': ['sales', 'it']}}}`, nil, yes},

		{"an address in the range", allowIf + `{'IpAddress': {'aws:SourceIp': '192.0.2.0/24'}}}`, nil, yes},
		{"an address out of the range", allowIf + `{'IpAddress': {'aws:SourceIp': '198.51.100.0/24'}}}`, nil, no},
		{"the one address", allowIf + `{'IpAddress': {'aws:SourceIp': ['10.0.0.1', '192.0.2.7']}}}`, nil, yes},
		{"a range with bits behind its length", allowIf + `{'IpAddress': {'aws:SourceIp': '192.0.2.99/24'}}}`, nil, yes},
		{"not from the range", denyIf + `{'NotIpAddress': {'aws:SourceIp': '192.0.2.0/24'}}}`, nil, yes},
		{
			"from outside the range", denyIf + `{'NotIpAddress': {'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32']}}}`,
			func(r *access.Request) { r.SourceIP = netip.MustParseAddr("203.0.113.1") }, deny,
		},
		{
			"an IPv6 address in the range", allowIf + `{'IpAddress': {'aws:SourceIp': '2001:db8::/32'}}}`,
			func(r *access.Request) { r.SourceIP = netip.MustParseAddr("2001:db8::1") }, yes,
		},
		{"no IPv4 address is in an IPv6 range", allowIf + `{'IpAddress': {'aws:SourceIp': '::/0'}}}`, nil, no},
		{
			"no address is in no range", allowIf + `{'IpAddress': {'aws:SourceIp': '0.0.0.0/0'}}}`,
			func(r *access.Request) { r.SourceIP = netip.Addr{} }, no,
		},
		{
			"and so not in any", denyIf + `{'NotIpAddress': {'aws:SourceIp': '0.0.0.0/0'}}}`,
			func(r *access.Request) { r.SourceIP = netip.Addr{} }, deny,
		},
		{
			"unless only an address that exists counts", allowIf + `{'IpAddressIfExists': {'aws:SourceIp': '10.0.0.0/8'}}}`,
			func(r *access.Request) { r.SourceIP = netip.Addr{} }, yes,
		},
		{"which still must match", allowIf + `{'IpAddressIfExists': {'aws:SourceIp': '10.0.0.0/8'}}}`, nil, no},

		{"before the date", allowIf + `{'DateLessThan': {'aws:CurrentTime': '2026-04-01'}}}`, nil, yes},
		{"not before that instant", allowIf + `{'DateLessThan': {'aws:CurrentTime': '2026-03-31T12:00:00Z'}}}`, nil, no},
		{"up to that instant", allowIf + `{'DateLessThanEquals': {'aws:CurrentTime': '2026-03-31T12:00:00Z'}}}`, nil, yes},
		{"after the date", allowIf + `{'DateGreaterThan': {'aws:CurrentTime': '2026-03-31T14:00:01+02:00'}}}`, nil, no},
		{"from that instant in another zone", allowIf + `{'DateGreaterThanEquals': {'aws:CurrentTime': '2026-03-31T14:00+02:00'}}}`, nil, yes},
		{"at that instant, by seconds since 1970", allowIf + `{'DateEquals': {'aws:CurrentTime': '1774958400'}}}`, nil, yes},
		{
			"within that second", allowIf + `{'DateEquals': {'aws:CurrentTime': '2026-03-31T12:00:00Z'}}}`,
			func(r *access.Request) { r.Now = noon.Add(999 * time.Millisecond) }, yes,
		},
		{"not at that instant", allowIf + `{'DateNotEquals': {'aws:CurrentTime': '2026-03-31T12:00:00Z'}}}`, nil, no},
		{"in that year", allowIf + `{'DateGreaterThan': {'aws:CurrentTime': '2026'}}}`, nil, yes},
		{"in that month", allowIf + `{'DateGreaterThan': {'aws:CurrentTime': '2026-03'}}}`, nil, yes},

		{
			"all operators must hold",
			allowIf + `{'StringEquals': {'connect:InstanceId': 'support'}, 'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}}`, nil, no,
		},
		{
			"and if they do",
			allowIf + `{'StringEquals': {'connect:InstanceId': 'support'}, 'IpAddress': {'aws:SourceIp': '192.0.0.0/8'}}}`, nil, yes,
		},
		{"an empty condition holds", allowIf + `{}}`, nil, yes},
		{"a denial whose condition doesn't hold doesn't deny", denyIf + `{'StringEquals': {'connect:InstanceId': 'sales'}}}`, nil, yes},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := asked()
			if tc.change != nil {
				tc.change(&r)
			}
			if got := mustParse(t, policyOf(tc.statements)).Decide(&r); got != tc.want {
				t.Errorf("decision is %d, want %d", got, tc.want)
			}
		})
	}
}

func TestParsePolicy_RefusesWhatItDoesNotSupport(t *testing.T) {
	statement := func(rest string) string {
		return policyOf(`{'Effect': 'Allow', 'Action': '*', 'Resource': '*'` + rest + `}`)
	}
	condition := func(rest string) string { return policyOf(allowIf + rest + `}`) }
	for _, tc := range []struct{ name, policy, want string }{
		{"nothing", ``, "policy: line 1: unexpected EOF"},
		{"broken JSON", "{\n\"Version\": 2012-10-17}", "policy: line 2: invalid character '-' after object key:value pair"},
		{"something behind the policy", policyOf(allowAll) + "\n{}", "policy: line 2: something follows the end of the JSON"},
		{"invalid UTF-8", "\"\xff\"", "policy: not valid UTF-8"},
		{"a list", `[]`, "line 1: policy: want an object, got a list"},
		{"a policy that is too large", strings.Repeat(" ", access.MaxPolicyBytes+1), "policy: 65537 bytes where 65536 are allowed"},
		{"too deep", strings.Repeat("[", 20), "policy: line 1: nested more than 16 deep"},
		{"an unknown element", `{"Version": "2012-10-17", "Rules": []}`, `line 1: policy: "Rules" is not supported`},
		{"a name twice", `{"Version": "2012-10-17", "Version": "2012-10-17"}`, `policy: line 1: "Version" is there twice`},
		{"no version", `{"Statement": []}`, `line 1: policy.Version: missing; want "2012-10-17"`},
		{"an older version", `{"Version": "2008-10-17", "Statement": []}`, `line 1: policy.Version: want "2012-10-17", got "2008-10-17"`},
		{"an id that is no string", `{"Version": "2012-10-17", "Id": 7, "Statement": []}`, `line 1: policy.Id: want a string, got 7`},
		{"no statement", `{"Version": "2012-10-17"}`, "line 1: policy.Statement: missing"},
		{"an empty list of statements", policyOf(``), "line 1: policy.Statement: want a statement, or a list of 1 to 200"},
		{"a statement that is none", policyOf(`7`), "line 1: policy.Statement[0]: want an object, got 7"},

		{"an unknown element of a statement", statement(`, 'Actions': '*'`), `line 1: policy.Statement[0]: "Actions" is not supported`},
		{
			"a principal", statement(`, 'Principal': '*'`),
			"line 1: policy.Statement[0]: Principal and NotPrincipal are not supported: the policy belongs to the key that it stands with",
		},
		{
			"a negated principal", statement(`, 'NotPrincipal': '*'`),
			"line 1: policy.Statement[0]: Principal and NotPrincipal are not supported: the policy belongs to the key that it stands with",
		},
		{"an odd Sid", statement(`, 'Sid': 'a b'`), `line 1: policy.Statement[0].Sid: want letters and digits, got "a b"`},
		{
			"a Sid twice", policyOf(`{'Sid': 'A', 'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Sid': 'A', 'Effect': 'Allow', 'Action': '*', 'Resource': '*'}`),
			`line 1: policy.Statement[1].Sid: "A" is there twice`,
		},
		{"no effect", policyOf(`{'Action': '*', 'Resource': '*'}`), `line 1: policy.Statement[0].Effect: missing; want "Allow" or "Deny"`},
		{"another effect", policyOf(`{'Effect': 'allow', 'Action': '*', 'Resource': '*'}`), `line 1: policy.Statement[0].Effect: want "Allow" or "Deny", got "allow"`},
		{"no action", policyOf(`{'Effect': 'Allow', 'Resource': '*'}`), "line 1: policy.Statement[0]: want one of Action and NotAction"},
		{"both forms", statement(`, 'NotResource': '*'`), "line 1: policy.Statement[0]: want one of Resource and NotResource"},
		{"no actions", policyOf(`{'Effect': 'Allow', 'Action': [], 'Resource': '*'}`), "line 1: policy.Statement[0].Action: the list has 0 values, want 1 to 1000"},
		{"an action that is no string", policyOf(`{'Effect': 'Allow', 'Action': [true], 'Resource': '*'}`), "line 1: policy.Statement[0].Action[0]: want a string, got true"},
		{
			"an action without a service", policyOf(`{'Effect': 'Allow', 'NotAction': 'GetCurrentUserData', 'Resource': '*'}`),
			`line 1: policy.Statement[0].NotAction: "GetCurrentUserData": want "*" or service:action, with wildcards in the action only`,
		},
		{
			"a wildcard in the service", policyOf(`{'Effect': 'Allow', 'Action': 'con*:Get', 'Resource': '*'}`),
			`line 1: policy.Statement[0].Action: "con*:Get": want "*" or service:action, with wildcards in the action only`,
		},
		{
			"a resource that is no ARN", policyOf(`{'Effect': 'Allow', 'Action': '*', 'Resource': 'instance/support'}`),
			`line 1: policy.Statement[0].Resource: "instance/support": want "*" or an ARN of six parts, arn:partition:service:region:account:resource, which may end early in "*"`,
		},
		{
			"an ARN with a part missing", policyOf(`{'Effect': 'Deny', 'Action': '*', 'NotResource': 'arn:aws:connect:*:instance/support'}`),
			`line 1: policy.Statement[0].NotResource: "arn:aws:connect:*:instance/support": want "*" or an ARN of six parts, arn:partition:service:region:account:resource, which may end early in "*"`,
		},
		{
			"a variable in a resource", policyOf(`{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:connect:*:*:instance/${aws:username}'}`),
			`line 1: policy.Statement[0].Resource: "arn:aws:connect:*:*:instance/${aws:username}": policy variables (${…}) are not supported`,
		},

		{"a condition that is no object", condition(`[]`), "line 1: policy.Statement[0].Condition: want an object, got a list"},
		{"an unknown operator", condition(`{'Bool': {'aws:SecureTransport': 'true'}}`), "line 1: policy.Statement[0].Condition.Bool: the operator is not supported"},
		{
			"an operator on sets", condition(`{'ForAllValues:StringEquals': {'connect:InstanceId': 'a'}}`),
			"line 1: policy.Statement[0].Condition.ForAllValues:StringEquals: the operator is not supported",
		},
		{"an operator without a key", condition(`{'StringEquals': {}}`), "line 1: policy.Statement[0].Condition.StringEquals: want an object with a condition key"},
		{
			"a tag", condition(`{'StringEquals': {'aws:ResourceTag/team': 'a'}}`),
			"line 1: policy.Statement[0].Condition.StringEquals.aws:ResourceTag/team: the condition key is not supported; want connect:InstanceId, aws:SourceIp or aws:CurrentTime",
		},
		{
			"an operator of another key", condition(`{'StringLike': {'aws:SourceIp': '10.*'}}`),
			"line 1: policy.Statement[0].Condition.StringLike.aws:SourceIp: the operator is not for this key",
		},
		{
			"a key twice, in another case", condition(`{'StringEquals': {'connect:InstanceId': 'a', 'connect:instanceid': 'b'}}`),
			"line 1: policy.Statement[0].Condition.StringEquals.connect:instanceid: the key is there twice",
		},
		{
			"a variable in a condition", condition(`{'StringEquals': {'connect:InstanceId': '${aws:username}'}}`),
			`line 1: policy.Statement[0].Condition.StringEquals.connect:InstanceId: "${aws:username}": policy variables (${…}) are not supported`,
		},
		{
			"an empty id", condition(`{'StringEquals': {'connect:InstanceId': ''}}`),
			`line 1: policy.Statement[0].Condition.StringEquals.connect:InstanceId: "": want 1 to 2048 bytes`,
		},
		{
			"a range that is none", condition(`{'IpAddress': {'aws:SourceIp': '10.0.0.0/33'}}`),
			`line 1: policy.Statement[0].Condition.IpAddress.aws:SourceIp: "10.0.0.0/33": want an address or a range of addresses, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`,
		},
		{
			"a range that no address is ever in", condition(`{'NotIpAddress': {'aws:SourceIp': '::ffff:10.0.0.0/104'}}`),
			`line 1: policy.Statement[0].Condition.NotIpAddress.aws:SourceIp: "::ffff:10.0.0.0/104": want an address or a range of addresses, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`,
		},
		{
			"a date that is none", condition(`{'DateLessThan': {'aws:CurrentTime': 'tomorrow'}}`),
			`line 1: policy.Statement[0].Condition.DateLessThan.aws:CurrentTime: "tomorrow": want a date such as 2026-03-31, 2026-03-31T18:00:00Z, 2026-03-31T18:00+02:00, or seconds since 1970`,
		},
		{
			"a date that is a number", condition(`{'DateLessThan': {'aws:CurrentTime': 1774958400}}`),
			"line 1: policy.Statement[0].Condition.DateLessThan.aws:CurrentTime: want a string or a list of strings, got 1774958400",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := access.ParsePolicy([]byte(tc.policy))
			if err == nil {
				t.Fatalf("taken: %s", tc.policy)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePolicy_TakesOneStatementWithoutAList(t *testing.T) {
	p := mustParse(t, `{"Version": "2012-10-17", "Id": "mine", "Statement": {"Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*"}}`)
	if r := asked(); p.Decide(&r) != access.Allowed {
		t.Error("it doesn't allow")
	}
}

func TestPolicy_StringSumsItUp(t *testing.T) {
	p := mustParse(t, policyOf(`{'Effect': 'Allow', 'Action': ['connect:*', 'rollcall:*'], 'Resource': '*'},
		{'Effect': 'Deny', 'NotAction': 'connect:*', 'NotResource': '`+queue+`', 'Condition': {'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}}`))
	want := "Allow connect:*, rollcall:* on *; Deny all but connect:* on all but " + queue + " under conditions"
	if got := p.String(); got != want {
		t.Errorf("sum is %q, want %q", got, want)
	}
}

func TestPolicies_ForCommonUses(t *testing.T) {
	for name, tc := range map[string]struct {
		policy string
		allows []string
	}{
		"all":        {access.PolicyAll, []string{"connect:GetCurrentUserData", access.ActionReadAgents, access.ActionPutEvents}},
		"read":       {string(policyRead), []string{"connect:GetCurrentUserData", access.ActionReadAgents}},
		"put events": {string(policyPutEvents), []string{access.ActionPutEvents}},
	} {
		p := mustParse(t, tc.policy)
		var allowed []string
		for _, action := range []string{"connect:GetCurrentUserData", access.ActionReadAgents, access.ActionPutEvents} {
			r := asked()
			r.Action = action
			if p.Decide(&r) == access.Allowed {
				allowed = append(allowed, action)
			}
		}
		if diff := cmp.Diff(tc.allows, allowed); diff != "" {
			t.Errorf("%s allows (-want +got):\n%s", name, diff)
		}
	}
}

// anyStatement draws a statement that may or may not apply to asked.
func anyStatement(rt *rapid.T) string {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
	s := `{'Effect': '` + pick("effect", "Allow", "Deny") + `', ` +
		pick("action", `'Action': '*'`, `'Action': 'connect:*'`, `'NotAction': 'connect:*'`, `'Action': ['rollcall:PutEvents']`) + `, ` +
		pick("resource", `'Resource': '*'`, `'Resource': '`+queue+`'`, `'NotResource': '`+queue+`'`, `'Resource': '`+instance+`'`)
	return s + pick("condition", ``, `, 'Condition': {'StringEquals': {'connect:InstanceId': 'support'}}`,
		`, 'Condition': {'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}`) + `}`
}

// TestPolicy_OrderDoesNotMatter: a policy decides as its statements do one by
// one, in whatever order: a denial wins, then a permission.
func TestPolicy_OrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		statements := rapid.SliceOfN(rapid.Custom(anyStatement), 1, 6).Draw(rt, "statements")
		r := asked()
		want := access.DeniedImplicitly
		for _, s := range statements {
			switch mustParse(t, policyOf(s)).Decide(&r) {
			case access.DeniedExplicitly:
				want = access.DeniedExplicitly
			case access.Allowed:
				if want == access.DeniedImplicitly {
					want = access.Allowed
				}
			case access.DeniedImplicitly:
			}
		}
		shuffled := rapid.Permutation(statements).Draw(rt, "order")
		if got := mustParse(t, policyOf(strings.Join(shuffled, ", "))).Decide(&r); got != want {
			rt.Fatalf("decision is %d, want %d", got, want)
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{
		access.PolicyAll, string(policyRead), policyOf(allowAll), `{`, `[[[[`, `{"a":{"a":1}}`,
		policyOf(allowIf + `{'StringLike': {'connect:InstanceId': ['a*', '?']}, 'NotIpAddressIfExists': {'aws:SourceIp': '::/0'}, 'DateLessThan': {'aws:CurrentTime': '2026'}}}`),
		policyOf(`{'Effect': 'Deny', 'NotAction': 'a:b', 'NotResource': 'arn:*'}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := access.ParsePolicy(data)
		if err != nil {
			if len(err.Error()) > 5000 {
				t.Fatalf("error of %d bytes", len(err.Error()))
			}
			return
		}
		r := asked()
		if first, again := p.Decide(&r), p.Decide(&r); first != again {
			t.Fatalf("decided %d, then %d", first, again)
		}
		_ = p.String()
	})
}
