package connectclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/logging"
)

func (c *Client) retrieveCredentials(ctx context.Context) (aws.Credentials, error) {
	if c.cfg.Credentials == nil {
		return aws.Credentials{}, nil
	}
	creds, err := c.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("retrieve credentials: %w", err)
	}
	return creds, nil
}

// newHTTPRequest builds one attempt, complete but for the signature.
func (c *Client) newHTTPRequest(ctx context.Context, req *Request, u *url.URL, invocation string, attempt int) (*http.Request, error) {
	hr, err := http.NewRequestWithContext(ctx, cmp.Or(req.Method, http.MethodPost), u.String(), bytes.NewReader(req.Body))
	if err != nil {
		return nil, &EndpointError{URL: c.cfg.EndpointURL}
	}
	for name, values := range req.Header {
		hr.Header[name] = values
	}
	hr.Host = withoutDefaultPort(u)
	hr.Header.Set("Accept-Encoding", "identity")
	if req.Body != nil {
		hr.Header.Set("Content-Type", "application/json")
	} else {
		// No body, and none that can be had again: else Go sends the request
		// once more by itself, uncounted, when a kept connection breaks.
		hr.Body, hr.GetBody = io.NopCloser(http.NoBody), nil
	}
	hr.Header.Set("User-Agent", c.cfg.UserAgent)
	// These two names are lower case on the wire in every AWS SDK.
	hr.Header["amz-sdk-invocation-id"] = []string{invocation}
	hr.Header["amz-sdk-request"] = []string{attemptHeader(attempt, c.cfg.MaxAttempts)}
	return hr, nil
}

func withoutDefaultPort(u *url.URL) string {
	switch u.Scheme {
	case "http":
		return strings.TrimSuffix(u.Host, ":80")
	case "https":
		return strings.TrimSuffix(u.Host, ":443")
	}
	return u.Host
}

// sign adds a Signature Version 4 to hr. What is signed is the content type,
// the host, the date and the session token: other headers may be changed by a
// proxy on the way. Without credentials it does nothing.
func (c *Client) sign(ctx context.Context, hr *http.Request, body []byte, creds aws.Credentials) error {
	if c.cfg.Credentials == nil {
		return nil
	}
	hash := sha256.Sum256(body)
	signed := &http.Request{
		Method: hr.Method,
		URL:    simplified(hr.URL),
		Host:   hr.Host,
		Header: http.Header{},
	}
	if sent := hr.Header["Content-Type"]; sent != nil {
		signed.Header["Content-Type"] = sent
	}
	err := c.signer.SignHTTP(ctx, creds, signed, hex.EncodeToString(hash[:]), signingName, c.cfg.Region, c.cfg.Now(), c.logSigning)
	if err != nil {
		return fmt.Errorf("sign request: %w", err)
	}
	for _, name := range []string{"X-Amz-Date", "X-Amz-Security-Token", "Authorization"} {
		if v := signed.Header.Get(name); v != "" {
			hr.Header.Set(name, v)
		}
	}
	return nil
}

// simplified returns u with the path the signature is computed over.
func simplified(u *url.URL) *url.URL {
	s := *u
	raw := withoutDots(u.EscapedPath())
	if path, err := url.PathUnescape(raw); err == nil {
		s.Path, s.RawPath = path, raw
	}
	return &s
}

func (c *Client) logSigning(o *v4.SignerOptions) {
	if !c.cfg.Logger.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	o.LogSigning = true
	o.Logger = logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) {
		c.cfg.Logger.Debug("calculated signature", "detail", fmt.Sprintf(format, v...))
	})
}
