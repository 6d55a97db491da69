// Package ownclient speaks to a rollcall server's own /v1 as rollcall's commands
// do. It finds the server and signs as AWS tools do, so that whoever has set
// up boto3 or the AWS CLI for a server has nothing more to set up: the
// endpoint from an option, AWS_ENDPOINT_URL_CONNECT, AWS_ENDPOINT_URL or the
// profile; credentials and Region from the environment, files and profiles
// (Signature Version 4, service name connect).
package ownclient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/internal/awscli/setup"
)

// DefaultRegion signs where nothing names a Region: a rollcall server takes
// any.
const DefaultRegion = "us-east-1"

// maxAnswerBytes bounds what is read of one answer.
const maxAnswerBytes = 256 << 20

// ErrNoCredentials means that a request could not be signed.
var ErrNoCredentials = errors.New("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the key that the server showed, or choose a profile with --profile")

// Client sends signed requests to one server, and unsigned ones to a server of
// this machine that asks nobody who they are. It is safe for concurrent use.
type Client struct {
	Endpoint    string // base URL, without a trailing slash
	Region      string
	Credentials aws.CredentialsProvider
	HTTP        *http.Client
	Now         func() time.Time
}

// New makes a client of a server whose address and credentials are known. It
// asks for the credentials with each request.
func New(endpoint, region string, credentials aws.CredentialsProvider) *Client {
	return &Client{
		Endpoint:    strings.TrimRight(endpoint, "/"),
		Region:      region,
		Credentials: credentials,
		HTTP:        &http.Client{Timeout: 2 * time.Minute},
		Now:         time.Now,
	}
}

// Response is an answer that was read whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do signs and sends one request and reads the answer whole, whatever its
// status. An error means that there is no answer.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body []byte) (*Response, error) {
	target := c.Endpoint + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", c.Endpoint, err)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	unsigned := c.sign(ctx, req, body)
	if unsigned != nil && !c.maybeAnonymous(req, unsigned) {
		return nil, unsigned
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, c.explain(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if unsigned != nil && resp.StatusCode == http.StatusUnauthorized {
		return nil, unsigned
	}
	answer, err := readAnswer(resp.Body, c.Endpoint)
	if err != nil {
		return nil, err
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: answer}, nil
}

// readAnswer reads an answer whole.
func readAnswer(body io.Reader, endpoint string) ([]byte, error) {
	answer, err := io.ReadAll(io.LimitReader(body, maxAnswerBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", endpoint, err)
	}
	if len(answer) > maxAnswerBytes {
		return nil, fmt.Errorf("the answer of %s has more than %d bytes", endpoint, maxAnswerBytes)
	}
	return answer, nil
}

// maybeAnonymous tells whether a request that can't be signed may go out as it
// is: to a server of this machine, which may ask nobody.
func (c *Client) maybeAnonymous(req *http.Request, unsigned error) bool {
	return errors.Is(unsigned, setup.ErrNoCredentials) && isLoopback(req.URL.Hostname())
}

// isLoopback tells whether a server there may run with --anonymous.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *Client) sign(ctx context.Context, req *http.Request, body []byte) error {
	credentials, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoCredentials, err)
	}
	sum := sha256.Sum256(body)
	signer := v4.NewSigner()
	err = signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(sum[:]), "connect", c.Region, c.Now())
	if err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	return nil
}

// explain says what to do about a server that doesn't answer.
func (c *Client) explain(err error) error {
	if urlErr := (*url.Error)(nil); errors.As(err, &urlErr) {
		err = urlErr.Err // without the method and URL, which the sentence below has
	}
	if opErr := (*net.OpError)(nil); errors.As(err, &opErr) && opErr.Op == "dial" {
		return fmt.Errorf("no server answers at %s; start one with \"rollcall serve\" or correct --endpoint-url: %w", c.Endpoint, err)
	}
	return fmt.Errorf("ask %s: %w", c.Endpoint, err)
}
