package simulate

import (
	"fmt"
	"regexp"
	"sync"
	"time"
)

// The limits of a Config, and what its zero values stand for.
const (
	MaxAgents     = 1_000_000
	DefaultAgents = 200

	MinRate     = 0.01
	MaxRate     = 10_000
	DefaultRate = 1

	MaxRampUp = 24 * time.Hour

	DefaultAccount = "111122223333"
	DefaultRegion  = "us-east-1"
)

// The shapes of the parts of an ARN. Ids are anybody's, as everywhere in
// rollcall, but have no characters that an ARN or JSON gives a meaning.
var (
	accountShape  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{12}$`) })
	regionShape   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9-]{1,40}$`) })
	instanceShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`) })
)

// Config says which contact centre to simulate and when. The zero value is
// valid: each zero member stands for its default.
type Config struct {
	// Agents is the size of the roster, 1 to MaxAgents. About nine in ten are
	// logged in at any time. An agent takes about 2 KB of memory. 0 means
	// DefaultAgents.
	Agents int

	// Seed chooses the roster and, together with Start, everything else.
	Seed uint64

	// Rate divides all durations of work: 10 makes a call of five minutes last
	// 30 seconds. MinRate to MaxRate; 0 means DefaultRate, real time.
	Rate float64

	// Start is the instant of the first event. It is cut to milliseconds. The
	// zero Time means the time at which New is called.
	Start time.Time

	// Duration ends the stream: no event is later than Start + Duration. 0
	// means that it never ends.
	Duration time.Duration

	// RampUp is the time over which the first shift logs in, not divided by
	// Rate, at most MaxRampUp. 0 means 5 seconds, and more for rosters above
	// 10,000 agents, whose log-ins are kept to 2,000 a second.
	RampUp time.Duration

	// ContactEvents has the stream hold contact events, too, which tell who waits in a
	// queue, in the form in which Amazon EventBridge delivers them. The agent events
	// are the same with and without.
	ContactEvents bool

	// Account and Region are those in every ARN. "" means DefaultAccount and
	// DefaultRegion.
	Account, Region string

	// InstanceID is the Connect instance. "" means an id made from Seed.
	InstanceID string
}

// Validate names the first member that New could not honor, with its value and
// the limit.
func (c Config) Validate() error {
	switch {
	case c.Agents < 0 || c.Agents > MaxAgents:
		return fmt.Errorf("agents: %d is not between 1 and %d", c.Agents, MaxAgents)
	case c.Rate != 0 && !(c.Rate >= MinRate && c.Rate <= MaxRate): // also refuses NaN
		return fmt.Errorf("rate: %v is not between %v and %v", c.Rate, MinRate, MaxRate)
	case c.Duration < 0:
		return fmt.Errorf("duration: %v is negative", c.Duration)
	case c.RampUp < 0 || c.RampUp > MaxRampUp:
		return fmt.Errorf("ramp-up: %v is not between 0s and %v", c.RampUp, MaxRampUp)
	case !c.Start.IsZero() && (c.Start.Year() < 1971 || c.Start.Year() > 9000):
		return fmt.Errorf("start: the year %d is not between 1971 and 9000", c.Start.Year())
	case c.Account != "" && !accountShape().MatchString(c.Account):
		return fmt.Errorf("account: %.40q is not 12 digits", c.Account)
	case c.Region != "" && !regionShape().MatchString(c.Region):
		return fmt.Errorf("region: %.60q is not 1 to 40 lower-case letters, digits and hyphens", c.Region)
	case c.InstanceID != "" && !instanceShape().MatchString(c.InstanceID):
		return fmt.Errorf("instance id: %.120q is not 1 to 100 letters, digits, dots, underscores and hyphens", c.InstanceID)
	}
	return nil
}

// withDefaults fills the zero members. A Config that Validate refuses becomes
// the zero Config first, so that nothing behind it needs to check again.
func (c Config) withDefaults(now time.Time) Config {
	if c.Validate() != nil {
		c = Config{Seed: c.Seed}
	}
	if c.Agents == 0 {
		c.Agents = DefaultAgents
	}
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	if c.Start.IsZero() {
		c.Start = now
	}
	c.Start = c.Start.UTC().Truncate(time.Millisecond)
	if c.RampUp == 0 {
		c.RampUp = max(5*time.Second, time.Duration(c.Agents)*time.Second/2000)
	}
	if c.Account == "" {
		c.Account = DefaultAccount
	}
	if c.Region == "" {
		c.Region = DefaultRegion
	}
	if c.InstanceID == "" {
		c.InstanceID = rosterID(c.Seed, "instance", "").String()
	}
	return c
}
