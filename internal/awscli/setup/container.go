package setup

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/value"
)

const (
	containerSource   = "container-role"
	containerHost     = "169.254.170.2"
	containerTimeout  = 2 * time.Second
	containerAttempts = 3
	containerPause    = time.Second
	maxContainerBytes = 1 << 20
)

// containerHosts may be asked without TLS, beside those of this machine.
var containerHosts = []string{containerHost, "169.254.170.23", "fd00:ec2::23", "localhost"}

// container asks the service beside a container, if the environment names one.
func (s *Settings) container(ctx context.Context) (*held, error) {
	address, ok := s.LookupEnv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
	if ok {
		address = "http://" + containerHost + address
	} else if address, ok = s.LookupEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI"); !ok {
		return nil, nil
	}
	if err := checkContainer(address); err != nil {
		return nil, err
	}
	ask := func(ctx context.Context) (aws.Credentials, error) { return s.askContainer(ctx, address) }
	creds, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	return asFound(ask, creds), nil
}

// checkContainer keeps a token from going to a stranger in clear.
func checkContainer(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || ip != nil && ip.IsLoopback() || slices.Contains(containerHosts, u.Hostname()) {
		return nil
	}
	return wording(fmt.Sprintf("Unsupported host '%s'.  Can only retrieve metadata from a loopback address or one of these hosts: %s",
		u.Hostname(), strings.Join(containerHosts, ", ")))
}

func (s *Settings) askContainer(ctx context.Context, address string) (aws.Credentials, error) {
	authorization, err := s.containerToken()
	if err != nil {
		return aws.Credentials{}, err
	}
	client, err := s.trusted(address)
	if err != nil {
		return aws.Credentials{}, err
	}
	client.Timeout = containerTimeout
	if t, ok := client.Transport.(*http.Transport); ok {
		t.Proxy = nil // it is beside us
	}
	for attempt := 1; ; attempt++ {
		creds, err := fetchContainer(ctx, client, address, authorization)
		if err == nil {
			return creds, nil
		}
		if attempt == containerAttempts {
			return aws.Credentials{}, notRetrieved(containerSource, "Error retrieving metadata: "+err.Error())
		}
		select {
		case <-time.After(containerPause):
		case <-ctx.Done():
			return aws.Credentials{}, context.Cause(ctx)
		}
	}
}

// containerToken is what the service wants to be shown, or "".
func (s *Settings) containerToken() (string, error) {
	token := s.env("AWS_CONTAINER_AUTHORIZATION_TOKEN")
	if path, ok := s.LookupEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); ok {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", errno(err, path)
		}
		token = string(raw)
	}
	if strings.ContainsAny(token, "\r\n") {
		return "", wording("Auth token value is not a legal header value")
	}
	return token, nil
}

func fetchContainer(ctx context.Context, client *http.Client, address, authorization string) (aws.Credentials, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return aws.Credentials{}, err
	}
	r.Header.Set("Accept", "application/json")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	answer, err := client.Do(r)
	if err != nil {
		return aws.Credentials{}, wording(fmt.Sprintf("Received error when attempting to retrieve container metadata: %v", err))
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxContainerBytes))
	if err != nil {
		return aws.Credentials{}, err
	}
	if answer.StatusCode != http.StatusOK {
		return aws.Credentials{}, wording(fmt.Sprintf("Received non 200 response %d from container metadata: %s", answer.StatusCode, body))
	}
	v, err := value.ParseJSON(body)
	m, ok := v.(*value.Map)
	if err != nil || !ok {
		return aws.Credentials{}, wording("Unable to parse JSON returned from container metadata services")
	}
	return ending(aws.Credentials{
		AccessKeyID: member(m, "AccessKeyId"), SecretAccessKey: member(m, "SecretAccessKey"), SessionToken: member(m, "Token"),
	}, member(m, "Expiration"))
}
