package awscli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"rollcall/internal/awscli/profile"
)

// errNoCredentials says that none were found anywhere.
var errNoCredentials = errors.New("no credentials")

// missing is the source of requests that need credentials when there are none.
// Nothing is wrong until a request is to be signed.
var missing = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{}, errNoCredentials
})

// credentials returns the source of credentials. Keys in the environment and in
// the files are taken here, since that is what nearly everyone has and it costs
// nothing; whatever has to ask somebody (a role, single sign-on, a process, a
// container, an instance) is the SDK's.
func (s *settings) credentials(ctx context.Context, region string) (aws.CredentialsProvider, error) {
	if s.flag == "" {
		if found, err := s.environmentKeys(); found != nil || err != nil {
			return found, err
		}
	}
	p, err := s.profile()
	if err != nil {
		return nil, err
	}
	if p["role_arn"] != "" || p["sso_start_url"] != "" || p["sso_session"] != "" ||
		s.flag == "" && s.std.env("AWS_WEB_IDENTITY_TOKEN_FILE") != "" {
		return s.sdkCredentials(ctx, region)
	}
	name, _ := s.profileName()
	if found, err := fileKeys(s.files.Credentials[name], "shared-credentials-file"); found != nil || err != nil {
		return found, err
	}
	if p["credential_process"] != "" {
		return s.sdkCredentials(ctx, region)
	}
	if found, err := fileKeys(s.files.Config[name], "config-file"); found != nil || err != nil {
		return found, err
	}
	inContainer := s.std.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != "" || s.std.env("AWS_CONTAINER_CREDENTIALS_FULL_URI") != ""
	if inContainer {
		return s.sdkCredentials(ctx, region)
	}
	if s.noInstance() {
		return missing, nil
	}
	found, err := s.sdkCredentials(ctx, region)
	return lastResort{found}, err
}

// lastResort is a source whose failure means no more than that there is none.
type lastResort struct {
	aws.CredentialsProvider
}

// Retrieve returns the source's credentials, or errNoCredentials.
func (r lastResort) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := r.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	return found, nil
}

func (s *settings) environmentKeys() (aws.CredentialsProvider, error) {
	id := s.std.env("AWS_ACCESS_KEY_ID")
	if id == "" {
		return nil, nil
	}
	secret := s.std.env("AWS_SECRET_ACCESS_KEY")
	if secret == "" {
		return nil, partial("env", "AWS_SECRET_ACCESS_KEY")
	}
	token, _ := s.variable("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
	return credentials.NewStaticCredentialsProvider(id, secret, token), nil
}

func fileKeys(p profile.Settings, source string) (aws.CredentialsProvider, error) {
	id, ok := p["aws_access_key_id"]
	if !ok {
		return nil, nil
	}
	secret, ok := p["aws_secret_access_key"]
	if !ok {
		return nil, partial(source, "aws_secret_access_key")
	}
	token := p["aws_security_token"]
	if token == "" {
		token = p["aws_session_token"]
	}
	return credentials.NewStaticCredentialsProvider(id, secret, token), nil
}

func partial(source, missing string) error {
	return general("Partial credentials found in " + source + ", missing: " + missing)
}

// noInstance says that the instance's own service must not be asked.
func (s *settings) noInstance() bool {
	return strings.EqualFold(s.std.env("AWS_EC2_METADATA_DISABLED"), "true")
}

// sdkCredentials is the SDK's chain.
func (s *settings) sdkCredentials(ctx context.Context, region string) (aws.CredentialsProvider, error) {
	options := []func(*config.LoadOptions) error{
		config.WithSharedConfigFiles([]string{s.paths.config}),
		config.WithSharedCredentialsFiles([]string{s.paths.credentials}),
		config.WithRegion(region),
		config.WithEC2RoleCredentialOptions(func(o *ec2rolecreds.Options) { o.Client = s.newInstanceClient() }),
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = s.askForToken }),
	}
	if name, asked := s.profileName(); asked {
		options = append(options, config.WithSharedConfigProfile(name))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, general(fmt.Sprintf("Error when retrieving credentials: %v", err))
	}
	return cfg.Credentials, nil
}

// askForToken asks for the code of a multi-factor device.
func (s *settings) askForToken() (string, error) {
	if _, err := io.WriteString(s.std.Err, "Enter MFA code: "); err != nil {
		return "", fmt.Errorf("ask for MFA code: %w", err)
	}
	line, err := bufio.NewReader(s.std.In).ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("read MFA code: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// instanceTimeout is how long the instance's service may take to answer. Where
// there is none, nothing answers.
const instanceTimeout = time.Second

// newInstanceClient returns a client of the instance's service that asks once.
func (s *settings) newInstanceClient() *imds.Client {
	return imds.New(imds.Options{
		Endpoint:   s.std.env("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
		Retryer:    aws.NopRetryer{},
		HTTPClient: awshttp.NewBuildableClient().WithTimeout(instanceTimeout),
	})
}

// instanceRegion asks the instance for its Region. It is "" if there is none.
func (s *settings) instanceRegion(ctx context.Context) string {
	if s.noInstance() {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, instanceTimeout)
	defer cancel()
	found, err := s.newInstanceClient().GetRegion(ctx, nil)
	if err != nil {
		return ""
	}
	return found.Region
}
