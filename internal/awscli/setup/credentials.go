package setup

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/profile"
)

// Credentials returns the source of credentials for calls to a Region. Which
// one it is follows from the settings; what it costs to find out is spent here
// (a process runs, a container is asked), but for roles, single sign-on and the
// instance, which are asked when a request is to be signed.
//
// The source's error is [ErrNoCredentials] where none are to be found, a
// *[CallError] where a service refuses, and otherwise what went wrong.
func (s *Settings) Credentials(ctx context.Context, region string) (aws.CredentialsProvider, error) {
	name, _ := s.profileName()
	p, err := s.Profile()
	if err != nil {
		return nil, err
	}
	if s.ProfileFlag == "" {
		if found, err := s.environmentKeys(); found != nil || err != nil {
			return provider(found), err
		}
	}
	c := &chain{s, region}
	if isRole(p) {
		return c.role(ctx, name, []string{name})
	}
	if found, err := c.ofProfile(ctx, name, s.ProfileFlag == ""); found != nil || err != nil {
		return provider(found), err
	}
	if found, err := s.container(ctx); found != nil || err != nil {
		return provider(found), err
	}
	return s.instance(), nil
}

// provider is found, and nil if it is none.
func provider(found *held) aws.CredentialsProvider {
	if found == nil {
		return nil
	}
	return found
}

// chain looks for credentials on behalf of calls to one Region.
type chain struct {
	*Settings
	region string
}

// ofProfile looks through the sources that a profile can name by itself. It
// returns nil if it names none. environment says that variables may name a
// token of a web identity.
func (c *chain) ofProfile(ctx context.Context, name string, environment bool) (*held, error) {
	p, _ := c.files.Profile(name)
	for _, look := range []func() (*held, error){
		func() (*held, error) { return c.webIdentity(p, environment) },
		func() (*held, error) { return c.singleSignOn(name, p) },
		func() (*held, error) { return fileKeys(c.files.Credentials[name], "shared-credentials-file") },
		func() (*held, error) { return c.login(ctx, p) },
		func() (*held, error) { return process(ctx, p) },
		func() (*held, error) { return fileKeys(c.files.Config[name], "config-file") },
	} {
		if found, err := look(); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

func (s *Settings) environmentKeys() (*held, error) {
	id := s.env("AWS_ACCESS_KEY_ID")
	if id == "" {
		return nil, nil
	}
	secret := s.env("AWS_SECRET_ACCESS_KEY")
	if secret == "" {
		return nil, partial("env", "AWS_SECRET_ACCESS_KEY")
	}
	token := s.env("AWS_SECURITY_TOKEN")
	if token == "" {
		token = s.env("AWS_SESSION_TOKEN")
	}
	creds, err := ending(aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}, s.env("AWS_CREDENTIAL_EXPIRATION"))
	if err != nil {
		return nil, err
	}
	return static(creds), nil
}

func fileKeys(p profile.Settings, source string) (*held, error) {
	id, ok := p["aws_access_key_id"]
	if !ok {
		return nil, nil
	}
	secret, ok := p["aws_secret_access_key"]
	if !ok {
		return nil, partial(source, "aws_secret_access_key")
	}
	token, ok := p["aws_security_token"]
	if !ok {
		token = p["aws_session_token"]
	}
	return static(aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}), nil
}

func partial(source, missing string) error {
	return wording(fmt.Sprintf("Partial credentials found in %s, missing: %s", source, missing))
}

// notRetrieved says that a source gave none.
func notRetrieved(source, why string) error {
	return wording(fmt.Sprintf("Error when retrieving credentials from %s: %s", source, why))
}
