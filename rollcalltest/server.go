// Package rollcalltest runs a whole rollcall service inside a Go test: the
// real server over an in-memory journal, on a free port of this machine, so
// that code which calls Amazon Connect's GetCurrentUserData can be tested with
// the client that it really uses.
//
//	func TestWallboard(t *testing.T) {
//		s := rollcalltest.NewServer(t)
//		s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}})
//		board := NewWallboard(connect.New(connect.Options{
//			BaseEndpoint: aws.String(s.URL), Region: s.Region, Credentials: s.Credentials(),
//		}), s.InstanceID)
//		…
//	}
//
// A program in another language is pointed at the server by s.Env.
//
// The server's clock stands still until the test calls Advance. Signatures
// alone are held against the real time, since clients sign by it.
package rollcalltest

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall"
	"rollcall/connectclient"
	"rollcall/internal/ownclient"
	"rollcall/internal/server"
)

// What every server here is made with.
const (
	AccessKeyID     = "AKRCROLLCALLTEST0001"
	SecretAccessKey = "rollcalltest/an+example+secret+key/00000"
	Region          = "us-east-1"
	Account         = "123456789012"
	InstanceID      = "11111111-2222-4333-8444-555555555555"
)

// Server is a running service. Its methods may be called from any goroutine;
// those that can fail end the test.
type Server struct {
	URL        string // http://127.0.0.1:PORT
	Region     string
	InstanceID string // of the instance that Emit fills

	tb     testing.TB
	client *ownclient.Client
	now    atomic.Int64 // milliseconds since 1970
	events atomic.Int64 // numbers event ids
}

// Option changes how a Server is made.
type Option func(*server.Config)

// Names puts names into every answer of GetCurrentUserData.
func Names(c *server.Config) { c.Names = true }

// LenientFilters allows questions without a primary filter, and with several.
func LenientFilters(c *server.Config) { c.LenientFilters = true }

// IncludeOffline also returns agents who are offline and have no contact.
func IncludeOffline(c *server.Config) { c.IncludeOffline = true }

// AWSQuotas throttles as Amazon does: 5 questions at once, then 2 for each
// second that the test advances. For tests of back-off.
func AWSQuotas(c *server.Config) { c.AWSQuotas = true }

// Logger shows the server's log.
func Logger(l *slog.Logger) Option { return func(c *server.Config) { c.Logger = l } }

// NewServer starts a service that ends with the test. It is empty: no instance
// is known until the first Emit.
func NewServer(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	s := &Server{tb: tb, Region: Region, InstanceID: InstanceID}
	s.now.Store(time.Now().UnixMilli())
	c := server.NewConfig()
	c.Ephemeral = true
	c.Listen, c.AdminListen = "127.0.0.1:0", ""
	c.AccessKeyID, c.SecretAccessKey = AccessKeyID, SecretAccessKey
	for _, option := range options {
		option(&c)
	}
	c.Now = s.Now
	c.ForgetAfter = 0 // a test may date its events as it likes
	running, err := server.Open(tb.Context(), c)
	if err != nil {
		tb.Fatalf("rollcalltest: %v", err)
	}
	s.URL = running.URL()
	s.client = ownclient.New(s.URL, Region, s.Credentials())
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan error, 1)
	go func() { ended <- running.Run(ctx) }()
	tb.Cleanup(func() {
		s.client.HTTP.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			tb.Errorf("rollcalltest: %v", err)
		}
	})
	return s
}

// Credentials are those that the server believes, for an AWS SDK's
// configuration.
func (s *Server) Credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(AccessKeyID, SecretAccessKey, "")
}

// Client asks the server as boto3's client would.
func (s *Server) Client() *connectclient.Client {
	return connectclient.New(connectclient.Config{EndpointURL: s.URL, Region: s.Region, Credentials: s.Credentials()})
}

// Env are environment variables, as NAME=VALUE, that point any AWS SDK and the
// AWS CLI at the server.
func (s *Server) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL_CONNECT=" + s.URL, "AWS_REGION=" + s.Region, "AWS_DEFAULT_REGION=" + s.Region,
		"AWS_ACCESS_KEY_ID=" + AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + SecretAccessKey,
	}
}

// Now is the server's time.
func (s *Server) Now() time.Time { return time.UnixMilli(s.now.Load()).UTC() }

// Advance moves the server's time on: page tokens age, quotas fill, and later
// events are stamped later. It can't go back.
func (s *Server) Advance(d time.Duration) {
	s.tb.Helper()
	if d < 0 {
		s.tb.Fatalf("rollcalltest: Advance(%s): time goes on only", d)
	}
	s.now.Add(d.Milliseconds())
}

// InstanceARN is the ARN of the instance that Emit fills.
func (s *Server) InstanceARN() string { return s.instance().String() }

func (s *Server) instance() rollcall.ARN {
	return rollcall.ARN{Partition: "aws", Region: s.Region, Account: Account, Instance: rollcall.InstanceID(s.InstanceID)}
}

// EmitJSON sends agent event documents in Amazon's form and returns when
// questions see them. One that is refused ends the test.
func (s *Server) EmitJSON(documents ...string) {
	s.tb.Helper()
	if len(documents) == 0 {
		return
	}
	var body []byte
	for _, d := range documents {
		body = append(append(body, d...), '\n')
	}
	resp, err := s.client.Do(s.tb.Context(), http.MethodPost, "/v1/events", map[string][]string{"wait": {"visible"}}, body)
	if err != nil {
		s.tb.Fatalf("rollcalltest: emit: %v", err)
	}
	if resp.Status != http.StatusOK {
		s.tb.Fatalf("rollcalltest: emit: status %d: %s", resp.Status, resp.Body)
	}
}
