package ownclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"rollcall/internal/awscli/setup"
)

// Options are what a command line may say about the server. Empty members are
// looked up where AWS tools look.
type Options struct {
	EndpointURL string
	Region      string
	Profile     string
}

// ErrNoEndpoint means that nothing names a server.
var ErrNoEndpoint = errors.New("no server is named: give --endpoint-url, or set AWS_ENDPOINT_URL_CONNECT, for example to http://127.0.0.1:8420")

// Open finds the server and the credentials, as `rollcall connect` does. It
// reads the AWS configuration and sends nothing to the server.
func Open(ctx context.Context, o Options) (*Client, error) {
	s, err := setup.Open(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	s.ProfileFlag = o.Profile
	endpoint := o.EndpointURL
	if endpoint == "" {
		if endpoint, err = s.Endpoint("connect"); err != nil {
			return nil, err
		}
	}
	if endpoint == "" {
		return nil, ErrNoEndpoint
	}
	if err := validateEndpoint(endpoint); err != nil {
		return nil, err
	}
	region := o.Region
	if region == "" {
		if region, _, err = s.Region(); err != nil {
			return nil, err
		}
	}
	if region == "" {
		region = DefaultRegion
	}
	credentials, err := s.Credentials(ctx, region)
	if err != nil {
		return nil, err
	}
	c := New(endpoint, region, credentials)
	c.HTTP.Transport, err = transport(s, endpoint)
	return c, err
}

// transport believes the certificates that AWS tools are told to believe, where
// there are any.
func transport(s *setup.Settings, endpoint string) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	if strings.HasPrefix(endpoint, "http://") {
		return t, nil
	}
	bundle, err := s.Bundle("", false)
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig, err = setup.Trust(bundle)
	return t, err
}

func validateEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("endpoint %q: want http://HOST:PORT or https://HOST:PORT", endpoint)
	}
	return nil
}
