package awscli

import (
	"context"

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
}

const defaultAttempts = connectclient.DefaultMaxAttempts

func (c *command) openSession(ctx context.Context, svc *service) (*session, error) {
	var s session
	region, hasRegion, err := c.settings.either(c.globals[optRegion], c.has(optRegion), "region", "AWS_REGION", "AWS_DEFAULT_REGION")
	if err != nil {
		return nil, err
	}
	if !hasRegion {
		region = c.settings.instanceRegion(ctx)
		hasRegion = region != ""
	}
	s.region = region
	if err := checkRegion(region); err != nil {
		return nil, err
	}
	if !c.has(optNoSign) {
		if s.credentials, err = c.settings.credentials(ctx, region); err != nil {
			return nil, err
		}
	}
	if !hasRegion {
		return nil, &failure{exit: exitConfig, code: "NoRegion", text: noRegion}
	}
	if err := s.readRetries(c.settings); err != nil {
		return nil, err
	}
	if s.endpoint, err = c.settings.endpoint(svc, c.globals[optEndpointURL], region); err != nil {
		return nil, err
	}
	return &s, checkEndpoint(s.endpoint)
}

func (s *session) readRetries(from *settings) error {
	attempts, err := from.integer("max_attempts", "AWS_MAX_ATTEMPTS", defaultAttempts)
	if err != nil {
		return err
	}
	if attempts < 1 {
		v, _, _ := from.get("max_attempts", "AWS_MAX_ATTEMPTS")
		return general(`Value provided to "max_attempts": ` + v + " must be an integer greater than or equal to one.")
	}
	mode, ok, err := from.get("retry_mode", "AWS_RETRY_MODE")
	if err != nil {
		return err
	}
	if ok && mode != string(aws.RetryModeStandard) && mode != string(aws.RetryModeAdaptive) {
		return general(`Invalid value provided to "mode": "` + mode + `" must be one of: "standard" or "adaptive"`)
	}
	s.maxAttempts, s.retryMode = attempts, aws.RetryMode(mode)
	return nil
}
