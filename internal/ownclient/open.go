package ownclient

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
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

// Open finds the server and the credentials. It reads the AWS configuration
// and sends nothing.
func Open(ctx context.Context, o Options) (*Client, error) {
	// The SDK would print its own tries to find credentials.
	load := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	endpoint := o.EndpointURL
	if endpoint == "" {
		if endpoint, err = configuredEndpoint(ctx, cfg); err != nil {
			return nil, err
		}
	}
	if err := validateEndpoint(endpoint); err != nil {
		return nil, err
	}
	region := cfg.Region
	if region == "" {
		region = DefaultRegion
	}
	c := New(endpoint, region, cfg.Credentials)
	if configured, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		c.HTTP.Transport = configured.GetTransport() // trusts AWS_CA_BUNDLE
	}
	return c, nil
}

// serviceEndpoint is what the SDK's environment and shared configuration both
// offer: the endpoint for one service.
type serviceEndpoint interface {
	GetServiceBaseEndpoint(ctx context.Context, sdkID string) (string, bool, error)
}

func configuredEndpoint(ctx context.Context, cfg aws.Config) (string, error) {
	if ignored, _ := strconv.ParseBool(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")); ignored {
		return "", ErrNoEndpoint
	}
	for _, source := range cfg.ConfigSources {
		s, ok := source.(serviceEndpoint)
		if !ok {
			continue
		}
		endpoint, found, err := s.GetServiceBaseEndpoint(ctx, "Connect")
		if err != nil {
			return "", fmt.Errorf("read the AWS configuration: %w", err)
		}
		if found && endpoint != "" {
			return endpoint, nil
		}
	}
	if cfg.BaseEndpoint != nil { // for all services
		return *cfg.BaseEndpoint, nil
	}
	return "", ErrNoEndpoint
}

func validateEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("endpoint %q: want http://HOST:PORT or https://HOST:PORT", endpoint)
	}
	return nil
}
