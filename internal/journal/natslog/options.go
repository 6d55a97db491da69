package natslog

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"rollcall/internal/journal"
)

// Options sets how a Log works. URLs is required.
type Options struct {
	// URLs are servers of the cluster, such as nats://10.0.0.1:4222 or
	// tls://nats.example:4222. One that answers is enough, the others are
	// learned from it.
	URLs []string

	// CredentialsFile (a JWT and its seed), NKeyFile (a seed), User and Password,
	// or Token say who asks; at most one of them. The files are read again at
	// each connection.
	CredentialsFile string
	NKeyFile        string
	User, Password  string
	Token           string

	// TLS sets how servers are verified and what certificate is shown. nil means
	// what the URLs and the servers ask for, verified by the system's roots.
	TLS *tls.Config

	// Stream is the name of the JetStream stream, which is made when absent.
	// "" means ROLLCALL.
	Stream string

	// Node names this process among those that share the stream, for the time
	// that they do. "" means the host's name. Two processes with one name lose
	// nothing, and slow each other down.
	Node string

	// Replicas is how many servers hold the stream at least; a stream is made
	// with as many. 0 means 3.
	Replicas int

	// SingleCopy allows Replicas to be 1: all is lost with one disk.
	SingleCopy bool

	// Existing refuses to make a stream: where there is none, Open gives an error
	// that is fs.ErrNotExist.
	Existing bool

	// MaxBytes bounds a stream that is made, and as much that of its snapshots;
	// some accounts ask for that. When it is full, appends wait. 0 means no bound.
	MaxBytes int64

	// Limits is the largest atomic append. Zero members mean what fits into one
	// message of the server (its max_payload, 1 MiB unless set), at most 16 MiB
	// and 65,536 records.
	Limits journal.Limits

	// MaxWaiting bounds what waits to be durable; more gets journal.ErrFull.
	// Zero members mean 64 MiB and 262,144 records. It is at least Limits.
	MaxWaiting journal.Limits

	// Patience is how long a stream must be seen deleted, or with an end that
	// went back, before that counts as a loss. 0 means 30 s: a server that was
	// cut off from the majority takes up to 20 s to notice.
	Patience time.Duration

	// CloseWait is how long Close waits for the commit under way when the
	// cluster does not answer. 0 means 5 s.
	CloseWait time.Duration

	// Now is the clock that stamps packs and contacts. nil means time.Now.
	Now func() time.Time

	// Logger is told of connections (info), of trouble (warn) and of failures
	// (error). nil discards.
	Logger *slog.Logger

	// OnCommit, if set, is called by the appender after each durable commit. It
	// must be quick.
	OnCommit func(Commit)
}

// Commit is what one durable commit was.
type Commit struct {
	Records     int
	Bytes       int           // of the records, with their lengths
	StoredBytes int           // of the pack, compressed
	Sends       int           // how often it was sent: 1 unless there was trouble
	Took        time.Duration // from the first send to the acknowledgement
}

const (
	defaultStream         = "ROLLCALL"
	defaultReplicas       = 3
	mostReplicas          = 5
	defaultWaitingBytes   = 64 << 20
	defaultWaitingRecords = 1 << 18
	defaultPatience       = 30 * time.Second
	defaultCloseWait      = 5 * time.Second
)

var (
	// A name is one token of a subject.
	nameForm     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) })
	nameStranger = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^A-Za-z0-9_-]`) })
)

// Validate finds what can be known to be wrong before a server is asked.
func (o Options) Validate() error { return o.complete() }

// complete fills in what is not set, but for limits, and validates the rest.
func (o *Options) complete() error {
	o.Stream = cmp.Or(o.Stream, defaultStream)
	o.Replicas = cmp.Or(o.Replicas, defaultReplicas)
	o.Patience = cmp.Or(o.Patience, defaultPatience)
	o.CloseWait = cmp.Or(o.CloseWait, defaultCloseWait)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("name of the node: %w", err)
		}
		o.Node = nameStranger().ReplaceAllLiteralString(host[:min(len(host), 64)], "_")
	}
	return errors.Join(o.validateURLs(), o.validateAccess(), o.validateStream())
}

func (o *Options) validateURLs() error {
	if len(o.URLs) == 0 {
		return errors.New("no URL of a NATS server")
	}
	for _, raw := range o.URLs {
		u, err := url.Parse(raw)
		if err != nil || strings.Contains(raw, ",") {
			return fmt.Errorf("URL %q of a NATS server cannot be parsed; what is special in a password or token is written as %%2C", Redact(raw))
		}
		switch u.Scheme {
		case "nats", "tls", "ws", "wss":
		default:
			return fmt.Errorf("URL %q of a NATS server: want nats://, tls://, ws:// or wss://", Redact(raw))
		}
		if u.Host == "" {
			return fmt.Errorf("URL %q of a NATS server names no host", Redact(raw))
		}
	}
	return nil
}

func (o *Options) validateAccess() error {
	var ways []string
	for _, way := range []struct {
		name string
		set  bool
	}{
		{"a credentials file", o.CredentialsFile != ""},
		{"an nkey file", o.NKeyFile != ""},
		{"a user", o.User != "" || o.Password != ""},
		{"a token", o.Token != ""},
	} {
		if way.set {
			ways = append(ways, way.name)
		}
	}
	if len(ways) > 1 {
		return fmt.Errorf("%s are set: want one of them", strings.Join(ways, " and "))
	}
	return nil
}

func (o *Options) validateStream() error {
	switch {
	case !nameForm().MatchString(o.Stream):
		return fmt.Errorf("stream %q: want 1 to 64 letters, digits, '-' and '_'", o.Stream)
	case !nameForm().MatchString(o.Node):
		return fmt.Errorf("node %q: want 1 to 64 letters, digits, '-' and '_'", o.Node)
	case o.Replicas < 1 || o.Replicas > mostReplicas:
		return fmt.Errorf("%d replicas: want 1 to %d", o.Replicas, mostReplicas)
	case o.Replicas == 1 && !o.SingleCopy:
		return errors.New("1 replica: everything is lost with one disk; allow a single copy explicitly, or ask for 3")
	case o.MaxBytes < 0:
		return fmt.Errorf("a stream of at most %d bytes: want 0, for no bound, or more", o.MaxBytes)
	case o.Patience < 0 || o.CloseWait < 0:
		return errors.New("a negative time to wait")
	}
	return nil
}

// servers gives the URLs as they may be shown.
func (o *Options) servers() string { return strings.Join(RedactAll(o.URLs), ", ") }
