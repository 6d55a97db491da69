package server

import (
	"context"
	"io"
	"log/slog"
	"time"

	"rollcall/internal/connect"
	"rollcall/internal/ingest"
	"rollcall/internal/journal"
	"rollcall/internal/journal/memlog"
	seeding "rollcall/internal/source/connect"
	"rollcall/internal/source/kinesis"
)

// Config is all that can be set about a server. NewConfig gives the defaults;
// the zero value of a member is not always one.
type Config struct {
	// Listen is where questions and events arrive, as host:port. Port 0 takes
	// a free one.
	Listen string
	// AdminListen is where health, metrics and profiles are, as host:port.
	// Empty: nowhere. Health and metrics are for everybody, so keep it on loopback
	// or behind a firewall; /debug is for the machine itself, or needs a token.
	AdminListen string

	// DataDir holds the journal, the key made at first start and the secret
	// that seals page tokens. It is made when absent.
	DataDir string
	// Version is this release's, for /metrics; empty if it is not known.
	Version string

	// Ephemeral keeps the journal in memory, up to MemoryBytes: everything is
	// forgotten at exit. DataDir is not touched.
	Ephemeral   bool
	MemoryBytes int64

	// Journal opens the journal. nil, with Ephemeral: in memory.
	Journal Opener
	// Export writes a whole journal out, while the server uses it. nil: it can't be.
	Export func(ctx context.Context, log journal.Log, out io.Writer) error
	// Shared says that other nodes have the same journal: then the key, or the
	// keys file, and TokenSecret are given, so that all have the same.
	Shared bool
	// TokenSecret seals page tokens: base64, or two with a comma between them
	// while it is changed; the first seals, both open. A cluster must be given
	// one; alone a server makes and keeps its own.
	TokenSecret string
	// MaxAge is how long a node may be cut off from the journal and still answer
	// questions from what it has; 0: always. Answers carry their age.
	MaxAge time.Duration

	// SnapshotEveryBytes and SnapshotInterval say how often the floor is written
	// out, so that the next start need not read the whole journal: after so many
	// bytes of events, and after so long if there is something new.
	SnapshotEveryBytes int64
	SnapshotInterval   time.Duration
	// RetentionAge and RetentionBytes bound what is kept of the journal: events
	// younger than that, and packs and snapshots that together take no more than
	// that. 0 does not bound.
	RetentionAge   time.Duration
	RetentionBytes int64
	// ForgetAfter is how long after the last event of an agent who is off the
	// floor nothing is known of the agent any more; 0: always.
	ForgetAfter time.Duration

	// AccessKeyID and SecretAccessKey are a key that may do everything. With
	// neither set and no keys file, one is made and kept in the keys file.
	AccessKeyID     string
	SecretAccessKey string
	// KeysFile holds further access keys and tokens with their policies; it is
	// read again when it changes. Empty: keys.yaml in DataDir, if it exists.
	KeysFile string
	// KeysStrict ends the server when the keys file can't be read any more, or
	// says what can't be: otherwise the keys before stay in force.
	KeysStrict bool
	// Anonymous lets unsigned requests do everything. Loopback only; requests
	// for another host name and those of web pages are refused, but for pages
	// of CORSOrigins.
	Anonymous bool
	// AllowUnsignedPayload takes signatures that leave the body out.
	AllowUnsignedPayload bool

	// TLSCert and TLSKey are PEM files; they are read again when they change.
	// Both empty: plain HTTP.
	TLSCert, TLSKey string

	// LenientFilters allows no primary filter (everybody) and several at once.
	LenientFilters bool
	// IncludeOffline also returns agents who are offline and have no contact.
	IncludeOffline bool
	// Names puts names into every answer of GetCurrentUserData, as
	// X-Rollcall-Names does into that of who sends it.
	Names bool
	// CORSOrigins are the origins whose pages may ask; "*" is any.
	CORSOrigins []string
	// EventBridgeKeyHeader names a header in which POST /v1/eventbridge takes a bearer
	// token, beside Authorization; empty: none.
	EventBridgeKeyHeader string
	// WaitForget is how long a contact is shown as waiting of which nothing more comes.
	WaitForget time.Duration
	// Forward sends on to Amazon Connect what isn't here; nil: nothing.
	Forward *connect.Forwarding
	// Kinesis are the streams that the server reads itself. What is not given here
	// is the server's: Begin, Checkpoints, Observe, Logger and Now.
	Kinesis []kinesis.Options
	// Seeds are the instances of Amazon Connect that are asked who is on the floor.
	// What is not given here is the server's: Floor, Keep, Observe, Logger and Now.
	Seeds []seeding.Options
	// AWSQuotas limits each operation of Amazon Connect to what Amazon allows,
	// per account and Region: GetCurrentUserData to 2 a second, burst 5. RequestRate and RequestBurst limit
	// every key on every instance; rate 0 does not.
	AWSQuotas    bool
	RequestRate  float64
	RequestBurst int

	// Wallboard serves the page of who is on the floor, on GET /. WallboardRules is
	// a YAML file of what colours it; empty: the rules that are shipped.
	Wallboard      bool
	WallboardRules string

	// Ingest bounds what is taken in.
	Ingest ingest.Limits
	// MaxAnswerBytes bounds the answers that clients have not taken yet, but for
	// the first 4 KiB of each; a key's may have half of it.
	MaxAnswerBytes int64
	// MaxInstances and MaxAgents bound the floor over the whole server, and
	// MaxFloorBytes what it takes of memory, as it is reckoned; 0 does not.
	// MaxInstanceShare bounds how much of that one instance takes, in percent.
	MaxInstances     int
	MaxAgents        int
	MaxFloorBytes    int64
	MaxInstanceShare int
	// MemoryLimit is how much memory the process may take; 0 where that isn't
	// known. A floor that would take more than three quarters of it is not loaded.
	MemoryLimit int64

	// MaxConnections bounds open connections: one more takes the place of the
	// one that has been idle the longest, and waits if none is idle.
	MaxConnections int
	// MaxConnectionsPerAddress bounds those from one address, but for loopback,
	// where a proxy or the machine's own programs are; 0: any number, -1: a
	// quarter of MaxConnections. Of IPv6 an address is its first 64 bits.
	MaxConnectionsPerAddress int
	// MaxHeaderBytes bounds a request's header.
	MaxHeaderBytes int
	// RequestTimeout bounds the reading and the answering of one request.
	RequestTimeout time.Duration
	// IdleTimeout is how long a connection may be kept without a request.
	IdleTimeout time.Duration
	// DrainTimeout is how long requests in flight may take at the end.
	DrainTimeout time.Duration

	// MaxWatchers bounds the streams that are open, and MaxWatchersPerKey those of
	// one key. They come on top of MaxConnections.
	MaxWatchers, MaxWatchersPerKey int
	// WatchMaxAge is when a stream ends, a fifth more or less, so that watchers
	// spread over the nodes again.
	WatchMaxAge time.Duration
	// StaleAfter is how long after the newest event an agent who is online is
	// called stale; 0 for never. Amazon Connect sends a heartbeat every 120 s.
	StaleAfter time.Duration

	Logger *slog.Logger
	// Now is the clock; time.Now unless a test controls time.
	Now func() time.Time
	// SignatureNow is the clock that signatures are held against. It stays
	// time.Now when a test moves Now, since clients sign by the real time.
	SignatureNow func() time.Time
}

// Opener opens the journal that a server follows, appends to and closes at its
// end. Committed is told of each pack that was made durable: how many records,
// how many bytes as stored, how long it took.
type Opener func(ctx context.Context, committed func(records, storedBytes int, took time.Duration)) (journal.Log, error)

// opener gives Journal, or what stands for it.
func (c *Config) opener() Opener {
	if c.Journal != nil {
		return c.Journal
	}
	return func(context.Context, func(int, int, time.Duration)) (journal.Log, error) {
		return memlog.New(memlog.Options{MaxBytes: int(c.MemoryBytes), Now: c.Now}), nil
	}
}

// NewConfig gives the defaults.
func NewConfig() Config {
	return Config{
		Listen:      "127.0.0.1:8420",
		AdminListen: "127.0.0.1:8421",
		DataDir:     "rollcall-data",
		MemoryBytes: 1 << 30,

		SnapshotEveryBytes: 128 << 20,
		SnapshotInterval:   15 * time.Minute,
		RetentionAge:       7 * 24 * time.Hour,
		RetentionBytes:     10 << 30,
		ForgetAfter:        30 * 24 * time.Hour,
		WaitForget:         4 * time.Hour,

		Wallboard:                true,
		RequestBurst:             5,
		Ingest:                   ingest.NewLimits(),
		MaxAnswerBytes:           64 << 20,
		MaxInstances:             1000,
		MaxAgents:                2_000_000,
		MaxInstanceShare:         80,
		MaxConnections:           16_000,
		MaxConnectionsPerAddress: -1,
		MaxHeaderBytes:           32 << 10,
		RequestTimeout:           30 * time.Second,
		IdleTimeout:              2 * time.Minute,
		DrainTimeout:             10 * time.Second,

		MaxWatchers:       10_000,
		MaxWatchersPerKey: 1000,
		WatchMaxAge:       10 * time.Minute,
		StaleAfter:        250 * time.Second,

		Logger:       slog.New(slog.DiscardHandler),
		Now:          time.Now,
		SignatureNow: time.Now,
	}
}
