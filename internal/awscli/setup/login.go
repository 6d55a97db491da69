package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/value"
)

// loginCache is where `aws login` leaves its sessions, unless a variable says
// otherwise.
const loginCache = "~/.aws/login/cache"

// login is the source for a profile of a session that `aws login` opened.
func (c *chain) login(_ context.Context, p profile.Settings) (*held, error) {
	session, ok := p["login_session"]
	if !ok {
		return nil, nil
	}
	sum := sha256.Sum256([]byte(session))
	path := c.path("AWS_LOGIN_CACHE_DIRECTORY", loginCache) + "/" + hex.EncodeToString(sum[:]) + ".json"
	const lead = "Error loading login session token: "
	token, err := readToken(path)
	if err != nil {
		return nil, errors.New(lead + "Unable to load a existing login session for session " + session + ". Please reauthenticate with 'aws login'.")
	}
	var missing []string
	for _, name := range []string{"accessToken", "refreshToken", "dpopKey", "clientId"} {
		if _, ok := token.Get(name); !ok {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, errors.New(lead + "Failed to load access token from token cache, missing required fields: " + strings.Join(missing, ", ") + ".")
	}
	renew := func(ctx context.Context) (aws.Credentials, error) { return c.renewLogin(ctx, path) }
	if keys, ok := first(token, "accessToken").(*value.Map); ok {
		creds, err := ending(aws.Credentials{
			AccessKeyID: member(keys, "accessKeyId"), SecretAccessKey: member(keys, "secretAccessKey"), SessionToken: member(keys, "sessionToken"),
		}, member(keys, "expiresAt"))
		if err == nil && creds.CanExpire {
			return asFound(renew, creds), nil
		}
	}
	return &held{source: renew}, nil
}

func first(m *value.Map, name string) any {
	v, _ := m.Get(name)
	return v
}

// renewLogin asks for new credentials of a session, and leaves them in its file.
func (c *chain) renewLogin(ctx context.Context, path string) (aws.Credentials, error) {
	calls, err := c.newCaller("signin", c.region)
	if err != nil {
		return aws.Credentials{}, err
	}
	client := signin.New(signin.Options{
		Region: calls.region, BaseEndpoint: calls.endpoint, HTTPClient: calls, RetryMaxAttempts: calls.attempts, RetryMode: calls.mode,
		EndpointOptions: signin.EndpointResolverOptions{UseFIPSEndpoint: calls.fipsState(), UseDualStackEndpoint: calls.dualStackState()},
	})
	renewal := logincreds.New(&signInClient{client, calls}, path, func(o *logincreds.Options) { o.RestrictPermissions = true })
	creds, err := renewal.Retrieve(ctx)
	if said, ok := errors.AsType[wording](err); ok {
		err = said // without what the SDK puts before it
	}
	return creds, err
}

// signInClient says in the AWS CLI's words why nothing was given.
type signInClient struct {
	*signin.Client
	calls *caller
}

// CreateOAuth2Token asks for new credentials.
func (c *signInClient) CreateOAuth2Token(ctx context.Context, in *signin.CreateOAuth2TokenInput, options ...func(*signin.Options)) (*signin.CreateOAuth2TokenOutput, error) {
	out, err := c.Client.CreateOAuth2Token(ctx, in, options...)
	denied, ok := errors.AsType[*types.AccessDeniedException](err)
	switch {
	case err == nil:
		return out, nil
	case !ok:
		return nil, c.calls.explain(ctx, "CreateOAuth2Token", err)
	case denied.Error_ == types.OAuth2ErrorCodeTokenExpired, denied.Error_ == types.OAuth2ErrorCodeUserCredentialsChanged:
		return nil, wording("Your session has expired or credentials have changed. Please reauthenticate using 'aws login'.")
	case denied.Error_ == types.OAuth2ErrorCodeInsufficientPermissions:
		return nil, wording("Unable to create or refresh login credentials due to insufficient permissions. " +
			"You may be missing permission for the 'signin:CreateOAuth2Token' action.")
	}
	return nil, wording("An unspecified error happened when resolving AWS credentials or refreshing a login session profile.")
}
