package awscli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"rollcall/connectclient"
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

// transportFailure words that no answer came.
func transportFailure(err error) error {
	if errors.Is(err, errNoCredentials) {
		return &failure{exit: exitConfig, code: "NoCredentials", text: noCreds}
	}
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
	f := &failure{
		exit: exitService, code: e.Code, text: e.Message, details: value.NewMap(),
		plain: "An error occurred (" + e.Code + ") when calling the " + o.name + " operation" + suffix + ": " + e.Message,
	}
	if s := o.errors[e.Code]; s != nil {
		if v, err := decodeAnswer(resp.Body, s, func(v any) (any, error) { return v, nil }); err == nil {
			f.details, _ = v.(*value.Map)
		}
	}
	return f
}
