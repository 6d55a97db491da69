package awscli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/internal/awscli"
)

// runHere runs a command line in this process, with an environment of its own.
func runHere(ctx context.Context, env map[string]string, in string, edit func(*awscli.Streams), args ...string) (stdout, stderr string, exit int) {
	var out, errs bytes.Buffer
	std := awscli.Streams{
		In: strings.NewReader(in), Out: &out, Err: &errs, Columns: 80,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	if edit != nil {
		edit(&std)
	}
	exit = awscli.Run(ctx, args, std)
	return out.String(), errs.String(), exit
}

var offline = map[string]string{
	"HOME": "/nonexistent", "AWS_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "AKIAHERE", "AWS_SECRET_ACCESS_KEY": "s",
	"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
}

func with(env map[string]string, pairs ...string) map[string]string {
	all := map[string]string{}
	for name, v := range env {
		all[name] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

func TestRun_VersionIsInTheFormScriptsTakeApart(t *testing.T) {
	for _, args := range [][]string{{"--version"}, {"connect", "get-current-user-data", "--version"}} {
		out, errs, exit := runHere(t.Context(), with(offline, "AWS_EXECUTION_ENV", "CloudShell"), "", nil, args...)
		words := strings.Fields(out)
		if exit != 0 || errs != "" || len(words) != 5 || !strings.HasPrefix(words[0], "aws-cli/2.") || words[3] != "exec-env/CloudShell" {
			t.Errorf("%q: %d %q %q", args, exit, out, errs)
		}
	}
}

func TestRun_HelpComesFromTheModel(t *testing.T) {
	for _, tc := range []struct {
		args string
		want []string
	}{
		{"help", []string{"connect", "--output json|text|table|yaml|yaml-stream|off"}},
		{"connect help", []string{"get-current-user-data", "search-users Searches the users"}},
		{"connect --help", []string{"get-current-user-data"}},
		{"--region x connect get-current-user-data help", []string{
			"--instance-id (string) [required]", "[--max-results <value>]", "ContactStates -> (list)", "CONNECTED_ONHOLD",
			"Shorthand Syntax: Queues=string,string,ContactFilter={ContactStates=[string,string]},", "StatusStartTimestamp -> (timestamp)",
		}},
		{"connect search-users help", []string{
			"[--max-items <value>]", "--page-size (integer)", "OrConditions -> (list)",
			"Shorthand Syntax: OrConditions=[{...},{...}],AndConditions=[{...},{...}],StringCondition={FieldName=string,",
		}},
		{"connect get-current-metric-data help", []string{"--current-metrics <value> [<value> ...]", "Shorthand Syntax: Name=string,MetricId=string,Unit=string ..."}},
		{"connect put-user-status help", []string{"OUTPUT None."}},
		{"connect get-current-user-data --instance-id i --filters Queues=a help", []string{"--instance-id (string) [required]"}},
	} {
		out, errs, exit := runHere(t.Context(), offline, "", nil, strings.Fields(tc.args)...)
		if exit != 0 || errs != "" {
			t.Errorf("%s: %d %q", tc.args, exit, errs)
		}
		plain := strings.Join(strings.Fields(out), " ")
		for _, want := range tc.want {
			if !strings.Contains(plain, want) {
				t.Errorf("%s: no %q in:\n%s", tc.args, want, out)
			}
		}
		for line := range strings.Lines(out) {
			if len([]rune(line)) > 90 && !strings.Contains(line, "Shorthand") && len(strings.Fields(line)) > 1 {
				t.Errorf("%s: a long line: %s", tc.args, line)
			}
		}
	}
}

// "--help" is no option of the AWS CLI's: a script gets its error.
func TestRun_DashDashHelpHelpsAPerson(t *testing.T) {
	env := with(offline, "AWS_PAGER", "")
	watched := func(s *awscli.Streams) { s.OutTerminal = true }
	out, errs, exit := runHere(t.Context(), env, "", watched, "connect", "list-users", "--help")
	if exit != 0 || errs != "" || !strings.Contains(out, "--instance-id (string) [required]") {
		t.Errorf("a person: %d %q %q", exit, out, errs)
	}
	out, errs, exit = runHere(t.Context(), env, "", nil, "connect", "list-users", "--help")
	if exit != 252 || out != "" || !strings.Contains(errs, "the following arguments are required: --instance-id") {
		t.Errorf("a script: %d %q %q", exit, out, errs)
	}
}

func TestRun_PromptsForWhatIsMissing(t *testing.T) {
	rec := &recorded{}
	srv := httptest.NewServer(rec)
	defer srv.Close()
	terminal := func(s *awscli.Streams) { s.InTerminal = true }
	get := []string{"connect", "get-current-user-data", "--endpoint-url", srv.URL}

	_, errs, exit := runHere(t.Context(), offline, "floor-7\nQueues=a\n", terminal, append(get, "--cli-auto-prompt")...)
	if exit != 0 || errs != "--instance-id (The id or ARN of the instance): --filters (Which agents to return): " || rec.last != `/metrics/userdata/floor-7 {"Filters": {"Queues": ["a"]}}` {
		t.Errorf("%d %q %s", exit, errs, rec.last)
	}
	_, errs, exit = runHere(t.Context(), with(offline, "AWS_CLI_AUTO_PROMPT", "on-partial"), "Agents=-x", terminal, append(get, "--inst", "floor-8")...)
	if exit != 0 || errs != "--filters (Which agents to return): " || rec.last != `/metrics/userdata/floor-8 {"Filters": {"Agents": ["-x"]}}` {
		t.Errorf("%d %q %s", exit, errs, rec.last)
	}
	_, errs, exit = runHere(t.Context(), offline, "", terminal, append(get, "--cli-auto-prompt")...)
	if exit != 255 || !strings.Contains(errs, "EOF when reading a line") {
		t.Errorf("%d %q", exit, errs)
	}
	_, errs, exit = runHere(t.Context(), offline, "", terminal, append(get, "--cli-auto-prompt", "--generate-cli-skeleton")...)
	if exit != 0 || errs != "" {
		t.Errorf("%d %q", exit, errs)
	}
}

// recorded answers anything and keeps the last request.
type recorded struct{ last string }

func (r *recorded) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.last = q.RequestURI + " " + string(body)
	_, _ = io.WriteString(w, "{}")
}

func TestRun_DebugTellsTheStepsAndNoSecrets(t *testing.T) {
	srv := httptest.NewServer(&recorded{})
	defer srv.Close()
	env := with(offline, "AWS_SECRET_ACCESS_KEY", "very-secret", "AWS_SESSION_TOKEN", "token-secret")
	out, errs, exit := runHere(t.Context(), env, "", nil, "connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a",
		"--endpoint-url", srv.URL, "--debug")
	if exit != 0 || out != "" {
		t.Errorf("%d %q", exit, out)
	}
	for _, want := range []string{" - MainThread - rollcall - DEBUG - ", "arguments entered to CLI", "POST", "/metrics/userdata/i", "AWS4-HMAC-SHA256", "status=200"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in:\n%s", want, errs)
		}
	}
	if strings.Contains(errs, "very-secret") {
		t.Errorf("the secret key is in:\n%s", errs)
	}
}

// instance is the part of an instance's own service that is asked.
func instance(w http.ResponseWriter, q *http.Request) {
	w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
	answers := map[string]string{
		"/latest/api/token":                                        "t",
		"/latest/meta-data/placement/region":                       "eu-north-1",
		"/latest/dynamic/instance-identity/document":               `{"region": "eu-north-1"}`,
		"/latest/meta-data/iam/security-credentials/":              "role",
		"/latest/meta-data/iam/security-credentials/role":          instanceKeys,
		"/latest/meta-data/iam/security-credentials-extended/":     "role",
		"/latest/meta-data/iam/security-credentials-extended/role": instanceKeys,
	}
	answer, ok := answers[q.URL.Path]
	if !ok {
		http.NotFound(w, q)
		return
	}
	_, _ = io.WriteString(w, answer)
}

const instanceKeys = `{"Code": "Success", "AccessKeyId": "AKIAINSTANCE", "SecretAccessKey": "i", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}`

func TestRun_AsksTheInstanceLast(t *testing.T) {
	own := httptest.NewServer(http.HandlerFunc(instance))
	defer own.Close()
	var signed string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		signed = q.Header.Get("Authorization")
		_, _ = io.WriteString(w, "{}")
	}))
	defer srv.Close()
	env := map[string]string{"HOME": "/nonexistent", "AWS_EC2_METADATA_SERVICE_ENDPOINT": own.URL}
	args := []string{"connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a", "--endpoint-url", srv.URL}
	_, errs, exit := runHere(t.Context(), env, "", nil, args...)
	if exit != 0 || !strings.Contains(signed, "AKIAINSTANCE/") || !strings.Contains(signed, "/eu-north-1/connect/") {
		t.Errorf("%d %q, signed %q", exit, errs, signed)
	}
	own.Close()
	_, errs, exit = runHere(t.Context(), with(env, "AWS_REGION", "eu-west-2"), "", nil, args...)
	if exit != 253 || !strings.Contains(errs, "Unable to locate credentials") {
		t.Errorf("%d %q", exit, errs)
	}
}

func TestRun_SaysWhyAProcessGaveNoCredentials(t *testing.T) {
	home := t.TempDir()
	writeFile(t, home+"/.aws/config", []byte("[default]\ncredential_process = /bin/sh -c 'echo no >&2; exit 3'\n"))
	env := map[string]string{"HOME": home, "AWS_REGION": "eu-west-2"}
	_, errs, exit := runHere(t.Context(), env, "", nil, "connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a", "--endpoint-url", "http://127.0.0.1:1")
	if exit != 255 || !strings.Contains(errs, "Error when retrieving credentials from custom-process: no\n") {
		t.Errorf("%d %q", exit, errs)
	}
}

func TestRun_CanceledIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // only then does a server notice that the client has gone
		cancel()
		<-q.Context().Done()
	}))
	defer srv.Close()
	out, errs, exit := runHere(ctx, offline, "", nil, "connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a", "--endpoint-url", srv.URL)
	if exit != 130 || out != "\n" || errs != "" {
		t.Errorf("%d %q %q", exit, out, errs)
	}
}
