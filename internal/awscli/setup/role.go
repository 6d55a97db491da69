package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/value"
)

const roleSource = "assume-role"

// isRole says that a profile is a role to be taken on with other credentials.
func isRole(p profile.Settings) bool {
	_, arn := p["role_arn"]
	_, token := p["web_identity_token_file"]
	return arn && !token
}

func hasKeys(p profile.Settings) bool {
	_, id := p["aws_access_key_id"]
	_, secret := p["aws_secret_access_key"]
	return id || secret
}

// role is the source for a profile that is a role. visited are the profiles on
// the way to it, the first one and it included.
func (c *chain) role(ctx context.Context, name string, visited []string) (aws.CredentialsProvider, error) {
	p, _ := c.files.Profile(name)
	source, err := c.roleSource(ctx, name, p, visited)
	if err != nil {
		return nil, err
	}
	in := roleInput(p)
	return &held{source: func(ctx context.Context) (aws.Credentials, error) {
		return c.remembered(cacheKey(roleArguments(in)), func() (*cached, error) { return c.assume(ctx, *in, source) })
	}}, nil
}

// roleSource finds the credentials with which a role is taken on.
func (c *chain) roleSource(ctx context.Context, name string, p profile.Settings, visited []string) (aws.CredentialsProvider, error) {
	from, hasSource := p["credential_source"]
	parent, hasParent := p["source_profile"]
	switch {
	case hasSource && hasParent:
		return nil, wording(fmt.Sprintf("The profile \"%s\" contains both source_profile and credential_source.", name))
	case hasSource:
		return c.namedSource(ctx, from, name)
	case !hasParent:
		return nil, partial(roleSource, "source_profile or credential_source")
	}
	of, ok := c.files.Profile(parent)
	if !ok {
		return nil, wording(fmt.Sprintf("The source_profile \"%s\" referenced in the profile \"%s\" does not exist.", parent, name))
	}
	// A profile may name itself, for the keys that it has besides the role.
	if slices.Contains(visited, parent) && (parent != name || !hasKeys(of)) {
		return nil, wording(fmt.Sprintf("Infinite loop in credential configuration detected. Attempting to load from profile %s "+
			"which has already been visited. Visited profiles: %s", parent, reprList(visited)))
	}
	if isRole(of) && !hasKeys(of) {
		return c.role(ctx, parent, append(slices.Clone(visited), parent))
	}
	found, err := c.ofProfile(ctx, parent, false)
	if found == nil && err == nil {
		return nil, wording(fmt.Sprintf("The source profile \"%s\" must have credentials.", parent))
	}
	return provider(found), err
}

// namedSource is a source that a profile names by what it is.
func (c *chain) namedSource(ctx context.Context, source, name string) (aws.CredentialsProvider, error) {
	var found *held
	var err error
	switch source {
	case "Environment":
		found, err = c.environmentKeys()
	case "EcsContainer":
		found, err = c.container(ctx)
	case "Ec2InstanceMetadata":
		found = c.instance()
		if _, none := found.Retrieve(ctx); errors.Is(none, ErrNoCredentials) {
			found = nil
		}
	default:
		return nil, wording(fmt.Sprintf("The credential source \"%s\" referenced in profile \"%s\" is not valid.", source, name))
	}
	if found == nil && err == nil {
		err = notRetrieved(source, "No credentials found in credential_source referenced in profile "+name)
	}
	return provider(found), err
}

func reprList(words []string) string {
	l := value.NewList()
	for _, word := range words {
		l.Items = append(l.Items, word)
	}
	return value.Repr(l)
}

// roleInput is what a profile says about its role. The code of a multi-factor
// device and a name for the session that it doesn't have are added when it is
// taken on.
func roleInput(p profile.Settings) *sts.AssumeRoleInput {
	in := &sts.AssumeRoleInput{RoleArn: aws.String(p["role_arn"])}
	for name, to := range map[string]**string{"role_session_name": &in.RoleSessionName, "external_id": &in.ExternalId, "mfa_serial": &in.SerialNumber} {
		if v, ok := p[name]; ok {
			*to = aws.String(v)
		}
	}
	if n, ok := value.ParseInt(p["duration_seconds"]); ok && n.IsInt64() {
		in.DurationSeconds = aws.Int32(int32(min(n.Int64(), 1<<31-1)))
	}
	return in
}

// roleArguments is a role in the form that the AWS CLI names its cache by.
func roleArguments(in *sts.AssumeRoleInput) string {
	m := value.NewMap()
	if in.DurationSeconds != nil {
		m.Set("DurationSeconds", value.Int(int(*in.DurationSeconds)))
	}
	for _, part := range []struct {
		name string
		v    *string
	}{{"ExternalId", in.ExternalId}, {"RoleArn", in.RoleArn}, {"RoleSessionName", in.RoleSessionName}, {"SerialNumber", in.SerialNumber}} {
		if part.v != nil {
			m.Set(part.name, *part.v)
		}
	}
	return string(value.AppendJSON(nil, m))
}

// assume takes a role on.
func (c *chain) assume(ctx context.Context, in sts.AssumeRoleInput, source aws.CredentialsProvider) (*cached, error) {
	creds, err := source.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	if in.SerialNumber != nil {
		code, err := c.Ask("Enter MFA code for " + *in.SerialNumber + ": ")
		if err != nil {
			return nil, err
		}
		in.TokenCode = &code
	}
	nameSession(&in.RoleSessionName)
	client, calls, err := c.sts(static(creds))
	if err != nil {
		return nil, err
	}
	out, err := client.AssumeRole(ctx, &in)
	if err != nil {
		return nil, calls.explain(ctx, "AssumeRole", err)
	}
	return assumed(out.Credentials, out.AssumedRoleUser)
}

// nameSession gives a session that has no name one.
func nameSession(name **string) {
	if *name == nil {
		*name = aws.String("botocore-session-" + strconv.FormatInt(time.Now().Unix(), 10))
	}
}

func (c *chain) sts(creds aws.CredentialsProvider) (*sts.Client, *caller, error) {
	calls, err := c.newCaller("sts", c.region)
	if err != nil {
		return nil, nil, err
	}
	return sts.New(sts.Options{
		Region: calls.region, BaseEndpoint: calls.endpoint, Credentials: creds, HTTPClient: calls,
		RetryMaxAttempts: calls.attempts, RetryMode: calls.mode,
		EndpointOptions: sts.EndpointResolverOptions{UseFIPSEndpoint: calls.fipsState(), UseDualStackEndpoint: calls.dualStackState()},
	}), calls, nil
}

func assumed(creds *types.Credentials, user *types.AssumedRoleUser) (*cached, error) {
	if creds == nil || creds.Expiration == nil {
		return nil, notRetrieved(roleSource, "the answer holds none")
	}
	var c cached
	c.Credentials.AccessKeyID, c.Credentials.SecretAccessKey = aws.ToString(creds.AccessKeyId), aws.ToString(creds.SecretAccessKey)
	c.Credentials.SessionToken = aws.ToString(creds.SessionToken)
	c.Credentials.Expiration = creds.Expiration.UTC().Format("2006-01-02T15:04:05+00:00")
	if user != nil {
		c.AssumedRoleUser = &assumedRoleUser{aws.ToString(user.AssumedRoleId), aws.ToString(user.Arn)}
		if parts := strings.SplitN(c.AssumedRoleUser.Arn, ":", 6); len(parts) == 6 {
			c.Credentials.AccountID = parts[4]
		}
	}
	return &c, nil
}

// webIdentity is the source for a role that is taken on with a token in a file.
func (c *chain) webIdentity(p profile.Settings, environment bool) (*held, error) {
	get := func(name, variable string) string {
		if v, ok := c.LookupEnv(variable); ok && environment {
			return v
		}
		return p[name]
	}
	file := get("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE")
	if file == "" {
		return nil, nil
	}
	arn := get("role_arn", "AWS_ROLE_ARN")
	if arn == "" {
		return nil, wording("The provided profile or the current environment is configured to assume role with web identity " +
			"but has no role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.")
	}
	in := sts.AssumeRoleWithWebIdentityInput{RoleArn: &arn}
	if session := get("role_session_name", "AWS_ROLE_SESSION_NAME"); session != "" {
		in.RoleSessionName = &session
	}
	key := cacheKey(roleArguments(&sts.AssumeRoleInput{RoleArn: in.RoleArn, RoleSessionName: in.RoleSessionName}))
	return &held{source: func(ctx context.Context) (aws.Credentials, error) {
		return c.remembered(key, func() (*cached, error) { return c.assumeByToken(ctx, in, file) })
	}}, nil
}

func (c *chain) assumeByToken(ctx context.Context, in sts.AssumeRoleWithWebIdentityInput, file string) (*cached, error) {
	token, err := os.ReadFile(file)
	if err != nil {
		return nil, errno(err, file)
	}
	in.WebIdentityToken = aws.String(string(token))
	nameSession(&in.RoleSessionName)
	client, calls, err := c.sts(nil)
	if err != nil {
		return nil, err
	}
	out, err := client.AssumeRoleWithWebIdentity(ctx, &in)
	if err != nil {
		return nil, calls.explain(ctx, "AssumeRoleWithWebIdentity", err)
	}
	return assumed(out.Credentials, out.AssumedRoleUser)
}
