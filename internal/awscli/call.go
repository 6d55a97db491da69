package awscli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/connectclient"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

// call sends an operation's parameters and returns the answer.
func (c *command) call(ctx context.Context, op *operation, s *session, params *value.Map) (*connectclient.Response, error) {
	id, _ := params.Get(op.path)
	cfg := connectclient.Config{
		EndpointURL: s.endpoint,
		Region:      s.region,
		Credentials: s.credentials,
		MaxAttempts: s.maxAttempts,
		RetryMode:   s.retryMode,
		UserAgent:   c.userAgent(op, s),
		Logger:      c.log,
	}
	u, err := connectclient.New(cfg).URL(value.Str(id))
	if err != nil {
		return nil, err
	}
	if cfg.HTTPClient, err = c.httpClient(u); err != nil {
		return nil, err
	}
	if s.credentials != nil {
		found, err := s.credentials.Retrieve(ctx)
		if err != nil {
			return nil, credentialsFailure(err)
		}
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return found, nil })
	}
	resp, err := connectclient.New(cfg).Do(ctx, connectclient.Request{InstanceID: value.Str(id), Body: op.body(params)})
	if err != nil {
		return nil, transportFailure(err)
	}
	if err := resp.Err(); err != nil {
		return nil, op.serviceFailure(err, resp)
	}
	return resp, nil
}

// body is the JSON of the parameters that do not go into the path, in the order
// in which they were given.
func (o *operation) body(params *value.Map) []byte {
	m := value.NewMap()
	for name, v := range params.All() {
		if name != o.path {
			m.Set(name, v)
		}
	}
	return value.AppendJSON(nil, m)
}

// credentialsFailure words that no credentials came.
func credentialsFailure(err error) error {
	if errors.Is(err, setup.ErrNoCredentials) {
		return &failure{exit: exitConfig, code: "NoCredentials", text: noCreds}
	}
	if refused, ok := errors.AsType[*setup.CallError](err); ok {
		return &failure{exit: exitService, code: refused.Code, text: refused.Message, plain: refused.Error(), details: value.NewMap()}
	}
	return err
}

// httpClient returns the client for a URL, which believes every certificate
// with --no-verify-ssl.
func (c *command) httpClient(u *url.URL) (*http.Client, error) {
	switch {
	case u.Scheme != "https":
		return c.settings.HTTPClient(nil), nil
	case c.has(optNoVerifySSL):
		_, _ = c.std.Err.Write([]byte("Unverified HTTPS request is being made to host '" + u.Hostname() +
			"'. Without --no-verify-ssl the certificate would be checked.\n"))
		return c.settings.HTTPClient(&tls.Config{InsecureSkipVerify: true}), nil //nolint:gosec // it was asked for, in so many words
	}
	bundle, err := c.settings.Bundle(c.globals[optCABundle], c.has(optCABundle))
	if err != nil {
		return nil, err
	}
	config, err := setup.Trust(bundle)
	if unreadable, ok := errors.AsType[*setup.BundleError](err); ok {
		text, _, _ := strings.Cut(shell.Errno(unreadable.Err, bundle), ": ")
		return nil, general("SSL validation failed for " + u.String() + " " + text)
	}
	return c.settings.HTTPClient(config), err
}

// transportFailure words that no answer came.
func transportFailure(err error) error {
	t, ok := errors.AsType[*connectclient.TransportError](err)
	if !ok {
		return err
	}
	switch t.Kind {
	case connectclient.Unreachable:
		return general(`Could not connect to the endpoint URL: "` + t.URL + `"`)
	case connectclient.ConnectTimeout:
		return general(`Connect timeout on endpoint URL: "` + t.URL + `"`)
	case connectclient.ReadTimeout:
		return general(`Read timeout on endpoint URL: "` + t.URL + `"`)
	case connectclient.Closed:
		return general(`Connection was closed before we received a valid response from endpoint URL: "` + t.URL + `".`)
	case connectclient.ProxyFailed:
		return general(`Failed to connect to proxy URL: "` + t.ProxyURL + `"`)
	case connectclient.TLSFailed:
		return general("SSL validation failed for " + t.URL + " " + t.Err.Error())
	case connectclient.Unsupported:
	}
	return general(fmt.Sprintf("An HTTP Client raised an unhandled exception: %v", t.Err))
}

// serviceFailure words an error the service answered with. That the last allowed
// attempt was used is told whatever came of it.
func (o *operation) serviceFailure(err error, resp *connectclient.Response) error {
	e, ok := errors.AsType[*connectclient.APIError](err)
	if !ok {
		return err
	}
	suffix := ""
	if resp.Exhausted {
		suffix = " (reached max retries: " + strconv.Itoa(resp.Attempts-1) + ")"
	}
	message := e.Message
	if message == "" && hasNullMessage(resp.Body) {
		message = "None"
	}
	f := &failure{
		exit: exitService, code: e.Code, text: message, details: value.NewMap(),
		plain: "An error occurred (" + e.Code + ") when calling the " + o.name + " operation" + suffix + ": " + message,
	}
	if s := o.errors[e.Code]; s != nil {
		if v, err := decodeAnswer(resp.Body, s, func(v any) (any, error) { return v, nil }); err == nil {
			f.details, _ = v.(*value.Map)
		}
	}
	return f
}

// hasNullMessage says that an error's message is there, and null.
func hasNullMessage(body []byte) bool {
	v, err := value.ParseJSON(body)
	m, ok := v.(*value.Map)
	if err != nil || !ok {
		return false
	}
	for _, name := range []string{"message", "Message"} {
		if v, ok := m.Get(name); ok {
			return v == nil
		}
	}
	return false
}
