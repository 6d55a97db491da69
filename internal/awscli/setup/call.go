package setup

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// defaultAttempts is how often a call is tried if nothing says otherwise.
const defaultAttempts = 3

// CallError says that a service refused a call for credentials. It has the AWS
// CLI's text.
type CallError struct {
	Operation, Code, Message string
	// Suffix tells that the last allowed attempt was used, or is empty.
	Suffix string
}

func (e *CallError) Error() string {
	return "An error occurred (" + e.Code + ") when calling the " + e.Operation + " operation" + e.Suffix + ": " + e.Message
}

// caller is what a client of the SDK is made of.
type caller struct {
	region   string
	endpoint *string // nil for Amazon's own
	// fips and dualStack choose among Amazon's own endpoints.
	fips, dualStack bool
	attempts        int
	mode            aws.RetryMode
	http            *http.Client
	sent            atomic.Int32 // requests
}

// Do sends a request and counts it.
func (c *caller) Do(r *http.Request) (*http.Response, error) {
	c.sent.Add(1)
	return c.http.Do(r) //nolint:gosec // the user's own set-up names the address
}

// newCaller reads where a service is and how it is called.
func (s *Settings) newCaller(service, region string) (*caller, error) {
	c := &caller{region: region}
	var err error
	if c.attempts, c.mode, err = s.Retries(defaultAttempts); err != nil {
		return nil, err
	}
	endpoint, err := s.Endpoint(service)
	if err != nil {
		return nil, err
	}
	if c.http, err = s.trusted(endpoint); err != nil {
		return nil, err
	}
	if endpoint != "" {
		c.endpoint = &endpoint
		return c, nil
	}
	c.fips, c.dualStack, err = s.Variants()
	return c, err
}

func (c *caller) fipsState() aws.FIPSEndpointState {
	if c.fips {
		return aws.FIPSEndpointStateEnabled
	}
	return aws.FIPSEndpointStateUnset
}

func (c *caller) dualStackState() aws.DualStackEndpointState {
	if c.dualStack {
		return aws.DualStackEndpointStateEnabled
	}
	return aws.DualStackEndpointStateUnset
}

// explain words why a call gave nothing.
func (c *caller) explain(ctx context.Context, operation string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		suffix := ""
		if sent := int(c.sent.Load()); sent >= c.attempts {
			suffix = " (reached max retries: " + strconv.Itoa(sent-1) + ")"
		}
		return &CallError{Operation: operation, Code: refused.ErrorCode(), Message: refused.ErrorMessage(), Suffix: suffix}
	}
	if unreached, ok := errors.AsType[*url.Error](err); ok {
		return wording(`Could not connect to the endpoint URL: "` + unreached.URL + `"`)
	}
	return err
}
