package connectclient

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/connectapi"
)

// signingName is the service name in a signature's scope.
const signingName = "connect"

// DefaultMaxAttempts is how often a call is tried when Config.MaxAttempts is zero.
const DefaultMaxAttempts = 3

// Config says where the service is and how to speak to it. Its zero value
// lacks only a Region or an EndpointURL.
type Config struct {
	// EndpointURL is the service's address: scheme, host and port, and
	// optionally a path, to which the operation's path is joined, and a
	// query, which is kept. Empty means Amazon's own endpoint of Region.
	EndpointURL string

	// Region is the Region of the signature, and of Amazon's endpoint.
	Region string

	// Credentials sign the requests. Nil sends them unsigned.
	Credentials aws.CredentialsProvider

	// HTTPClient sends the requests. Nil means a client with a connect
	// timeout of 60 seconds, a timeout of 60 seconds for the answer to
	// begin, and proxies as the environment names them. Redirects are
	// never followed, whatever it says: a signature is good for one URL.
	HTTPClient *http.Client

	// MaxAttempts is the greatest number of tries of one call, the first
	// included. Zero means DefaultMaxAttempts.
	MaxAttempts int

	// RetryMode is aws.RetryModeStandard (also when empty) or
	// aws.RetryModeAdaptive, which slows down when it is throttled.
	RetryMode aws.RetryMode

	// Backoff gives the wait before try n+1 when n tries have failed.
	// Nil means a random part of 1 s, 2 s, 4 s, … at most 20 s.
	Backoff func(n int) time.Duration

	// UserAgent is the User-Agent header. Empty means "rollcall-connectclient".
	UserAgent string

	// Logger gets a record of each signature, request, answer and retry at
	// level debug. Nil means silence. Secrets are not logged.
	Logger *slog.Logger

	// Now is the clock of the signatures. Nil means time.Now.
	Now func() time.Time
}

// Client asks one endpoint with one set of credentials.
type Client struct {
	cfg      Config
	endpoint *url.URL // nil when endpointErr says why
	// endpointErr is what is wrong with Config.EndpointURL; every call returns it.
	endpointErr error
	http        *http.Client
	retryer     aws.RetryerV2
	signer      *v4.Signer
}

// New returns a client. It touches neither network nor disk and cannot fail; an
// EndpointURL that makes no sense is an [EndpointError] of each call.
func New(cfg Config) *Client {
	if cfg.MaxAttempts <= 0 {
		cfg.MaxAttempts = DefaultMaxAttempts
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "rollcall-connectclient"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Client{
		cfg:     cfg,
		http:    withoutRedirects(cfg.HTTPClient),
		retryer: newRetryer(cfg),
		signer:  v4.NewSigner(),
	}
	c.endpoint, c.endpointErr = parseEndpoint(cfg)
	return c
}

func withoutRedirects(hc *http.Client) *http.Client {
	if hc == nil {
		hc = newHTTPClient()
	}
	clone := *hc
	clone.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &clone
}

// URL returns the address to which a request is sent: its path and query, joined
// to the endpoint's.
func (c *Client) URL(req Request) (*url.URL, error) {
	if c.endpointErr != nil {
		return nil, c.endpointErr
	}
	below := req.Path
	if below == "" {
		below = "/metrics/userdata/" + Escape(req.InstanceID)
	}
	u := *c.endpoint
	raw := strings.TrimRight(u.EscapedPath(), "/") + below
	path, err := url.PathUnescape(raw)
	if err != nil {
		return nil, &EndpointError{URL: c.cfg.EndpointURL}
	}
	u.Path, u.RawPath = path, raw
	switch {
	case u.RawQuery == "":
		u.RawQuery = req.Query
	case req.Query != "":
		u.RawQuery += "&" + req.Query
	}
	return &u, nil
}

// Request is one question in its raw form. Without Operation, Method and Path it
// is one of GetCurrentUserData.
type Request struct {
	// Operation is the name that stands in the texts of exceptions.
	Operation string
	// Method is POST if empty.
	Method string
	// Path is below the endpoint's, percent-encoded, and begins with a slash.
	Path string
	// Query is encoded; it comes behind the endpoint's.
	Query string
	// InstanceID goes into the path, encoded, if there is no Path.
	InstanceID string
	// Header goes with the request, and is no part of the signature.
	Header http.Header
	// Body is the JSON of the remaining members, sent as it is. Nil: none.
	Body []byte
}

// Response is the last answer to a Request, whatever its status.
type Response struct {
	// Operation is the Request's.
	Operation string
	Status    int
	Header    http.Header
	// Body is at most 64 MiB.
	Body []byte
	// Attempts is how many requests were sent until this answer came.
	Attempts int
	// Exhausted says that the last allowed attempt was used, even if its
	// answer was not one to try again.
	Exhausted bool
}

// Do sends a request, signed, and tries again after failures that may pass, at
// most MaxAttempts times in all. It returns the last answer, also when that is
// an error of the service ([Response.Err] tells); its own error is an
// [EndpointError], a [TransportError], or an error of the credentials or ctx.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	u, err := c.URL(req)
	if err != nil {
		return nil, err
	}
	creds, err := c.retrieveCredentials(ctx)
	if err != nil {
		return nil, err
	}
	return c.tryAgain(ctx, func(ctx context.Context, invocation string, attempt int) (*Response, error) {
		hr, err := c.newHTTPRequest(ctx, &req, u, invocation, attempt)
		if err != nil {
			return nil, err
		}
		if err := c.sign(ctx, hr, req.Body, creds); err != nil {
			return nil, err
		}
		resp, err := c.send(hr)
		if resp != nil {
			resp.Operation = cmp.Or(req.Operation, connectapi.GetCurrentUserData.Name)
		}
		return resp, err
	})
}
