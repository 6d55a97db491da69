package setup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/value"
)

// errUnauthorized has the AWS CLI's words.
var errUnauthorized = wording("The SSO session associated with this profile has expired or is otherwise invalid. " +
	"To refresh this SSO session run aws sso login with the corresponding profile.")

// signOn is a role at a portal of single sign-on.
type signOn struct {
	*chain
	session  string // the section [sso-session …], or "" if the profile says all itself
	startURL string
	account  string
	role     string
}

// singleSignOn is the source for a profile of single sign-on.
func (c *chain) singleSignOn(name string, p profile.Settings) (*held, error) {
	_, hasRole := p["sso_role_name"]
	_, hasAccount := p["sso_account_id"]
	if !hasRole && !hasAccount {
		return nil, nil
	}
	session, hasSession := p["sso_session"]
	all := maps.Clone(p)
	if hasSession {
		section, ok := c.files.SSOSessions[session]
		if !ok {
			return nil, wording(fmt.Sprintf("The specified sso-session does not exist: \"%s\"", session))
		}
		for key, v := range section {
			if own, ok := all[key]; ok && own != v {
				return nil, wording(fmt.Sprintf("The value for %s is inconsistent between profile (%s) and sso-session (%s).", key, own, v))
			}
			all[key] = v
		}
	}
	var missing []string
	for _, key := range []string{"sso_role_name", "sso_account_id", "sso_start_url", "sso_region"} {
		if _, ok := all[key]; !ok {
			missing = append(missing, key)
		}
	}
	if missing != nil {
		return nil, wording(fmt.Sprintf("The profile \"%s\" is configured to use SSO but is missing required configuration: %s",
			name, strings.Join(missing, ", ")))
	}
	so := &signOn{&chain{c.Settings, all["sso_region"]}, session, all["sso_start_url"], all["sso_account_id"], all["sso_role_name"]}
	return &held{source: func(ctx context.Context) (aws.Credentials, error) {
		return so.remembered(so.cacheKey(), func() (*cached, error) { return so.ask(ctx) })
	}}, nil
}

func (so *signOn) cacheKey() string {
	place := `"startUrl":` + quoted(so.startURL)
	if so.session != "" {
		place = `"sessionName":` + quoted(so.session)
	}
	return cacheKey(`{"accountId":` + quoted(so.account) + `,"roleName":` + quoted(so.role) + "," + place + "}")
}

// ask asks the portal for the role's credentials.
func (so *signOn) ask(ctx context.Context) (*cached, error) {
	token, err := so.token(ctx)
	if err != nil {
		return nil, err
	}
	calls, err := so.newCaller("sso", so.region)
	if err != nil {
		return nil, err
	}
	client := sso.New(sso.Options{
		Region: calls.region, BaseEndpoint: calls.endpoint, HTTPClient: calls, RetryMaxAttempts: calls.attempts, RetryMode: calls.mode,
		EndpointOptions: sso.EndpointResolverOptions{UseFIPSEndpoint: calls.fipsState(), UseDualStackEndpoint: calls.dualStackState()},
	})
	out, err := client.GetRoleCredentials(ctx, &sso.GetRoleCredentialsInput{AccessToken: &token, AccountId: &so.account, RoleName: &so.role})
	if _, unauthorized := errors.AsType[*ssotypes.UnauthorizedException](err); unauthorized {
		return nil, errUnauthorized
	}
	if err != nil {
		return nil, calls.explain(ctx, "GetRoleCredentials", err)
	}
	if out.RoleCredentials == nil {
		return nil, notRetrieved("sso", "the answer holds none")
	}
	c := &cached{ProviderType: "sso"}
	c.Credentials.AccessKeyID = aws.ToString(out.RoleCredentials.AccessKeyId)
	c.Credentials.SecretAccessKey = aws.ToString(out.RoleCredentials.SecretAccessKey)
	c.Credentials.SessionToken = aws.ToString(out.RoleCredentials.SessionToken)
	c.Credentials.Expiration = iso(time.UnixMilli(out.RoleCredentials.Expiration))
	c.Credentials.AccountID = so.account
	return c, nil
}

// token returns the token that `aws sso login` left in the cache. One that
// belongs to a session is renewed before its end, if that can be done.
func (so *signOn) token(ctx context.Context) (string, error) {
	name := so.startURL
	if so.session != "" {
		name = so.session
	}
	path := so.cacheFile(ssoCache, cacheKey(name))
	token, err := readToken(path)
	if err != nil {
		return "", wording(fmt.Sprintf("Error loading SSO Token: Token for %s does not exist", name))
	}
	if member(token, "accessToken") == "" || member(token, "expiresAt") == "" {
		return "", wording(fmt.Sprintf("Error loading SSO Token: Token for %s is invalid", so.startURL))
	}
	expires, err := parseTime(member(token, "expiresAt"))
	if err != nil {
		return "", err
	}
	if so.session != "" && time.Until(expires) < cacheWindow {
		if renewed := so.renew(ctx, token); renewed != nil {
			return member(renewed, "accessToken"), writeFile(path, value.AppendJSON(nil, renewed))
		}
	}
	switch {
	case time.Now().Before(expires):
		return member(token, "accessToken"), nil
	case so.session != "":
		return "", wording("Error when retrieving token from sso: Token has expired and refresh failed")
	}
	return "", errUnauthorized
}

func readToken(path string) (*value.Map, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := value.ParseJSON(raw)
	if m, ok := v.(*value.Map); ok {
		return m, nil
	}
	return value.NewMap(), err
}

// renew asks for a new token by an old one. It returns nil if there is none to
// be had: then the old one is used as long as it lasts.
func (so *signOn) renew(ctx context.Context, token *value.Map) *value.Map {
	for _, name := range []string{"refreshToken", "clientId", "clientSecret", "registrationExpiresAt"} {
		if member(token, name) == "" {
			return nil
		}
	}
	if expires, err := parseTime(member(token, "registrationExpiresAt")); err != nil || !time.Now().Before(expires) {
		return nil
	}
	calls, err := so.newCaller("sso_oidc", so.region)
	if err != nil {
		return nil
	}
	client := ssooidc.New(ssooidc.Options{
		Region: calls.region, BaseEndpoint: calls.endpoint, HTTPClient: calls, RetryMaxAttempts: calls.attempts, RetryMode: calls.mode,
		EndpointOptions: ssooidc.EndpointResolverOptions{UseFIPSEndpoint: calls.fipsState(), UseDualStackEndpoint: calls.dualStackState()},
	})
	out, err := client.CreateToken(ctx, &ssooidc.CreateTokenInput{
		GrantType: aws.String("refresh_token"), ClientId: aws.String(member(token, "clientId")),
		ClientSecret: aws.String(member(token, "clientSecret")), RefreshToken: aws.String(member(token, "refreshToken")),
	})
	if err != nil {
		so.Logger.Debug("SSO token refresh attempt failed", "error", err)
		return nil
	}
	renewed := value.NewMap()
	renewed.Set("startUrl", so.startURL)
	renewed.Set("region", so.region)
	renewed.Set("accessToken", aws.ToString(out.AccessToken))
	renewed.Set("expiresAt", iso(time.Now().Add(time.Duration(out.ExpiresIn)*time.Second)))
	for _, name := range []string{"clientId", "clientSecret", "registrationExpiresAt"} {
		renewed.Set(name, member(token, name))
	}
	if out.RefreshToken != nil {
		renewed.Set("refreshToken", *out.RefreshToken)
	}
	return renewed
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
