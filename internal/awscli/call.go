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

	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

// caller calls an operation, once or page by page.
type caller struct {
	c      *command
	o      *connectapi.Operation
	s      *session
	client *connectclient.Client // nil before the first call
}

// do sends parameters and returns the answer.
func (call *caller) do(ctx context.Context, params *value.Map) (*value.Map, error) {
	if err := call.validate(params); err != nil {
		return nil, err
	}
	req := request(call.o, params)
	if call.client == nil {
		if err := call.open(ctx, req); err != nil {
			return nil, err
		}
	}
	resp, err := call.client.Do(ctx, req)
	if err != nil {
		return nil, transportFailure(err)
	}
	if err := resp.Err(); err != nil {
		return nil, serviceFailure(call.o, err, resp)
	}
	return decodeAnswer(resp.Body, call.o.Output(), call.c.show)
}

func (call *caller) validate(params *value.Map) error {
	if !call.s.validate {
		return nil
	}
	return validate(params, call.o.Input())
}

// open makes the client for requests like one.
func (call *caller) open(ctx context.Context, req connectclient.Request) error {
	cfg := connectclient.Config{
		EndpointURL: call.s.endpoint,
		Region:      call.s.region,
		Credentials: call.s.credentials,
		MaxAttempts: call.s.maxAttempts,
		RetryMode:   call.s.retryMode,
		UserAgent:   call.c.userAgent(call.o, call.s),
		Logger:      call.c.log,
	}
	u, err := connectclient.New(cfg).URL(req)
	if err != nil {
		return err
	}
	if cfg.HTTPClient, err = call.c.httpClient(u); err != nil {
		return err
	}
	if cfg.Credentials != nil {
		found, err := cfg.Credentials.Retrieve(ctx)
		if err != nil {
			return credentialsFailure(err)
		}
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return found, nil })
	}
	call.client = connectclient.New(cfg)
	return nil
}

// request puts each parameter where the operation has it, in the order in which
// they were given.
func request(o *connectapi.Operation, params *value.Map) connectclient.Request {
	req := connectclient.Request{Operation: o.Name, Method: o.Method, Path: o.Path}
	in, body, query := o.Input(), value.NewMap(), []string(nil)
	for i := range in.Members {
		if m := &in.Members[i]; m.Place == connectapi.InPath {
			v, _ := params.Get(m.Name)
			req.Path = strings.Replace(req.Path, "{"+m.Name+"}", connectclient.Escape(value.Str(v)), 1)
		}
	}
	for name, v := range params.All() {
		switch m := in.Member(name); {
		case m == nil, m.Place == connectapi.InBody:
			body.Set(name, v)
		case m.Place == connectapi.InQuery:
			items := []any{v}
			if list, ok := v.(*value.List); ok {
				items = list.Items
			}
			for _, item := range items {
				query = append(query, m.Query+"="+connectclient.Escape(value.Str(item)))
			}
		}
	}
	req.Query = strings.Join(query, "&")
	if in.HasBody() {
		req.Body = value.AppendJSON(nil, body)
	}
	return req
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
func serviceFailure(o *connectapi.Operation, err error, resp *connectclient.Response) error {
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
		plain: "An error occurred (" + e.Code + ") when calling the " + o.Name + " operation" + suffix + ": " + message,
	}
	if s := connectapi.Exception(e.Code); s != nil {
		if details, err := decodeAnswer(resp.Body, s, func(v any) (any, error) { return v, nil }); err == nil {
			f.details = details
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
