package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal"
	"rollcall/internal/journal/natslog"
	"rollcall/internal/process"
)

// natsAccount is where everybody is who says nothing of himself.
const natsAccount = "$G"

// natsServer is a NATS server inside the test. It keeps its ports and its store
// over a restart.
type natsServer struct {
	options server.Options
	server  *server.Server
}

// natsCluster is one server or several.
type natsCluster []*natsServer

// slowest bounds what a test waits for: it only ends a test that is broken.
const slowest = 5 * time.Minute

// startNATS starts a single server; change may set more. It syncs when it likes,
// since no test here cuts the power.
func startNATS(tb testing.TB, change ...func(*server.Options)) natsCluster {
	tb.Helper()
	return startNATSCluster(tb, 1, change...)
}

// startNATSCluster starts n servers and waits until all of them take part.
func startNATSCluster(tb testing.TB, n int, change ...func(*server.Options)) natsCluster {
	tb.Helper()
	var c natsCluster
	for _, o := range natsOptions(tb, n) {
		for _, f := range change {
			f(&o)
		}
		s := &natsServer{options: o}
		s.start(tb)
		tb.Cleanup(func() { s.stop() })
		c = append(c, s)
	}
	c.awaitReady(tb)
	return c
}

// natsOptions gives the options of n servers that know each other.
func natsOptions(tb testing.TB, n int) []server.Options {
	tb.Helper()
	dir := tb.TempDir()
	all := make([]server.Options, n)
	var routes []string
	for i := range all {
		name := fmt.Sprintf("nats-%d", i+1)
		all[i] = server.Options{
			ServerName: name, Host: "127.0.0.1", Port: freePort(tb),
			NoLog: true, NoSigs: true, DisableJetStreamBanner: true,
			JetStream: true, StoreDir: filepath.Join(dir, name),
			JetStreamMaxStore: 4 << 30, JetStreamMaxMemory: 1 << 30,
		}
		if n > 1 {
			all[i].Cluster = server.ClusterOpts{Name: "cluster", Host: "127.0.0.1", Port: freePort(tb), PoolSize: -1}
			routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", all[i].Cluster.Port))
		}
	}
	for i := range all {
		all[i].Routes = server.RoutesFromStr(strings.Join(routes, ","))
	}
	return all
}

// freePort is a port on which a server can start again and again.
func freePort(tb testing.TB) int {
	tb.Helper()
	port, err := process.FreePort()
	if err != nil {
		tb.Fatal(err)
	}
	return port
}

func (s *natsServer) start(tb testing.TB) {
	tb.Helper()
	o := s.options
	srv, err := server.NewServer(&o)
	if err != nil {
		tb.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(slowest) {
		tb.Fatalf("%s does not take connections", o.ServerName)
	}
	s.server = srv
}

// stop ends the server; its connections break.
func (s *natsServer) stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// awaitReady waits until a cluster has a leader for its metadata that knows all
// servers.
func (c natsCluster) awaitReady(tb testing.TB) {
	tb.Helper()
	if len(c) == 1 {
		return
	}
	eventually(tb, "the cluster has a leader", func() bool {
		for _, s := range c {
			if s.server.JetStreamIsLeader() && len(s.server.JetStreamClusterPeers()) == len(c) {
				return true
			}
		}
		return false
	})
}

// leader gives the server that leads a stream, and waits for one.
func (c natsCluster) leader(tb testing.TB, stream string) *natsServer {
	tb.Helper()
	var leader *natsServer
	eventually(tb, "the stream has a leader", func() bool {
		for _, s := range c {
			if s.server.Running() && s.server.JetStreamIsStreamLeader(natsAccount, stream) {
				leader = s
				return true
			}
		}
		return false
	})
	return leader
}

func (c natsCluster) urls() []string {
	var urls []string
	for _, s := range c {
		urls = append(urls, s.server.ClientURL())
	}
	return urls
}

// options are how a node of rollcall opens a journal here.
func (c natsCluster) options(node string) natslog.Options {
	return nodeOptions(c.urls(), node)
}

// nodeOptions are how a node of rollcall opens a journal on as many servers.
func nodeOptions(urls []string, node string) natslog.Options {
	return natslog.Options{
		URLs: urls, Node: node, Replicas: len(urls), SingleCopy: len(urls) == 1, Patience: 3 * time.Second,
	}
}

// js gives a client of its own, for what rollcall does not do.
func (c natsCluster) js(tb testing.TB) jetstream.JetStream {
	tb.Helper()
	return connectJS(tb, c.urls())
}

func connectJS(tb testing.TB, urls []string) jetstream.JetStream {
	tb.Helper()
	conn, err := nats.Connect(strings.Join(urls, ","), nats.MaxReconnects(-1))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		tb.Fatal(err)
	}
	return js
}

// openLog opens a journal and closes it with the test.
func openLog(tb testing.TB, o natslog.Options) *natslog.Log {
	tb.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(tb.Output(), nil))
	}
	l, err := natslog.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// eventually waits for a condition.
func eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), slowest)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("not within %s: %s", slowest, what)
		}
	}
}

var journals atomic.Int64

// newJournalName gives a stream name that no other test has.
func newJournalName() string { return fmt.Sprintf("JOURNAL%d", journals.Add(1)) }

var _ journal.Remote = (*natslog.Log)(nil)
