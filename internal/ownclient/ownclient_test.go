package ownclient_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/awscli/setup"
	"rollcall/internal/ownclient"
)

// echo answers with what it was asked, and with 401 if told to refuse what is
// not signed.
func echo(refuse bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := r.Header.Get("Authorization") != ""
		if refuse && !signed {
			w.WriteHeader(http.StatusUnauthorized)
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.String()+" "+r.Header.Get("Content-Type")+" "+string(body)+" "+r.Header.Get("Authorization"))
	})
}

// environment is one in which AWS tools find nothing but what is given.
func environment(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is set again
			_ = os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for name, value := range variables {
		t.Setenv(name, value)
	}
}

func TestDo_SignsForConnect(t *testing.T) {
	server := httptest.NewServer(echo(true))
	defer server.Close()
	c := ownclient.New(server.URL+"/", "eu-west-1", credentials.NewStaticCredentialsProvider("AKID", "secret", ""))
	resp, err := c.Do(t.Context(), http.MethodPost, "/v1/events", url.Values{"wait": {"visible"}}, []byte("{}"))
	if err != nil || resp.Status != http.StatusOK {
		t.Fatalf("%+v, %v", resp, err)
	}
	if got, want := string(resp.Body), "POST /v1/events?wait=visible application/json {} AWS4-HMAC-SHA256 Credential=AKID/"; !strings.HasPrefix(got, want) ||
		!strings.Contains(got, "/eu-west-1/connect/aws4_request") {
		t.Errorf("%s\nwant %s… for connect in eu-west-1", got, want)
	}
}

// nobody has no credentials.
func nobody(context.Context) (aws.Credentials, error) {
	return aws.Credentials{}, setup.ErrNoCredentials
}

func TestDo_WithoutCredentialsAsksAServerOfThisMachine(t *testing.T) {
	for name, c := range map[string]struct {
		refuse bool
		host   string
		want   error
	}{
		"anonymous":           {false, "127.0.0.1", nil},
		"anonymous localhost": {false, "localhost", nil},
		"wants signatures":    {true, "127.0.0.1", ownclient.ErrNoCredentials},
		"of another machine":  {false, "example.invalid", ownclient.ErrNoCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(echo(c.refuse))
			defer server.Close()
			endpoint := strings.Replace(server.URL, "127.0.0.1", c.host, 1)
			asker := ownclient.New(endpoint, ownclient.DefaultRegion, aws.CredentialsProviderFunc(nobody))
			if _, err := asker.Do(t.Context(), http.MethodGet, "/v1/instances", nil, nil); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestDo_CredentialsThatFailAreNotLeftOut(t *testing.T) {
	server := httptest.NewServer(echo(false))
	defer server.Close()
	broken := errors.New("the vault is locked")
	c := ownclient.New(server.URL, ownclient.DefaultRegion, aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, broken
	}))
	if _, err := c.Do(t.Context(), http.MethodGet, "/", nil, nil); !errors.Is(err, broken) || !errors.Is(err, ownclient.ErrNoCredentials) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestOpen_FindsTheServerAsAWSToolsDo(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	content := "[profile floor]\nservices = local\nregion = eu-west-2\n[services local]\nconnect =\n  endpoint_url = http://127.0.0.1:1\n"
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		variables        map[string]string
		options          ownclient.Options
		endpoint, region string
		want             error
	}{
		"nothing": {want: ownclient.ErrNoEndpoint},
		"the service's variable": {
			variables: map[string]string{"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:2", "AWS_ENDPOINT_URL": "http://127.0.0.1:3"},
			endpoint:  "http://127.0.0.1:2", region: ownclient.DefaultRegion,
		},
		"the common variable": {
			variables: map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:3/", "AWS_REGION": "us-west-2"},
			endpoint:  "http://127.0.0.1:3", region: "us-west-2",
		},
		"a profile": {
			options: ownclient.Options{Profile: "floor"}, endpoint: "http://127.0.0.1:1", region: "eu-west-2",
		},
		"the options": {
			variables: map[string]string{"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:2", "AWS_REGION": "us-west-2"},
			options:   ownclient.Options{EndpointURL: "http://127.0.0.1:4", Region: "eu-west-3"},
			endpoint:  "http://127.0.0.1:4", region: "eu-west-3",
		},
		"told to ignore": {
			variables: map[string]string{"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
			want:      ownclient.ErrNoEndpoint,
		},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, c.variables)
			t.Setenv("AWS_CONFIG_FILE", config)
			got, err := ownclient.Open(t.Context(), c.options)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err == nil && (got.Endpoint != c.endpoint || got.Region != c.region) {
				t.Errorf("%s in %s, want %s in %s", got.Endpoint, got.Region, c.endpoint, c.region)
			}
		})
	}
}

func TestOpen_FindsCredentialsAsTheAWSCLIDoes(t *testing.T) {
	server := httptest.NewServer(echo(true))
	defer server.Close()
	environment(t, map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_CA_BUNDLE": ""})
	config := filepath.Join(t.TempDir(), "config")
	content := "[profile \"my floor\"]\ncredential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAPROCESS\", \"SecretAccessKey\": \"s\"}'\n" +
		"[profile broken]\ncredential_process = ~/none\n"
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", config)
	c, err := ownclient.Open(t.Context(), ownclient.Options{Profile: "my floor"})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := c.Do(t.Context(), http.MethodGet, "/", nil, nil); err != nil || !strings.Contains(string(resp.Body), "Credential=AKIAPROCESS/") {
		t.Errorf("%+v, %v", resp, err)
	}
	for profile, want := range map[string]string{
		"broken": "[Errno 2] No such file or directory: '~/none'", "nope": "The config profile (nope) could not be found",
	} {
		if _, err := ownclient.Open(t.Context(), ownclient.Options{Profile: profile}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", profile, err, want)
		}
	}
}

func TestOpen_RefusesWhatIsNoEndpoint(t *testing.T) {
	environment(t, nil)
	for _, endpoint := range []string{"127.0.0.1:8420", "localhost", "ftp://x", "http://", ":"} {
		if _, err := ownclient.Open(t.Context(), ownclient.Options{EndpointURL: endpoint}); err == nil || !strings.Contains(err.Error(), "want http://HOST:PORT") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

func TestOpen_TrustsTheCABundle(t *testing.T) {
	server := httptest.NewTLSServer(echo(true))
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, content, 0o600); err != nil {
		t.Fatal(err)
	}
	environment(t, map[string]string{
		"AWS_CA_BUNDLE": bundle, "AWS_ENDPOINT_URL_CONNECT": server.URL, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
	})
	c, err := ownclient.Open(t.Context(), ownclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := c.Do(t.Context(), http.MethodGet, "/", nil, nil); err != nil || resp.Status != http.StatusOK {
		t.Errorf("%+v, %v", resp, err)
	}
}

func TestDo_SaysWhatToDoWhenNobodyAnswers(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	c := ownclient.New(server.URL, ownclient.DefaultRegion, credentials.NewStaticCredentialsProvider("AKID", "secret", ""))
	_, err := c.Do(t.Context(), http.MethodGet, "/", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "no server answers at "+server.URL+`; start one with "rollcall serve"`) {
		t.Errorf("error %v, want what to do", err)
	}
}
