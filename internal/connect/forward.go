package connect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall"
)

const (
	// DefaultForwardTimeout is how long Amazon Connect may take for all of an
	// answer.
	DefaultForwardTimeout = 30 * time.Second
	// maxForwardedBody bounds a request that isn't for an operation here. It is
	// held whole, since the sender's signature is over all of it. The largest that
	// Amazon Connect takes is a flow's content, of 256 KB before it is quoted.
	maxForwardedBody = 2 << 20
	// maxForwardedAnswer bounds an answer, of which forwardPiece is held at a time.
	maxForwardedAnswer = 64 << 20
	forwardPiece       = 16 << 10
	// forwardWriteTime is how long the client may take for a piece.
	forwardWriteTime = 30 * time.Second

	// forwardedHeader says that an answer is Amazon Connect's, and that a request
	// came through a server like this, which sends it on no further.
	forwardedHeader = "X-Rollcall-Forwarded"
	ownIDHeader     = "X-Rollcall-Request-Id"
)

// Forwarding sends on to Amazon Connect what can't be answered here: operations
// and instances that aren't here. A request is signed anew, with credentials of
// the server's own, after the policy of the sender's key has allowed what it
// asks for. Nothing is tried twice: whoever asks has retries of their own.
type Forwarding struct {
	Targets []ForwardTarget // by the Region that a request is signed for; a single one takes all
	Writes  bool            // also what IAM doesn't call List or Read
	Prefer  []string        // operations that are here and are sent on all the same
	Timeout time.Duration   // DefaultForwardTimeout if 0

	// Client sends. Its errors are told as such; it must not follow redirects.
	Client *http.Client
	// Sign signs a request for a Region. sum is the SHA-256 of the body in
	// hexadecimal.
	Sign func(ctx context.Context, r *http.Request, sum, region string) error
	// Observe is told what became of each request that was sent or should have
	// been: a status, or what went wrong. nil: nobody.
	Observe func(operation, outcome string)
}

// ForwardTarget is where Amazon Connect is.
type ForwardTarget struct {
	Region string
	URL    *url.URL // without a query
}

// What becomes of a request that is sent on, beside a status.
const (
	outcomeUnsigned = "unsigned" // there are no credentials
	outcomeTimeout  = "timeout"
	outcomeBroken   = "broken"
	outcomeTooLarge = "too_large"
	outcomeGone     = "gone" // the client is
)

// gatewayError says that Amazon Connect gave no answer.
type gatewayError struct {
	exception
	cause error
}

func (e *gatewayError) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return fmt.Sprintf("%s: %v", e.Message, e.cause)
}

func (e *gatewayError) Unwrap() error { return e.cause }

// forwards tells whether the request may be sent on at all.
func (s *Service) forwards(r *http.Request) bool {
	return s.o.Forward != nil && r.Header.Get(forwardedHeader) == ""
}

// prefers tells whether the operation, which is here, is sent on all the same.
func (s *Service) prefers(c *call) bool {
	return s.forwards(c.Request) && slices.Contains(s.o.Forward.Prefer, c.of.Name)
}

// forwardUnknown sends on a request for an operation that isn't here.
func (s *Service) forwardUnknown(c *call, to *route) error {
	c.Outcome.Route = to.Name
	sent, err := s.admit(c, c.Request.ContentLength != 0, maxForwardedBody)
	if err != nil {
		return err
	}
	named, err := s.namedIn(c, to, sent)
	if err != nil {
		return err
	}
	if err := named.permit(c.Pass, to.Action()); err != nil {
		return err
	}
	if s.o.Throttle != nil {
		if err := s.o.Throttle(c.Pass, to.Name, named.at[0].ARN); err != nil {
			return err
		}
	}
	if !to.Reads() && !s.o.Forward.Writes {
		return rollcall.Errorf(rollcall.CodeDenied,
			"%s isn't a read, and this server sends only those on to Amazon Connect (--forward-writes).", to.Name)
	}
	return s.forward(c, to.Name, sent)
}

// forward sends the request on and passes the answer through. It is permitted.
func (s *Service) forward(c *call, operation string, sent []byte) error {
	f := s.o.Forward
	target, err := f.target(c.Request)
	if err != nil {
		return err
	}
	if err := c.Hold(forwardPiece); err != nil {
		return err
	}
	path := slashes().ReplaceAllLiteralString(c.Request.URL.EscapedPath(), "/")
	if err := judgePath(path); err != nil {
		return err
	}
	c.extend(f.Timeout + forwardWriteTime)
	ctx, cancel := context.WithTimeout(c.Request.Context(), f.Timeout)
	defer cancel()
	out, err := f.request(ctx, c.Request, target, path, sent)
	if err != nil {
		f.observe(operation, outcomeUnsigned)
		return err
	}
	resp, err := f.Client.Do(out)
	if err != nil {
		return f.failed(c, operation, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.ContentLength > maxForwardedAnswer {
		f.observe(operation, outcomeTooLarge)
		return &gatewayError{exception: badGateway("Amazon Connect's answer has %d bytes, and %d are passed through.", resp.ContentLength, maxForwardedAnswer)}
	}
	return f.pass(c, operation, resp)
}

// target picks where Amazon Connect is.
func (f *Forwarding) target(r *http.Request) (*ForwardTarget, error) {
	if len(f.Targets) == 1 {
		return &f.Targets[0], nil
	}
	region, all := signedRegion(r), make([]string, len(f.Targets))
	for i := range f.Targets {
		if all[i] = f.Targets[i].Region; all[i] == region {
			return &f.Targets[i], nil
		}
	}
	return nil, rollcall.Errorf(rollcall.CodeInvalid, "The request is signed for the Region %s: this server sends on those for %s.",
		quoted(region), strings.Join(all, ", "))
}

// signedRegion is the Region of a signature's scope: KEY/DATE/REGION/SERVICE/aws4_request.
func signedRegion(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if scope == "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	}
	if parts := strings.Split(scope, "/"); len(parts) > 4 {
		return parts[len(parts)-3]
	}
	return ""
}

// passedOn are the headers of a request that matter to Amazon Connect; another
// signature's, and what proxies add, do not.
var passedOn = []string{
	"Accept", "Accept-Encoding", "Content-Type", "User-Agent", "X-Amz-User-Agent", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request",
	"X-Amz-Last-Modified-Time", "X-Amz-Last-Modified-Region", "X-Amz-Resource-Id", namesHeader,
}

// judgePath refuses what somebody on the way could make another path of, for
// which nobody was asked for permission.
func judgePath(path string) error {
	for segment := range strings.SplitSeq(path, "/") {
		if value, err := url.PathUnescape(segment); err != nil || value == "." || value == ".." {
			return rollcall.Errorf(rollcall.CodeInvalid, "The path has the segment %s: want an id.", quoted(segment))
		}
	}
	return nil
}

// request makes the request that is sent, signed. The path is as it came, so
// that what was permitted is what is asked for.
func (f *Forwarding) request(ctx context.Context, r *http.Request, target *ForwardTarget, path string, sent []byte) (*http.Request, error) {
	u := *target.URL
	u.RawPath = strings.TrimSuffix(u.EscapedPath(), "/") + path
	decoded, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawQuery = decoded, passedQuery(r.URL.Query()).Encode()
	out := (&http.Request{
		Method: r.Method, URL: &u, Host: u.Host, Header: make(http.Header), ContentLength: int64(len(sent)),
		// Without GetBody, net/http sends nothing twice.
		Body: io.NopCloser(bytes.NewReader(sent)),
	}).WithContext(ctx)
	for _, name := range passedOn {
		if values := r.Header[name]; values != nil {
			out.Header[name] = values
		}
	}
	if r.Header["User-Agent"] == nil {
		out.Header["User-Agent"] = []string{""} // none, rather than net/http's
	}
	out.Header.Set(forwardedHeader, "true")
	sum := sha256.Sum256(sent)
	if err := f.Sign(ctx, out, hex.EncodeToString(sum[:]), target.Region); err != nil {
		return nil, fmt.Errorf("sign a request for Amazon Connect: %w", err)
	}
	return out, nil
}

// passedQuery leaves out another signature, and what is for this server alone.
func passedQuery(query url.Values) url.Values {
	for name := range query {
		if strings.HasPrefix(strings.ToLower(name), "x-amz-") || name == "min-position" {
			delete(query, name)
		}
	}
	return query
}

// failed says why there is no answer.
func (f *Forwarding) failed(c *call, operation string, err error) error {
	switch {
	case c.Request.Context().Err() != nil:
		f.observe(operation, outcomeGone)
		return err
	case isTimeout(err):
		f.observe(operation, outcomeTimeout)
		late := exception{Name: "GatewayTimeoutException", Status: http.StatusGatewayTimeout}
		late.Message = fmt.Sprintf("Amazon Connect didn't answer within %s (--forward-timeout).", f.Timeout)
		return &gatewayError{late, err}
	}
	f.observe(operation, outcomeBroken)
	return &gatewayError{badGateway("Amazon Connect couldn't be reached, or broke off."), err}
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func badGateway(format string, args ...any) exception {
	return exception{Name: "BadGatewayException", Status: http.StatusBadGateway, Message: fmt.Sprintf(format, args...)}
}

func (f *Forwarding) observe(operation, outcome string) {
	if f.Observe != nil {
		f.Observe(operation, outcome)
	}
}

// extend gives the client so long to take what is written next: the server's own
// bound is for answers that are made here.
func (c *call) extend(d time.Duration) {
	// Writers that have no deadlines are those of tests.
	_ = http.NewResponseController(c.ResponseWriter).SetWriteDeadline(time.Now().Add(d)) //nolint:forbidigo // connections go by the real clock
}

// passedBack tells whether a header of an answer matters to clients.
func passedBack(name string) bool {
	switch name {
	case "Content-Type", "Content-Encoding", "Retry-After":
		return true
	}
	return strings.HasPrefix(name, "X-Amzn-") || strings.HasPrefix(name, "X-Amz-")
}

// pass passes an answer through as it comes. If it ends before its time, so does
// the connection.
func (f *Forwarding) pass(c *call, operation string, resp *http.Response) error {
	h := c.Header()
	h[ownIDHeader] = []string{c.ID}
	for name, values := range resp.Header {
		if passedBack(name) {
			h[name] = values
		}
	}
	h[forwardedHeader] = []string{"true"}
	if resp.ContentLength >= 0 {
		h.Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
	}
	control := http.NewResponseController(c.ResponseWriter)
	c.WriteHeader(resp.StatusCode)
	piece, total := make([]byte, forwardPiece), int64(0)
	for {
		n, err := resp.Body.Read(piece)
		if total += int64(n); total > maxForwardedAnswer {
			f.observe(operation, outcomeTooLarge)
			return fmt.Errorf("an answer of Amazon Connect has more than %d bytes", maxForwardedAnswer)
		}
		if n > 0 {
			c.extend(forwardWriteTime)
			if _, err := c.Write(piece[:n]); err != nil {
				f.observe(operation, outcomeGone)
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			f.observe(operation, strconv.Itoa(resp.StatusCode))
			return nil
		case err != nil:
			return f.failed(c, operation, err)
		case total != resp.ContentLength:
			_ = control.Flush()
		}
	}
}
