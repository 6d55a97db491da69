package awscli

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/connectclient"
)

// session is everything an operation needs to be called: it is what botocore
// calls a client, and is complained about in botocore's order.
type session struct {
	region      string
	endpoint    string
	credentials aws.CredentialsProvider // nil: do not sign
	maxAttempts int
	retryMode   aws.RetryMode
	validate    bool // parameters, before they are sent
}

func (c *command) openSession(ctx context.Context) (*session, error) {
	var s session
	p, err := c.settings.Profile()
	if err != nil {
		return nil, err
	}
	region, hasRegion := c.globals[optRegion]
	if !hasRegion {
		if region, hasRegion, err = c.settings.Region(); err != nil {
			return nil, err
		}
	}
	if !hasRegion {
		region = c.settings.InstanceRegion(ctx)
		hasRegion = region != ""
	}
	s.region = region
	if err := checkRegion(region); err != nil {
		return nil, err
	}
	if !c.has(optNoSign) {
		if s.credentials, err = c.settings.Credentials(ctx, region); err != nil {
			return nil, err
		}
	}
	if !hasRegion {
		return nil, &failure{exit: exitConfig, code: "NoRegion", text: noRegion}
	}
	if s.maxAttempts, s.retryMode, err = c.settings.Retries(connectclient.DefaultMaxAttempts); err != nil {
		return nil, err
	}
	if err := c.settings.Check(); err != nil {
		return nil, err
	}
	unchecked, ok := p["parameter_validation"]
	s.validate = !ok || strings.EqualFold(unchecked, "true")
	if s.endpoint, err = c.endpoint(region); err != nil {
		return nil, err
	}
	return &s, checkEndpoint(s.endpoint)
}
