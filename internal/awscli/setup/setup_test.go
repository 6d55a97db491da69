package setup_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/setup"
)

// machine is a home directory, an environment, and a service that gives
// credentials for everything asked of it.
type machine struct {
	t    *testing.T
	home string
	env  map[string]string
	// deny has the service refuse.
	deny bool

	mu    sync.Mutex // guards asked
	asked []string   // paths and bodies of the requests
}

func newMachine(t *testing.T, config string) *machine {
	t.Helper()
	m := &machine{t: t, home: t.TempDir()}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.env = map[string]string{
		"HOME": m.home, "AWS_ENDPOINT_URL": server.URL, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "TOKENS": m.home,
	}
	m.write(".aws/config", config)
	return m
}

func (m *machine) write(path, content string) {
	m.t.Helper()
	path = filepath.Join(m.home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "HOME", m.home)), 0o700); err != nil {
		m.t.Fatal(err)
	}
}

const assumed = `<XResponse><XResult><AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>` +
	`<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>` +
	`<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></XResult></XResponse>`

func (m *machine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.asked = append(m.asked, r.URL.String()+" "+string(body))
	m.mu.Unlock()
	switch {
	case m.deny:
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>`)
	case strings.Contains(string(body), "Action=AssumeRoleWithWebIdentity"):
		_, _ = io.WriteString(w, strings.ReplaceAll(assumed, "X", "AssumeRoleWithWebIdentity"))
	case strings.Contains(string(body), "Action=AssumeRole"):
		_, _ = io.WriteString(w, strings.ReplaceAll(assumed, "X", "AssumeRole"))
	case strings.HasPrefix(r.URL.Path, "/federation/credentials"):
		_, _ = io.WriteString(w, `{"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 32472144000000}}`)
	case r.URL.Path == "/token":
		_, _ = io.WriteString(w, `{"accessToken": "renewed", "expiresIn": 3600, "refreshToken": "r2", "tokenType": "Bearer"}`)
	case r.URL.Path == "/container" && r.Header.Get("Authorization") == "let me":
		_, _ = io.WriteString(w, `{"AccessKeyId": "ASIACONTAINER", "SecretAccessKey": "s", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// credentials are what a new command finds for a profile.
func (m *machine) credentials(profile string) (aws.Credentials, error) {
	s, err := setup.Open(func(name string) (string, bool) { v, ok := m.env[name]; return v, ok })
	if err != nil {
		return aws.Credentials{}, err
	}
	s.ProfileFlag = profile
	s.Ask = func(prompt string) (string, error) { m.asked = append(m.asked, prompt); return "123456", nil }
	found, err := s.Credentials(m.t.Context(), "eu-west-2")
	if err != nil {
		return aws.Credentials{}, err
	}
	return found.Retrieve(m.t.Context())
}

func (m *machine) want(profile, keyID string) {
	m.t.Helper()
	if got, err := m.credentials(profile); err != nil || got.AccessKeyID != keyID {
		m.t.Errorf("profile %q: key %q, %v; want %s", profile, got.AccessKeyID, err, keyID)
	}
}

func (m *machine) wantError(profile, text string) {
	m.t.Helper()
	if _, err := m.credentials(profile); err == nil || !strings.Contains(err.Error(), text) {
		m.t.Errorf("profile %q: error %v, want %s", profile, err, text)
	}
}

func TestCredentials_AProcessIsSplitAndNotGivenToAShell(t *testing.T) {
	m := newMachine(t, `[profile "my floor"]
credential_process = "HOME/p q" "Vault" "AWS Access Key" '~'/$NAME
aws_access_key_id = AKIASTATIC
aws_secret_access_key = s
[profile tilde]
credential_process = ~/p x
[profile fails]
credential_process = 'HOME/p q' fail
[profile version]
credential_process = /bin/echo '{"Version": 2}'
[profile lacking]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "a"}'
[profile text]
credential_process = /bin/echo hello
[profile open]
credential_process = /bin/echo 'hello
`)
	m.write("p q", `#!/bin/sh
echo noise >&2
test "$1" = fail && exit 3
echo '{"Version": 1, "AccessKeyId": "'"$#:$2:$3"'", "SecretAccessKey": "s", "SessionToken": null}'
`)
	m.wantError("fails", "Error when retrieving credentials from custom-process: noise")
	m.want("my floor", "3:AWS Access Key:~/$NAME")
	m.wantError("tilde", "[Errno 2] No such file or directory: '~/p'")
	m.wantError("version", "Error when retrieving credentials from custom-process: Unsupported version '2' for credential process provider, supported versions: 1")
	m.wantError("lacking", "Error when retrieving credentials from custom-process: Missing required key in response: 'SecretAccessKey'")
	m.wantError("text", "Expecting value: line 1 column 1 (char 0)")
	m.wantError("open", "No closing quotation")
}

func TestCredentials_ExpiredOnesAreRefused(t *testing.T) {
	const expired = "Credentials were refreshed, but the refreshed credentials are still expired."
	m := newMachine(t, `[profile gone]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "s", "Expiration": "2020-01-01T00:00:00Z"}'
[profile lasting]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "AKIALASTING", "SecretAccessKey": "s", "Expiration": "2999-01-01T00:00:00+02:00"}'
[profile odd]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "s", "Expiration": "soon"}'
`)
	m.wantError("gone", expired)
	m.want("lasting", "AKIALASTING")
	m.wantError("odd", "Unknown string format: soon")
	m.env["AWS_ACCESS_KEY_ID"], m.env["AWS_SECRET_ACCESS_KEY"], m.env["AWS_CREDENTIAL_EXPIRATION"] = "AKIAENV", "s", "2020-01-01T00:00:00Z"
	m.wantError("", expired)
	m.env["AWS_CREDENTIAL_EXPIRATION"] = "2999-01-01T00:00:00Z"
	m.want("", "AKIAENV")
}

func TestCredentials_AreAskedForAgainBeforeTheyEnd(t *testing.T) {
	for lasts, want := range map[time.Duration]string{time.Hour: "x", 50 * time.Second: "xxx"} {
		m := newMachine(t, "[default]\ncredential_process = HOME/p "+time.Now().Add(lasts).UTC().Format(time.RFC3339)+"\n")
		m.write("p", `#!/bin/sh
printf x >> HOME/runs
echo '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "s", "Expiration": "'"$1"'"}'
`)
		s, err := setup.Open(func(name string) (string, bool) { v, ok := m.env[name]; return v, ok })
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Credentials(t.Context(), "eu-west-2")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := found.Retrieve(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if runs, err := os.ReadFile(filepath.Join(m.home, "runs")); err != nil || string(runs) != want {
			t.Errorf("credentials for %v: ran %d times, want %d (%v)", lasts, len(runs), len(want), err)
		}
	}
}

func TestCredentials_InTheAWSCLIsOrder(t *testing.T) {
	m := newMachine(t, `[profile floor]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}'
aws_access_key_id = AKIACONFIG
aws_secret_access_key = s
[profile config]
aws_access_key_id = AKIACONFIG
aws_secret_access_key = s
[profile none]
region = eu-west-2
[profile half]
aws_access_key_id = AKIACONFIG
`)
	m.want("floor", "AKIAPROCESS")
	m.want("config", "AKIACONFIG")
	m.write(".aws/credentials", "[floor]\naws_access_key_id = AKIASHARED\naws_secret_access_key = s\n")
	m.want("floor", "AKIASHARED")
	m.env["AWS_ACCESS_KEY_ID"], m.env["AWS_SECRET_ACCESS_KEY"] = "AKIAENV", "s"
	m.want("floor", "AKIASHARED") // --profile goes before the environment
	m.env["AWS_PROFILE"] = "floor"
	m.want("", "AKIAENV")
	m.wantError("half", "Partial credentials found in config-file, missing: aws_secret_access_key")
	m.wantError("nope", "The config profile (nope) could not be found")
	if _, err := m.credentials("none"); !errors.Is(err, setup.ErrNoCredentials) {
		t.Errorf("error %v, want ErrNoCredentials", err)
	}
	m.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"], m.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = m.env["AWS_ENDPOINT_URL"]+"/container", "let me"
	m.want("none", "ASIACONTAINER")
	m.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://stranger.example/container"
	m.wantError("none", "Unsupported host 'stranger.example'.")
}

const roles = `[profile "my base"]
aws_access_key_id = AKIABASE
aws_secret_access_key = s
[profile 'the role']
role_arn = arn:aws:iam::123456789012:role/r
source_profile = my base
mfa_serial = arn:aws:iam::123456789012:mfa/me
duration_seconds = 3600
external_id = x-é
[profile chained]
role_arn = arn:aws:iam::123456789012:role/second
source_profile = the role
[profile environment]
role_arn = arn:aws:iam::123456789012:role/r
credential_source = Environment
[profile web]
role_arn = arn:aws:iam::123456789012:role/w
web_identity_token_file = HOME/token
[profile itself]
role_arn = arn:aws:iam::123456789012:role/self
source_profile = itself
aws_access_key_id = AKIABASE
aws_secret_access_key = s
[profile loop]
role_arn = a
source_profile = loop2
[profile loop2]
role_arn = a
source_profile = loop
[profile lost]
role_arn = a
source_profile = nope
[profile both]
role_arn = a
source_profile = nope
credential_source = Environment
[profile moon]
role_arn = a
credential_source = Moon
[profile neither]
role_arn = a
[profile poor]
role_arn = a
source_profile = empty
[profile empty]
region = x
`

func TestCredentials_ARoleIsAskedForOnce(t *testing.T) {
	m := newMachine(t, roles)
	for range 2 {
		m.want("the role", "ASIAROLE")
	}
	if len(m.asked) != 2 || m.asked[0] != "Enter MFA code for arn:aws:iam::123456789012:mfa/me: " || !strings.Contains(m.asked[1], "TokenCode=123456") {
		t.Errorf("asked %q, want for one code, and then STS", m.asked)
	}
	// The file is the one that the AWS CLI looks for and leaves.
	raw, err := os.ReadFile(filepath.Join(m.home, ".aws/cli/cache/6c6cc6f5a3b61982b3387b37d9e2361765d06891.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept struct{ Credentials map[string]string }
	if err := json.Unmarshal(raw, &kept); err != nil || kept.Credentials["AccessKeyId"] != "ASIAROLE" ||
		kept.Credentials["Expiration"] != "2999-01-01T00:00:00+00:00" || kept.Credentials["AccountId"] != "123456789012" {
		t.Errorf("%s, %v", raw, err)
	}
	// One that ends soon is not taken, one that the AWS CLI wrote is.
	m.write(".aws/cli/cache/6c6cc6f5a3b61982b3387b37d9e2361765d06891.json", `{"Credentials": {"AccessKeyId": "ASIASOON", "SecretAccessKey": "s", `+
		`"SessionToken": "t", "Expiration": "`+time.Now().Add(5*time.Minute).UTC().Format(time.RFC3339)+`"}}`)
	m.want("the role", "ASIAROLE")
	m.write(".aws/cli/cache/6c6cc6f5a3b61982b3387b37d9e2361765d06891.json",
		`{"Credentials": {"AccessKeyId": "ASIACLI", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2999-01-01T00:00:00UTC"}, "ResponseMetadata": {}}`)
	m.want("the role", "ASIACLI")
}

func TestCredentials_Roles(t *testing.T) {
	m := newMachine(t, roles)
	m.write("token", "a.b.c")
	m.want("chained", "ASIAROLE")
	m.want("web", "ASIAROLE")
	m.want("itself", "ASIAROLE")
	m.wantError("environment", "Error when retrieving credentials from Environment: No credentials found in credential_source referenced in profile environment")
	m.env["AWS_ACCESS_KEY_ID"], m.env["AWS_SECRET_ACCESS_KEY"] = "AKIAENV", "s"
	m.want("environment", "ASIAROLE")
	m.wantError("loop", "Infinite loop in credential configuration detected. Attempting to load from profile loop which has already been visited. "+
		"Visited profiles: ['loop', 'loop2']")
	m.wantError("lost", `The source_profile "nope" referenced in the profile "lost" does not exist.`)
	m.wantError("both", `The profile "both" contains both source_profile and credential_source.`)
	m.wantError("moon", `The credential source "Moon" referenced in profile "moon" is not valid.`)
	m.wantError("neither", "Partial credentials found in assume-role, missing: source_profile or credential_source")
	m.wantError("poor", `The source profile "empty" must have credentials.`)
}

func TestCredentials_ARefusalIsTheServices(t *testing.T) {
	m := newMachine(t, roles)
	m.deny = true
	_, err := m.credentials("itself")
	refused, ok := errors.AsType[*setup.CallError](err)
	if !ok || refused.Error() != "An error occurred (AccessDenied) when calling the AssumeRole operation (reached max retries: 0): not you" {
		t.Errorf("error %v", err)
	}
	m.env["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:1"
	m.wantError("itself", `Could not connect to the endpoint URL: "http://127.0.0.1:1/"`)
}

const signOn = `[profile new]
sso_session = My Corp Ltd
sso_account_id = 123456789012
sso_role_name = R
[sso-session 'My Corp Ltd']
sso_start_url = https://x.example/start
sso_region = eu-west-1
[profile old]
sso_start_url = https://y.example/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = R
[profile lacking]
sso_account_id = 123456789012
[profile lost]
sso_account_id = 123456789012
sso_session = nope
`

// The names of token files are the AWS CLI's, too.
const (
	sessionToken = ".aws/sso/cache/f4139c8382aab83f0e7aa489ffdab67031060fba.json"
	oldToken     = ".aws/sso/cache/e05b402394fab5aad71fba170b4b9ba232b079d5.json"
)

func TestCredentials_SingleSignOn(t *testing.T) {
	m := newMachine(t, signOn)
	m.wantError("new", "Error loading SSO Token: Token for My Corp Ltd does not exist")
	m.wantError("lacking", `The profile "lacking" is configured to use SSO but is missing required configuration: sso_role_name, sso_start_url, sso_region`)
	m.wantError("lost", `The specified sso-session does not exist: "nope"`)
	m.write(oldToken, `{"accessToken": "tok", "expiresAt": "2020-01-01T00:00:00UTC"}`)
	m.wantError("old", "The SSO session associated with this profile has expired or is otherwise invalid.")
	m.write(sessionToken, `{"accessToken": "tok", "expiresAt": "2020-01-01T00:00:00Z"}`)
	m.wantError("new", "Error when retrieving token from sso: Token has expired and refresh failed")
	if m.asked != nil {
		t.Errorf("asked %q for what can't be had", m.asked)
	}
	m.write(oldToken, `{"accessToken": "tok", "expiresAt": "2999-01-01T00:00:00UTC"}`)
	for range 2 {
		m.want("old", "ASIASSO")
	}
	if len(m.asked) != 1 || m.asked[0] != "/federation/credentials?account_id=123456789012&role_name=R " {
		t.Errorf("asked %q, want the portal, once", m.asked)
	}
}

func TestCredentials_ATokenIsRenewed(t *testing.T) {
	m := newMachine(t, signOn)
	m.write(sessionToken, `{"accessToken": "tok", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r1", "clientId": "c", "clientSecret": "cs", `+
		`"registrationExpiresAt": "2999-01-01T00:00:00Z"}`)
	m.want("new", "ASIASSO")
	raw, err := os.ReadFile(filepath.Join(m.home, sessionToken))
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]string
	if err := json.Unmarshal(raw, &kept); err != nil || kept["accessToken"] != "renewed" || kept["refreshToken"] != "r2" ||
		kept["registrationExpiresAt"] != "2999-01-01T00:00:00Z" || kept["startUrl"] != "https://x.example/start" {
		t.Errorf("%s, %v", raw, err)
	}
	if len(m.asked) != 2 || !strings.HasPrefix(m.asked[0], "/token ") {
		t.Errorf("asked %q, want for a token first", m.asked)
	}
}

func TestCredentials_OfALoginSession(t *testing.T) {
	const session = "286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json"
	m := newMachine(t, "[profile me]\nlogin_session = arn:aws:iam::123456789012:user/me\n")
	m.wantError("me", "Error loading login session token: Unable to load a existing login session for session arn:aws:iam::123456789012:user/me. "+
		"Please reauthenticate with 'aws login'.")
	m.write(".aws/login/cache/"+session, `{"accessToken": {}}`)
	m.wantError("me", "Failed to load access token from token cache, missing required fields: refreshToken, dpopKey, clientId.")
	token := `{"accessToken": {"accessKeyId": "ASIALOGIN", "secretAccessKey": "s", "sessionToken": "t", "accountId": "1", "expiresAt": "2999-01-01T00:00:00Z"}, ` +
		`"refreshToken": "r", "dpopKey": "k", "clientId": "c"}`
	m.write(".aws/login/cache/"+session, token)
	m.want("me", "ASIALOGIN")
	m.env["AWS_LOGIN_CACHE_DIRECTORY"] = "$TOKENS/elsewhere"
	m.wantError("me", "Unable to load a existing login session")
	m.write("elsewhere/"+session, token)
	m.want("me", "ASIALOGIN")
}

func TestCheck_RefusesWhatCannotBeMeant(t *testing.T) {
	for variable, want := range map[string]string{
		"AWS_REQUEST_CHECKSUM_CALCULATION=never": "Unsupported configuration value for request_checksum_calculation. " +
			"Expected one of ('when_supported', 'when_required') but got never.",
		"AWS_RESPONSE_CHECKSUM_VALIDATION=WHEN_REQUIRED": "",
		"AWS_ACCOUNT_ID_ENDPOINT_MODE=x":                 "The configured value 'x' for 'account_id_endpoint_mode' is invalid. Valid values are: ('preferred', 'disabled', 'required').",
		"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES=x":       `Invalid value "x" for request_min_compression_size_bytes. Value must be an integer. Received <class 'str'> instead.`,
		"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES=0":       `Invalid value "0" for request_min_compression_size_bytes. Value must be between 1 and 1048576.`,
		"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES=1048576": "",
		"AWS_METADATA_SERVICE_TIMEOUT=soon":              "invalid literal for int() with base 10: 'soon'",
		"AWS_METADATA_SERVICE_NUM_ATTEMPTS=":             "invalid literal for int() with base 10: ''",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=ipv5":    "Invalid EC2 Instance Metadata endpoint mode: ipv5 Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6":    "",
	} {
		m := newMachine(t, "")
		name, v, _ := strings.Cut(variable, "=")
		m.env[name] = v
		s, err := setup.Open(func(name string) (string, bool) { v, ok := m.env[name]; return v, ok })
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := s.Check(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", variable, got, want)
		}
	}
}

func TestBundle_FirstOfThoseNamed(t *testing.T) {
	for _, tc := range []struct {
		env, config string
		flag        string
		given       bool
		want        string
	}{
		{"", "", "", false, ""},
		{"REQUESTS_CA_BUNDLE=r", "", "", false, "r"},
		{"REQUESTS_CA_BUNDLE=", "", "", false, ""},
		{"REQUESTS_CA_BUNDLE=r", "ca_bundle = c", "", false, "c"},
		{"AWS_CA_BUNDLE=a", "ca_bundle = c", "", false, "a"},
		{"AWS_CA_BUNDLE=a", "", "f", true, "f"},
		{"AWS_CA_BUNDLE=", "ca_bundle = c", "", false, "refused"},
		{"AWS_CA_BUNDLE= ", "", "", false, "refused"},
		{"", "", "", true, "refused"},
	} {
		m := newMachine(t, "[default]\n"+tc.config+"\n")
		name, v, _ := strings.Cut(tc.env, "=")
		m.env[name] = v
		s, err := setup.Open(func(name string) (string, bool) { v, ok := m.env[name]; return v, ok })
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Bundle(tc.flag, tc.given)
		if err != nil && strings.HasPrefix(err.Error(), "Invalid CA bundle: ") {
			got = "refused"
		}
		if got != tc.want {
			t.Errorf("%+v: %q, %v", tc, got, err)
		}
	}
}
