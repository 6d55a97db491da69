package connect

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"rollcall"
	"rollcall/connectclient"
	"rollcall/internal/floor"
)

// Options are what a Seeder is made of. All must be given.
type Options struct {
	Instance rollcall.ARN

	// Client says where Amazon Connect is, and who asks. How often is tried again,
	// and how fast, is the Seeder's own business.
	Client connectclient.Config
	Pace   *Pace // of all who ask the same account and Region

	// Floor gives the floor of an instance, if the journal ever named it.
	Floor func(rollcall.InstanceID) (*floor.Floor, bool)
	// Keep makes seeds durable, all or none, and returns when the floor shows them.
	Keep func(ctx context.Context, seeds []*rollcall.Event) error

	Observe Observer
	Logger  *slog.Logger
	Now     func() time.Time
}

// Observer is told what a Seeder does, for metrics. It must not wait.
type Observer interface {
	Looked(source string, o Outcome, agents int)
	Passed(source string, failed bool) // a look is over
}

// Outcome is what an answer means for an agent.
type Outcome string

// The outcomes.
const (
	OutcomeNew       Outcome = "new"       // nothing was known of the agent
	OutcomeAgreed    Outcome = "agreed"    // the floor has it so
	OutcomeNewer     Outcome = "newer"     // a stream has told otherwise meanwhile, which counts
	OutcomeDisagreed Outcome = "disagreed" // the floor had it otherwise, though a stream has told of the agent lately: something was lost
	OutcomeOutdated  Outcome = "outdated"  // the floor had it otherwise, by a seed or by an event of long ago
	OutcomeUnusable  Outcome = "unusable"  // the answer makes no event
	OutcomeLeft      Outcome = "left"      // the agent was on the floor, and in no answer
)

const (
	// Every is how long after a look the next begins.
	Every = time.Hour

	// lag is how far an answer and the clocks may be behind.
	lag = 10 * time.Second

	// unheard is for how long nothing comes of an agent who is not there any more:
	// there is a heartbeat every 120 seconds.
	unheard = 250 * time.Second

	// most is how often a question is asked before a look fails.
	most = 8

	// logEvery is how often it is logged how far a look is.
	logEvery = 10 * time.Second

	// atOnce is how many agents or routing profiles a question may name, and how
	// many seeds are kept at a time.
	atOnce = 100
)

// ParseInstance reads the ARN of an instance.
func ParseInstance(text string) (rollcall.ARN, error) {
	arn, ok := rollcall.ParseARN(text)
	if !ok || arn.Type != "" || arn.Region == "" {
		return arn, fmt.Errorf("want the ARN of an instance, as arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE, not %q", rollcall.Shorten(text))
	}
	return arn, nil
}

// Name is how status and metrics name what is asked.
func Name(instance rollcall.ARN) string { return "connect:" + instance.String() }

// Pace spaces out requests.
type Pace struct {
	every time.Duration

	mu   sync.Mutex
	next time.Time // when the next may go
}

// AmazonsPace is what Amazon Connect allows for GetCurrentUserData and most other
// operations: two requests a second, for an account and Region.
const AmazonsPace = 500 * time.Millisecond

// NewPace lets a request go every so often.
func NewPace(every time.Duration) *Pace { return &Pace{every: every} }

// take gives how long a request is to wait.
func (p *Pace) take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next.Before(now) {
		p.next = now
	}
	wait := p.next.Sub(now)
	p.next = p.next.Add(p.every)
	return wait
}

// paced sends requests at the pace, and notes what answers say: that the service
// slows them down, and how late it is there.
type paced struct {
	http.RoundTripper
	pace *Pace
	heed func(*http.Response)
}

// RoundTrip implements http.RoundTripper.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	wait := time.NewTimer(p.pace.take(time.Now()))
	defer wait.Stop()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-wait.C:
	}
	answer, err := p.RoundTripper.RoundTrip(r)
	if err == nil {
		p.heed(answer)
	}
	return answer, err
}
