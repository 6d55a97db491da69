package setup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

// instance is the source of last resort, the instance that this may be. Its
// failure means no more than that there are no credentials.
func (s *Settings) instance() *held {
	if s.noInstance() {
		return &held{source: func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, ErrNoCredentials }}
	}
	role := ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = s.instanceClient() })
	return &held{source: func(ctx context.Context) (aws.Credentials, error) {
		creds, err := role.Retrieve(ctx)
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", ErrNoCredentials, err)
		}
		return creds, err
	}}
}

// noInstance says that the instance's own service must not be asked.
func (s *Settings) noInstance() bool {
	return strings.EqualFold(s.env("AWS_EC2_METADATA_DISABLED"), "true")
}

// instanceClient returns a client of the instance's service. Where there is
// none, nothing answers, so it doesn't wait for long.
func (s *Settings) instanceClient() *imds.Client {
	seconds, _ := s.integer("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT", 1) // Check tells what is wrong
	return imds.New(imds.Options{
		Endpoint:   s.env("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
		Retryer:    aws.NopRetryer{},
		HTTPClient: awshttp.NewBuildableClient().WithTimeout(time.Duration(seconds) * time.Second),
	})
}

// InstanceRegion asks the instance for its Region. It is "" if there is none.
func (s *Settings) InstanceRegion(ctx context.Context) string {
	if s.noInstance() {
		return ""
	}
	found, err := s.instanceClient().GetRegion(ctx, nil)
	if err != nil {
		return ""
	}
	return found.Region
}
