package conformance

import (
	"os"
	"os/exec"
	"testing"
)

// credentials is the environment in which Amazon's own tools find the server.
func (p *process) credentials() []string {
	return append(os.Environ(),
		"AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretAccessKey,
		"AWS_REGION="+region, "AWS_DEFAULT_REGION="+region, "AWS_ENDPOINT_URL_CONNECT="+p.URL,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_PAGER=", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
}

// ask runs a client's program and gives what it printed.
func (p *process) ask(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = p.credentials()
	out, err := cmd.Output()
	if err != nil {
		stderr := []byte{}
		if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Output returns this very type
			stderr = exit.Stderr
		}
		t.Fatalf("%s: %v\n%s", name, err, stderr)
	}
	return out
}

const boto3Question = `
import boto3, json, sys
client = boto3.client("connect")
try:
    answer = client.get_current_user_data(InstanceId=sys.argv[1], Filters=json.loads(sys.argv[2]))
    print(json.dumps(answer, default=lambda instant: instant.isoformat()))
except getattr(client.exceptions, sys.argv[3] if len(sys.argv) > 3 else "ThrottlingException") as e:
    print(json.dumps({"Code": e.response["Error"]["Code"], "Status": e.response["ResponseMetadata"]["HTTPStatusCode"]}))
`

func needBoto3(t testing.TB) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").CombinedOutput(); err != nil {
		t.Skipf("skipped: boto3 is not installed (Debian: apt-get install python3-boto3): %v %s", err, out)
	}
}

func TestBoto3_AllFiltersWholeAnswers(t *testing.T) {
	needBoto3(t)
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			same(t, expected(q.agents), server.ask(t, "python3", "-c", boto3Question, instanceID, q.filters))
		})
	}
}

func TestBoto3_TypedExceptions(t *testing.T) {
	needBoto3(t)
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	for _, c := range []struct{ instance, filters, exception, want string }{
		{instanceID, `{}`, "InvalidParameterException", `{"Code":"InvalidParameterException","Status":400}`},
		{instanceID, `{"Queues":["a"],"Agents":["b"]}`, "InvalidParameterException", `{"Code":"InvalidParameterException","Status":400}`},
		{"nowhere", `{"Queues":["a"]}`, "ResourceNotFoundException", `{"Code":"ResourceNotFoundException","Status":404}`},
	} {
		same(t, c.want, server.ask(t, "python3", "-c", boto3Question, c.instance, c.filters, c.exception))
	}
}

func TestAWSCLI_AllFiltersWholeAnswers(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skipf("skipped: the AWS CLI is not installed (Debian: apt-get install awscli): %v", err)
	}
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			same(t, expected(q.agents), server.ask(t, "aws", "connect", "get-current-user-data",
				"--instance-id", instanceID, "--filters", q.filters, "--output", "json"))
		})
	}
}
