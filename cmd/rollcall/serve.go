package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/access"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

func newServe() *cobra.Command {
	c, o := server.NewConfig(), store.NewOptions()
	var log logSettings
	var forward forwardSettings
	var streams kinesisSettings
	var seeds seedSettings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `serve takes agent events (POST /v1/events) and answers GetCurrentUserData
(POST /metrics/userdata/{InstanceId}) and /v1 on --listen. Health and metrics are
on --admin-listen, where nobody is asked for a key; so are profiles, for who asks
from this machine or has a token that may do rollcall:Debug.

An event is acknowledged after it is on disk. SIGTERM, SIGHUP and Ctrl-C drain:
requests in flight are answered, then the journal is closed.

Every flag can also be set by an environment variable, ROLLCALL_ and the flag's
name in upper case with underscores (ROLLCALL_DATA_DIR), or in the YAML file that
--config names, whose keys are the flags' names (data-dir: /var/lib/rollcall).
The command line wins over the environment, the environment over the file.

The access key comes from ROLLCALL_ACCESS_KEY_ID and ROLLCALL_SECRET_ACCESS_KEY.
With neither set, a key is made at first start, kept in the data directory, and
shown once.

With --nats-url the journal is in a NATS JetStream cluster, and any number of
servers share it. Their page tokens are sealed with ROLLCALL_TOKEN_SECRET: 20
bytes or more in base64, or two with a comma between them while it is changed.

With --forward an operation or an instance that isn't here is asked of Amazon
Connect, with the credentials that AWS tools find on this machine, after the
policy of the sender's key has allowed it: so one endpoint setting serves a
program whole. Only what IAM calls List or Read is, unless --forward-writes.

With --kinesis agent events are read from the data stream to which Amazon Connect
writes them. How far is in the journal, beside the events: nothing is missed.
--kinesis-fan-out has them sent at once, by a consumer that Amazon charges for.

With --seed-from-connect an instance of Amazon Connect is asked who is on its
floor: at the start, once an hour, and when "rollcall seed" wants it. Whatever a
stream says counts more.

The exit status is 0 after a clean end, 2 when the settings can't be right, 3
when the journal failed, which ends the server at once: then nothing more was
acknowledged, and all that was is kept. It is 1 for anything else.`,
		Example: `  rollcall serve
  rollcall serve --data-dir /var/lib/rollcall --listen 0.0.0.0:8420 \
      --tls-cert cert.pem --tls-key key.pem --log-format json
  rollcall serve --ephemeral --anonymous      # for a test on this machine
  rollcall serve --nats-url nats://n1:4222 --nats-url nats://n2:4222 \
      --keys-file keys.yaml                   # and ROLLCALL_TOKEN_SECRET set
  rollcall serve --kinesis agent-events       # with AWS_REGION and credentials
  ROLLCALL_LISTEN=127.0.0.1:9000 rollcall serve --config rollcall.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			contrary := onlyOne(cmd, "ephemeral", "data-dir")
			unread := loadSettings(cmd)
			c.Version = version()
			c.AccessKeyID = os.Getenv("ROLLCALL_ACCESS_KEY_ID")
			c.SecretAccessKey = os.Getenv("ROLLCALL_SECRET_ACCESS_KEY")
			c.TokenSecret = os.Getenv("ROLLCALL_TOKEN_SECRET")
			wrong := log.apply(&c, cmd.ErrOrStderr())
			sentOn, mistaken := forward.forwarding(cmd.Context())
			c.Forward = sentOn
			read, unmeant := streams.open(cmd.Context())
			c.Kinesis = read
			asked, unasked := seeds.open(cmd.Context())
			c.Seeds = asked
			keepOn(&c, &o)
			o.FailStop = server.EndProcess(c.Logger)
			if err := errors.Join(contrary, unread, wrong, mistaken, unmeant, unasked, c.Validate(), o.Validate()); err != nil {
				return misused(cmd, err)
			}
			return o.Explain(runServer(cmd.Context(), c, cmd.ErrOrStderr()))
		},
	}
	addServerFlags(cmd, &c, &o)
	forward.addFlags(cmd.Flags())
	streams.addFlags(cmd.Flags())
	seeds.addFlags(cmd.Flags())
	log.addFlags(cmd)
	return cmd
}

// onlyOne refuses two flags that mean opposite things, where both are on the command
// line itself: what it says goes before the environment and the settings file.
func onlyOne(cmd *cobra.Command, a, b string) error {
	if cmd.Flags().Changed(a) && cmd.Flags().Changed(b) {
		return fmt.Errorf("--%s and --%s are both given, and mean opposite things: leave one of them out", a, b)
	}
	return nil
}

func addServerFlags(cmd *cobra.Command, c *server.Config, o *store.Options) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.String("config", "", "YAML file of settings")
	flags.StringVar(&c.Listen, "listen", c.Listen, "address for questions and events, HOST:PORT")
	flags.StringVar(&c.AdminListen, "admin-listen", c.AdminListen, "address for /healthz, /readyz and /metrics, which are for everybody who reaches it, and for /debug (the whole floor, Go profiles), which is for this machine or needs a token with rollcall:Debug; empty for none")
	flags.StringVar(&c.DataDir, "data-dir", c.DataDir, "directory of the journal, the first key and the token secret")
	flags.BoolVar(&c.Ephemeral, "ephemeral", c.Ephemeral, "keep the journal in memory and forget everything at exit")
	flags.Var((*byteSize)(&c.MemoryBytes), "memory-bytes", "with --ephemeral: the largest journal")
	addClusterFlags(flags, &o.Cluster)
	flags.DurationVar(&c.MaxAge, "max-age", c.MaxAge, "how long a node that is cut off from the journal goes on to answer; 0 for always")
	flags.StringVar(&c.KeysFile, "keys-file", c.KeysFile, "YAML file of access keys and tokens with their policies (default keys.yaml in the data directory)")
	flags.BoolVar(&c.KeysStrict, "keys-strict", c.KeysStrict, "end when the keys file can't be used any more, instead of going on with the keys before")
	flags.BoolVar(&c.Anonymous, "anonymous", c.Anonymous, "let unsigned requests do everything; loopback only, and no web pages but those of --cors-origin")
	flags.BoolVar(&c.AllowUnsignedPayload, "allow-unsigned-payload", c.AllowUnsignedPayload, "take signatures that leave the body out (UNSIGNED-PAYLOAD)")
	flags.StringVar(&c.TLSCert, "tls-cert", c.TLSCert, "PEM file of the TLS certificate chain; read again when it changes")
	flags.StringVar(&c.TLSKey, "tls-key", c.TLSKey, "PEM file of the TLS key")
	flags.BoolVar(&c.LenientFilters, "lenient-filters", c.LenientFilters, "allow no primary filter (everybody) and several at once (all must hold)")
	flags.BoolVar(&c.IncludeOffline, "include-offline", c.IncludeOffline, "also return agents who are offline and have no contact")
	flags.BoolVar(&c.Names, "names", c.Names, "put names, status types and activities into every answer of GetCurrentUserData, not only into those of who sends X-Rollcall-Names: true")
	flags.StringSliceVar(&c.CORSOrigins, "cors-origin", c.CORSOrigins, "web origin whose pages may ask, or *; may be repeated")
	flags.StringVar(&c.EventBridgeKeyHeader, "eventbridge-key-header", c.EventBridgeKeyHeader, "header in which POST /v1/eventbridge takes a bearer token, beside Authorization")
	flags.DurationVar(&c.WaitForget, "wait-forget", c.WaitForget, "how long a contact is shown as waiting in a queue of which nothing more comes")
	flags.BoolVar(&c.AWSQuotas, "aws-quotas", c.AWSQuotas, "limit each operation of Amazon Connect as Amazon does: GetCurrentUserData to 2/s, burst 5, per account and Region")
	flags.Float64Var(&c.RequestRate, "request-rate", c.RequestRate, "questions a second that a key may ask about an instance, here and in /v1; 0 for any number. Events don't count")
	flags.IntVar(&c.RequestBurst, "request-burst", c.RequestBurst, "questions that a key may ask at once, with --request-rate")
	flags.BoolVar(&c.Wallboard, "wallboard", c.Wallboard, "serve the page of who is on the floor, on GET /")
	flags.StringVar(&c.WallboardRules, "wallboard-rules", c.WallboardRules, "YAML file of what is a warning or an alert on the wallboard (default the rules that are shipped)")
	flags.Var((*byteSize)(&c.Ingest.BodyBytes), "max-body-bytes", "largest body of events")
	flags.Var((*intSize)(&c.Ingest.Documents.DocumentBytes), "max-document-bytes", "largest event document")
	flags.Var((*byteSize)(&c.Ingest.InFlightBytes), "max-in-flight-bytes", "largest sum of the bodies of events being read")
	flags.Var((*byteSize)(&o.MaxWaitingBytes), "max-waiting-bytes", "largest sum of the events that wait to be durable")
	flags.Var((*byteSize)(&c.MaxAnswerBytes), "max-answer-bytes", "largest sum of the answers that clients have not taken yet; a key may have half of it")
	flags.DurationVar(&o.JournalStall, "journal-stall", o.JournalStall, "how long the disk may take for a write or sync until readiness and the log tell of it; 0 for ever")
	flags.DurationVar(&o.JournalStallExit, "journal-stall-exit", o.JournalStallExit, "how long until it counts as failed and the server ends with status 3; 0 for ever")
	flags.DurationVar(&c.RetentionAge, "retention-age", c.RetentionAge, "how long events are kept behind a snapshot; 0 for no bound")
	flags.Var((*byteSize)(&c.RetentionBytes), "retention-bytes", "largest journal; older events go, behind a snapshot; 0 for no bound")
	flags.Var((*byteSize)(&c.SnapshotEveryBytes), "snapshot-every-bytes", "how much new journal makes a new snapshot at most; less where snapshots are small")
	flags.DurationVar(&c.SnapshotInterval, "snapshot-interval", c.SnapshotInterval, "longest time between snapshots while events arrive")
	flags.DurationVar(&c.ForgetAfter, "forget-after", c.ForgetAfter, "how long after their last event agents who are off the floor are forgotten; 0 for never")
	flags.BoolVar(&o.AcceptLoss, "accept-loss", o.AcceptLoss, "keep what can be read of a damaged journal, in a new epoch")
	flags.IntVar(&c.MaxInstances, "max-instances", c.MaxInstances, "most instances that events may bring into being")
	flags.IntVar(&c.MaxAgents, "max-agents", c.MaxAgents, "most agents, over all instances")
	flags.Var((*byteSize)(&c.MaxFloorBytes), "max-floor-bytes", "most memory that agents and what they share take, as it is reckoned; 0 for two fifths of the memory limit")
	flags.IntVar(&c.MaxInstanceShare, "max-instance-share", c.MaxInstanceShare, "most of --max-floor-bytes that one instance takes, in percent")
	flags.Var((*byteSize)(&c.MemoryLimit), "memory-limit", "memory that the process may take; 0 for GOMEMLIMIT, else the control group's limit, else the machine's memory")
	flags.IntVar(&c.MaxConnections, "max-connections", c.MaxConnections, "most open connections; one more takes the place of the one idle longest")
	flags.IntVar(&c.MaxConnectionsPerAddress, "max-connections-per-address", c.MaxConnectionsPerAddress, "most open connections from one address but loopback; 0 for any number, -1 for a quarter of --max-connections. A proxy in front is one address")
	flags.IntVar(&c.MaxWatchers, "max-watchers", c.MaxWatchers, "most open watch streams, on top of --max-connections")
	flags.IntVar(&c.MaxWatchersPerKey, "max-watchers-per-key", c.MaxWatchersPerKey, "most open watch streams of one key")
	flags.DurationVar(&c.WatchMaxAge, "watch-max-age", c.WatchMaxAge, "when a watch stream ends, a fifth more or less; the client goes on with another")
	flags.DurationVar(&c.StaleAfter, "stale-after", c.StaleAfter, "how long after their last event agents who are online are called stale; 0 for never")
	flags.Var((*intSize)(&c.MaxHeaderBytes), "max-header-bytes", "largest request header")
	flags.DurationVar(&c.RequestTimeout, "request-timeout", c.RequestTimeout, "longest time to read one request")
	flags.DurationVar(&c.IdleTimeout, "idle-timeout", c.IdleTimeout, "longest time that a connection is kept without a request")
	flags.DurationVar(&c.DrainTimeout, "drain-timeout", c.DrainTimeout, "longest time for requests in flight at the end")
}

// keepOn has a server keep its journal where o says, unless it keeps nothing.
func keepOn(c *server.Config, o *store.Options) {
	o.DataDir, o.Logger, o.Now = c.DataDir, c.Logger, c.Now
	c.Shared = o.Shared()
	if !c.Ephemeral {
		c.Journal = o.Open
		c.Export = func(ctx context.Context, log journal.Log, out io.Writer) error {
			_, err := archive.Export(ctx, log, out, false, nil)
			return err
		}
	}
}

// addClusterFlags are the flags of a journal in a NATS JetStream cluster, which
// the commands about journals have too.
func addClusterFlags(flags *pflag.FlagSet, c *store.Cluster) {
	flags.Var(&serverURLs{urls: &c.URLs}, "nats-url", "server of the NATS JetStream cluster that holds the journal; may be repeated")
	flags.StringVar(&c.CredentialsFile, "nats-creds", c.CredentialsFile, "credentials file for the NATS cluster")
	flags.StringVar(&c.NKeyFile, "nats-nkey", c.NKeyFile, "NKey seed file for the NATS cluster")
	flags.StringVar(&c.TLSCA, "nats-tls-ca", c.TLSCA, "PEM file of the authorities that the NATS cluster's certificates are from")
	flags.StringVar(&c.TLSCert, "nats-tls-cert", c.TLSCert, "PEM file of the certificate shown to the NATS cluster")
	flags.StringVar(&c.TLSKey, "nats-tls-key", c.TLSKey, "PEM file of its key")
	flags.StringVar(&c.Stream, "nats-stream", c.Stream, "JetStream stream of the journal; made if there is none")
	flags.IntVar(&c.Replicas, "nats-replicas", c.Replicas, "servers of the NATS cluster that hold the journal")
	flags.StringVar(&c.Node, "node-name", c.Node, "name of this server among those that share the journal (default the host's name)")
}

// runServer runs a server and tells the operator what is needed to use it.
func runServer(ctx context.Context, c server.Config, out io.Writer) error {
	defer keepToMemory(&c)()
	s, err := server.Open(ctx, c)
	if interrupted(ctx, err) {
		return nil // asked to end while it started, as by a supervisor of services
	}
	if err != nil {
		return err
	}
	if s.MadeKey.ID != "" {
		kept := "is kept in " + filepath.Join(c.DataDir, server.KeysFile)
		if c.Ephemeral {
			kept = "is forgotten at exit, like everything else"
		}
		fmt.Fprintf(out, "\nA first access key was made and %s. To use it:\n\n%s\n", kept, exports(s))
	}
	if c.Anonymous {
		fmt.Fprintf(out, "\nNobody is asked for a key (--anonymous). AWS tools sign all the same, with any key. To use it:\n\n%s\n",
			exportsOf(access.Key{ID: "any", Secret: "any"}, s.URL()))
	}
	if link := s.WallboardLink(); link != "" {
		fmt.Fprintf(out, "\nThe wallboard, signed in (the link is good once, within an hour):\n\n  %s\n\n", link)
	}
	err = s.Run(ctx)
	if errors.Is(err, journal.ErrFailed) {
		return &exitError{status: exitTerminal, err: err}
	}
	return err
}

// exports are the lines that point AWS tools and ours at a server.
func exports(s *server.Server) string { return exportsOf(s.MadeKey, s.URL()) }

func exportsOf(key access.Key, url string) string {
	return fmt.Sprintf("  export AWS_ACCESS_KEY_ID=%s\n  export AWS_SECRET_ACCESS_KEY=%s\n"+
		"  export AWS_ENDPOINT_URL_CONNECT=%s AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n", key.ID, key.Secret, url)
}

// logSettings say how the server logs.
type logSettings struct{ format, level string }

func (l *logSettings) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.format, "log-format", "text", "text or json, on standard error")
	cmd.Flags().StringVar(&l.level, "log-level", "info", "debug, info, warn or error")
}

func (l *logSettings) apply(c *server.Config, w io.Writer) error {
	var level slog.Level
	var wrong error
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		wrong = fmt.Errorf("--log-level %q: want debug, info, warn or error", l.level)
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: plainErrors}
	switch l.format {
	case "text":
		c.Logger = slog.New(slog.NewTextHandler(w, options))
	case "json":
		c.Logger = slog.New(slog.NewJSONHandler(escapedJSON{w}, options))
	default:
		wrong = errors.Join(wrong, fmt.Errorf("--log-format %q: want text or json", l.format))
	}
	return wrong
}

// plainErrors has errors logged as what they say: slog's text would be that of
// %+v, which for some is a page of stack traces.
func plainErrors(_ []string, a slog.Attr) slog.Attr {
	if err, ok := a.Value.Any().(error); ok {
		a.Value = slog.StringValue(err.Error())
	}
	return a
}
