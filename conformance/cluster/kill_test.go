package cluster

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// natsChild makes the test program a NATS server, with what the variable says
// as JSON, until it is killed.
const natsChild = "ROLLCALL_TEST_NATS"

func TestMain(m *testing.M) {
	if config := os.Getenv(natsChild); config != "" {
		if err := runNATS([]byte(config)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// A run of logtest's model makes thousands of tails, each with a consumer for
	// which a cluster elects a leader. The command line may ask for more.
	if err := flag.Set("rapid.checks", "2"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// natsConfig is the part of server.Options that a child is told.
type natsConfig struct {
	Name, StoreDir    string
	Port, ClusterPort int
	Routes            []string
}

func runNATS(config []byte) error {
	var c natsConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return err
	}
	var routes []*url.URL
	for _, r := range c.Routes {
		u, err := url.Parse(r)
		if err != nil {
			return err
		}
		routes = append(routes, u)
	}
	s, err := server.NewServer(&server.Options{
		ServerName: c.Name, Host: "127.0.0.1", Port: c.Port,
		NoLog: true, NoSigs: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: c.StoreDir, SyncAlways: true,
		Cluster: server.ClusterOpts{Name: "cluster", Host: "127.0.0.1", Port: c.ClusterPort, PoolSize: -1},
		Routes:  routes,
	})
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

// natsProcess is a NATS server that can be killed.
type natsProcess struct {
	config natsConfig
	cmd    *exec.Cmd
}

func (p *natsProcess) start(t *testing.T) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(p.config)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(program) // ends by kill
	p.cmd.Env = append(os.Environ(), natsChild+"="+string(config))
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// kill ends the server as SIGKILL does: it says goodbye to nobody.
func (p *natsProcess) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func startNATSProcesses(t *testing.T, n int) (processes map[string]*natsProcess, urls []string) {
	t.Helper()
	processes = make(map[string]*natsProcess)
	for _, o := range natsOptions(t, n) {
		p := &natsProcess{config: natsConfig{Name: o.ServerName, StoreDir: o.StoreDir, Port: o.Port, ClusterPort: o.Cluster.Port}}
		for _, r := range o.Routes {
			p.config.Routes = append(p.config.Routes, r.String())
		}
		p.start(t)
		t.Cleanup(p.kill)
		processes[o.ServerName] = p
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", o.Port))
	}
	return processes, urls
}

// The server that leads the stream is killed while two nodes append and follow,
// and then the next leader. Nothing acknowledged is lost, all see the same.
func TestNATS_LeadersAreKilledUnderAppends(t *testing.T) {
	t.Parallel()
	processes, urls := startNATSProcesses(t, 3)
	nodes := []*natslog.Log{openLog(t, nodeOptions(urls, "a")), openLog(t, nodeOptions(urls, "b"))}
	stream, err := connectJS(t, urls).Stream(t.Context(), "ROLLCALL")
	if err != nil {
		t.Fatal(err)
	}
	var h logtest.History
	w := startWriters(t, &h, nodes)
	w.more(50)
	const kills = 2
	for range kills {
		var leader *natsProcess
		eventually(t, "the stream has a leader", func() bool {
			info, err := stream.Info(t.Context())
			if err != nil || info.Cluster == nil {
				return false
			}
			leader = processes[info.Cluster.Leader]
			return leader != nil
		})
		begin := time.Now()
		leader.kill()
		w.more(50)
		t.Logf("%s was killed: 50 appends later %s had passed", leader.config.Name, time.Since(begin).Round(time.Millisecond))
		leader.start(t)
		w.more(50)
	}
	w.stop()
	mustAgree(t, &h, nodes)
	n, _ := h.Acknowledged()
	t.Logf("%d kills, %d appends acknowledged, 0 lost", kills, n)
}

// writers append until they are stopped.
type writers struct {
	t        *testing.T
	appended atomic.Int64
	stopping chan struct{}
	done     sync.WaitGroup
}

// startWriters starts two writers a node.
func startWriters(t *testing.T, h *logtest.History, nodes []*natslog.Log) *writers {
	t.Helper()
	w := &writers{t: t, stopping: make(chan struct{})}
	for i := range 2 * len(nodes) {
		w.done.Go(func() {
			for {
				select {
				case <-w.stopping:
					return
				default:
				}
				if _, err := h.Append(t.Context(), nodes[i%len(nodes)], 1, 200); err != nil {
					t.Error(err)
					return
				}
				w.appended.Add(1)
			}
		})
	}
	return w
}

// more waits until n more appends were acknowledged.
func (w *writers) more(n int64) {
	w.t.Helper()
	from := w.appended.Load()
	eventually(w.t, "appends go on", func() bool { return w.appended.Load() >= from+n })
}

func (w *writers) stop() {
	close(w.stopping)
	w.done.Wait()
}

// mustAgree checks that every node has all that was acknowledged, and that all
// have the same.
func mustAgree(t *testing.T, h *logtest.History, nodes []*natslog.Log) {
	t.Helper()
	end := uint64(0)
	for _, l := range nodes {
		end = max(end, l.End().Pack)
	}
	var first []journal.Pack
	for i, l := range nodes {
		awaitEnd(t, l, end)
		logtest.CheckLog(t, l, h)
		packs, err := logtest.ReadAll(l)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = packs
		}
		if diff := logtest.Diff(first, packs); diff != "" {
			t.Errorf("node %d differs:\n%s", i, diff)
		}
	}
}
