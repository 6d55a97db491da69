package server

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/wallboard"
)

// Bounds of settings. Beyond them a server would run, but could not be meant:
// it would refuse every request, or never rest.
const (
	leastBytes       = 1 << 10  // of a header, a body, a document
	leastAnswerBytes = 16 << 20 // several of the largest pages
	leastMemoryBytes = 1 << 20  // for a journal in memory
	mostAgents       = 1 << 30  // agents are numbered with 32 bits, and no number is used again
	leastForgetAfter = time.Minute
	mostTimeout      = 24 * time.Hour
)

// faults are what is wrong with settings.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

// Validate finds settings that can't be meant. All of them are named.
func (c *Config) Validate() error {
	var f faults
	c.validateAddresses(&f)
	c.validateAccess(&f)
	c.validateWallboard(&f)
	c.validateJournal(&f)
	c.validateCounts(&f)
	c.validateSizes(&f)
	c.validateTimes(&f)
	return errors.Join(f...)
}

func (c *Config) validateAddresses(f *faults) {
	if c.Listen == "" {
		f.add("--listen is empty: want HOST:PORT, such as 127.0.0.1:8420, or 0.0.0.0:8420 for all addresses of the machine")
	} else if err := validateAddress(c.Listen); err != nil {
		f.add("--listen %q: %w", c.Listen, err)
	}
	if c.AdminListen != "" {
		if err := validateAddress(c.AdminListen); err != nil {
			f.add("--admin-listen %q: %w", c.AdminListen, err)
		}
		if c.AdminListen == c.Listen && !strings.HasSuffix(c.Listen, ":0") {
			f.add("--admin-listen is %s, as --listen is: health and metrics have an address of their own", c.AdminListen)
		}
	}
	if c.Anonymous && !access.IsLoopbackHost(c.Listen) {
		f.add("--anonymous with --listen %s: a server that asks nobody who they are listens on loopback only (127.0.0.1, [::1] or localhost); "+
			"for another address leave --anonymous out and give keys", c.Listen)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		f.add("one of --tls-cert and --tls-key is set without the other")
	}
}

// validateAddress wants HOST:PORT. Whether the host is one of this machine
// shows when it is listened on.
func validateAddress(address string) error {
	const want = "want HOST:PORT, such as 127.0.0.1:8420 or [::1]:8420"
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" || strings.ContainsAny(host, " /") {
		return errors.New(want)
	}
	if _, err := net.LookupPort("tcp", port); err != nil { //nolint:noctx // ports are looked up in a table
		return fmt.Errorf("port %q is none: want 0 to 65535; %s", rollcall.Shorten(port), want)
	}
	return nil
}

func (c *Config) validateAccess(f *faults) {
	switch {
	case (c.AccessKeyID == "") != (c.SecretAccessKey == ""):
		f.add("one of ROLLCALL_ACCESS_KEY_ID and ROLLCALL_SECRET_ACCESS_KEY is set without the other")
	case c.AccessKeyID != "":
		key := access.Key{ID: c.AccessKeyID, Secret: c.SecretAccessKey}
		if err := key.Validate(); err != nil {
			f.add("ROLLCALL_ACCESS_KEY_ID, ROLLCALL_SECRET_ACCESS_KEY: %w", err)
		}
	}
	for _, origin := range c.CORSOrigins {
		if err := validateOrigin(origin); err != nil {
			f.add("--cors-origin %q: %w", rollcall.Shorten(origin), err)
		}
	}
	if name := c.EventBridgeKeyHeader; strings.ContainsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		f.add("--eventbridge-key-header %q: want the name of a header: letters, digits, - and _", rollcall.Shorten(name))
	}
	if r := c.RequestRate; r < 0 || math.IsNaN(r) || math.IsInf(r, 0) {
		f.add("--request-rate %g: want requests a second, or 0 for any number", r)
	}
	if c.RequestBurst < 1 {
		f.add("--request-burst is %d: want 1 or more", c.RequestBurst)
	}
	if c.TokenSecret != "" {
		if _, err := parseTokenSecrets(c.TokenSecret); err != nil {
			f.add("%w", err)
		}
	} else if c.Shared {
		f.add("%w", errNoTokenSecret)
	}
}

func (c *Config) validateWallboard(f *faults) {
	if !c.Wallboard {
		return
	}
	if _, err := wallboard.ReadRules(c.WallboardRules); err != nil {
		f.add("--wallboard-rules: %w", err)
	}
}

// validateOrigin wants what browsers send in Origin (RFC 6454, section 6.2),
// since it is compared with that as text.
func validateOrigin(origin string) error {
	const want = `want "*", or an origin as browsers send it, such as https://wallboard.example or http://localhost:3000`
	if origin == "*" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Hostname() == "" || u.Scheme+"://"+u.Host != origin {
		return errors.New(want + ": no path, no slash at the end")
	}
	ordinary := map[string]string{"http": "80", "https": "443"} // :: scheme -> port that browsers leave out
	if port := u.Port(); port != "" && port == ordinary[u.Scheme] || strings.HasSuffix(u.Host, ":") || origin != strings.ToLower(origin) {
		return errors.New(want + ": in lower case, and without the scheme's own port")
	}
	return nil
}

func (c *Config) validateJournal(f *faults) {
	if c.DataDir == "" && !c.Ephemeral {
		f.add("--data-dir is empty; name a directory, or use --ephemeral to keep nothing")
	}
	if c.Journal == nil && !c.Ephemeral {
		f.add("there is no journal, and --ephemeral is not set")
	}
	if c.Shared && c.Ephemeral {
		f.add("--nats-url and --ephemeral are both set: a journal is in a cluster or in memory")
	}
}

func (c *Config) validateCounts(f *faults) {
	if c.MaxConnectionsPerAddress < -1 {
		f.add("--max-connections-per-address is %d: want 1 or more, 0 for any number, or -1 for a quarter of --max-connections", c.MaxConnectionsPerAddress)
	}
	for _, s := range []struct {
		flag        string
		value, most int
	}{
		{"max-instances", c.MaxInstances, math.MaxInt},
		{"max-agents", c.MaxAgents, mostAgents},
		{"max-instance-share", c.MaxInstanceShare, 100},
		{"max-connections", c.MaxConnections, math.MaxInt},
		{"max-watchers", c.MaxWatchers, math.MaxInt},
		{"max-watchers-per-key", c.MaxWatchersPerKey, math.MaxInt},
	} {
		switch {
		case s.value < 1:
			f.add("--%s is %d: want 1 or more", s.flag, s.value)
		case s.value > s.most:
			f.add("--%s is %d: want %d or less", s.flag, s.value, s.most)
		}
	}
}

func (c *Config) validateSizes(f *faults) {
	for _, s := range []struct {
		flag         string
		value, least int64 // bytes
	}{
		{"max-header-bytes", int64(c.MaxHeaderBytes), leastBytes},
		{"max-body-bytes", c.Ingest.BodyBytes, leastBytes},
		{"max-document-bytes", int64(c.Ingest.Documents.DocumentBytes), leastBytes},
		{"max-in-flight-bytes", c.Ingest.InFlightBytes, c.Ingest.BodyBytes},
		{"max-answer-bytes", c.MaxAnswerBytes, leastAnswerBytes},
		{"memory-bytes", c.MemoryBytes, leastMemoryBytes},
		{"memory-limit", c.MemoryLimit, 0},
		{"max-floor-bytes", c.MaxFloorBytes, 0},
		{"snapshot-every-bytes", c.SnapshotEveryBytes, leastBytes},
		{"retention-bytes", c.RetentionBytes, 0},
	} {
		if s.value < s.least {
			f.add("--%s is %d bytes: want %d or more", s.flag, s.value, s.least)
		}
	}
}

func (c *Config) validateTimes(f *faults) {
	for _, s := range []struct {
		flag               string
		value, least, most time.Duration // most 0: any
		off                bool          // 0 stands for no bound
	}{
		{"request-timeout", c.RequestTimeout, time.Second, mostTimeout, false},
		{"idle-timeout", c.IdleTimeout, time.Second, mostTimeout, false},
		{"drain-timeout", c.DrainTimeout, 0, mostTimeout, false},
		{"watch-max-age", c.WatchMaxAge, time.Second, 0, false},
		{"stale-after", c.StaleAfter, time.Second, 0, true},
		{"snapshot-interval", c.SnapshotInterval, time.Second, 0, false},
		{"retention-age", c.RetentionAge, time.Second, 0, true},
		{"forget-after", c.ForgetAfter, leastForgetAfter, 0, true},
		{"max-age", c.MaxAge, cutOffAfter, 0, true},
		{"wait-forget", c.WaitForget, time.Minute, 7 * 24 * time.Hour, false},
	} {
		switch {
		case s.off && s.value == 0, s.value >= s.least && (s.most == 0 || s.value <= s.most):
		case s.off:
			f.add("--%s is %s: want 0, for no bound, or %s or more", s.flag, s.value, s.least)
		case s.most == 0:
			f.add("--%s is %s: want %s or more", s.flag, s.value, s.least)
		default:
			f.add("--%s is %s: want %s to %s", s.flag, s.value, s.least, s.most)
		}
	}
}
