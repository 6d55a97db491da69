package cluster

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// wire passes connections on while it is not cut.
type wire struct {
	listener net.Listener
	to       string

	mu   sync.Mutex
	cut  bool
	open []net.Conn
}

func startWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, to: to}
	t.Cleanup(func() { _ = listener.Close(); w.set(true) })
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			w.pass(in)
		}
	}()
	return w
}

func (w *wire) pass(in net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out, err := net.Dial("tcp", w.to)
	if w.cut || err != nil {
		_ = in.Close()
		if err == nil {
			_ = out.Close()
		}
		return
	}
	w.open = append(w.open, in, out)
	for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			_ = pair[0].Close()
		}()
	}
}

// set cuts the wire, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, conn := range w.open {
		_ = conn.Close()
	}
	w.open = nil
}

// startNATSWired starts three servers that speak over wires, and gives those of
// the last one.
func startNATSWired(t *testing.T) (c natsCluster, last []*wire) {
	t.Helper()
	all := natsOptions(t, 3)
	for i := range all {
		var routes []string
		for j := range all {
			if i == j {
				continue
			}
			w := startWire(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(all[j].Cluster.Port)))
			if i == 2 || j == 2 {
				last = append(last, w)
			}
			routes = append(routes, "nats://"+w.listener.Addr().String())
		}
		all[i].Routes = server.RoutesFromStr(strings.Join(routes, ","))
		all[i].Cluster.Advertise = "127.0.0.1:1" // so that nobody finds a way around the wires
	}
	for _, o := range all {
		s := &natsServer{options: o}
		s.start(t)
		t.Cleanup(func() { s.stop() })
		c = append(c, s)
	}
	c.awaitReady(t)
	return c, last
}

// mustSaySo waits until a node says that it is cut off, and holds it to that until
// its age has grown to so many seconds.
func (n *serveNode) mustSaySo(t *testing.T, seconds int, why string) {
	t.Helper()
	unready := func() (bool, string) {
		status, text := n.ready(t)
		return status == http.StatusServiceUnavailable && strings.Contains(text, "cut off from the journal") && strings.Contains(text, why), text
	}
	eventually(t, "it says that it is cut off", func() bool { ok, _ := unready(); return ok })
	newest := 0
	eventually(t, "its age grows", func() bool {
		if ok, text := unready(); !ok {
			t.Fatalf("at an age of %d s it says of its readiness: %s", newest, text)
		}
		_, _, resp := n.users(t, nil, 10, "")
		age, err := strconv.Atoi(resp.Header.Get("X-Rollcall-Age"))
		if err != nil || age < newest {
			t.Fatalf("an age of %q follows one of %d s", resp.Header.Get("X-Rollcall-Age"), newest)
		}
		newest = age
		return age >= seconds
	})
	if _, metrics := n.page(t, "/metrics"); strings.Contains(metrics, "\nrollcall_journal_cut_off_seconds 0\n") {
		t.Error("its metric says that it is not cut off")
	}
}

func (n *serveNode) mustRecover(t *testing.T) {
	t.Helper()
	eventually(t, "it is ready again", func() bool { status, _ := n.ready(t); return status == http.StatusOK })
	if _, _, resp := n.users(t, nil, 10, ""); resp.Header.Get("X-Rollcall-Age") != "" || resp.Status != http.StatusOK {
		t.Errorf("ready again it answers %d with age %q", resp.Status, resp.Header.Get("X-Rollcall-Age"))
	}
}

// longCut is longer than a server takes to notice that it has lost the others, and
// to become a replica without a leader that answers from what it has.
const longCut = 25

// A host, with its NATS server and its node, is cut off from the others, which go
// on: its node is not ready for as long, and its age is true.
func TestServe_AnIsolatedHostSaysSo(t *testing.T) {
	t.Parallel()
	c, wires := startNATSWired(t)
	program := builtBinary(t)
	free := startServe(t, program, c.urls()[:1], "free")
	alone := startServe(t, program, c.urls()[2:], "alone", "--max-age", "10s")
	free.login(t, "before")
	eventually(t, "the other node shows it", func() bool { seen, _, _ := alone.users(t, nil, 10, ""); return len(seen) == 1 })
	for _, w := range wires {
		w.set(true)
	}
	eventually(t, "the others take events", func() bool {
		return free.send(t, "/v1/events", nil, loginDocument("meanwhile")).Status == http.StatusOK
	})
	alone.mustSaySo(t, longCut, "")
	if _, _, resp := alone.users(t, nil, 10, ""); resp.Status != http.StatusServiceUnavailable || !strings.Contains(string(resp.Body), "--max-age") {
		t.Errorf("beyond --max-age it answers %d: %s", resp.Status, resp.Body)
	}
	for _, w := range wires {
		w.set(false)
	}
	alone.mustRecover(t)
	if seen, _, _ := alone.users(t, nil, 10, ""); !slices.Contains(seen, "meanwhile") {
		t.Errorf("ready again it shows %q", seen)
	}
}

func TestServe_WithoutTwoOfThreeServersANodeSaysSo(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	n := startServe(t, builtBinary(t), c.urls(), "node")
	n.login(t, "before")
	c[0].stop()
	c[1].stop()
	n.mustSaySo(t, longCut, "")
	c[0].start(t)
	c[1].start(t)
	n.mustRecover(t)
}

// One server hangs and falls behind; when it goes on, the two others hang. What it
// answers, a replica without a leader, is no damage, for however long.
func TestNATS_AReplicaThatFellBehindIsNoDamage(t *testing.T) {
	t.Parallel()
	processes, urls := startNATSProcesses(t, 3)
	l := openLog(t, nodeOptions(urls, "node")) // patient for 3 s
	var h logtest.History
	appendAll(t, &h, l, 3)
	signal := func(name string, s syscall.Signal) {
		if err := processes[name].cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for name := range processes {
		names = append(names, name)
	}
	slices.Sort(names)
	signal(names[0], syscall.SIGSTOP)
	appendAll(t, &h, l, 20)
	signal(names[1], syscall.SIGSTOP)
	signal(names[2], syscall.SIGSTOP)
	signal(names[0], syscall.SIGCONT)
	eventually(t, "it is long out of contact", func() bool {
		at, _ := l.Contact()
		if err := l.Err(); err != nil {
			t.Fatalf("the log failed: %v", err)
		}
		return time.Since(at) > 2*longCut*time.Second
	})
	signal(names[1], syscall.SIGCONT)
	signal(names[2], syscall.SIGCONT)
	appendAll(t, &h, l, 1)
	logtest.CheckLog(t, l, &h)
}

// changeStream changes the journal's stream as an operator may.
func changeStream(t *testing.T, c natsCluster, change func(*jetstream.StreamConfig)) {
	t.Helper()
	config := streamConfig(t, c)
	change(&config)
	if _, err := c.js(t).UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
}

// A message that is too large for what the stream takes by now costs whoever sent
// it an error, and nobody else anything.
func TestNATS_AMessageThatIsTooLargeBlocksNoOther(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int32{"that is of use": 20_000, "that is of none": 1500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startNATS(t)
			l := openLog(t, c.options("node"))
			var h logtest.History
			appendAll(t, &h, l, 1)
			before := l.Limits()
			changeStream(t, c, func(s *jetstream.StreamConfig) { s.MaxMsgSize = size })
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if _, err := h.Append(t.Context(), l, 1, 200); err != nil {
						t.Errorf("a small append: %v", err)
					}
				})
				all.Go(func() {
					if _, err := l.Append(t.Context(), [][]byte{noise(100_000)}); !errors.Is(err, journal.ErrTooLarge) {
						t.Errorf("a large append: got %v, want %v", err, journal.ErrTooLarge)
					}
				})
			}
			all.Wait()
			eventually(t, "the limits follow", func() bool { return l.Limits().Bytes < int(size) })
			if size < 16<<10 {
				eventually(t, "it says that nothing of use is taken", func() bool {
					at, trouble := l.Contact()
					return time.Since(at) > 5*time.Second && trouble != nil && strings.Contains(trouble.Error(), "max_msg_size")
				})
			}
			changeStream(t, c, func(s *jetstream.StreamConfig) { s.MaxMsgSize = -1 })
			eventually(t, "the limits are as before", func() bool { return l.Limits() == before })
			appendAll(t, &h, l, 1)
			if packs, err := logtest.ReadAll(l); err != nil || len(packs) < 3 {
				t.Errorf("%d packs, %v", len(packs), err)
			}
		})
	}
}

// A stream that takes nothing makes its nodes unready, which say why, and take
// events again when there is room.
func TestServe_AFullStreamIsSaidToBe(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	n := startServe(t, builtBinary(t), c.urls(), "node", "--nats-replicas", "1", "--request-timeout", "2s")
	n.login(t, "before")
	full := streamConfig(t, c)
	changeStream(t, c, func(s *jetstream.StreamConfig) { s.MaxMsgs = 1 })
	for _, agent := range []string{"large", "small", "other"} {
		if resp := n.send(t, "/v1/events", nil, loginDocument(agent)); resp.Status != http.StatusServiceUnavailable {
			t.Errorf("an event for a full stream: %d %s", resp.Status, resp.Body)
		}
	}
	n.mustSaySo(t, 10, "maximum messages exceeded")
	changeStream(t, c, func(s *jetstream.StreamConfig) { s.MaxMsgs = full.MaxMsgs })
	n.mustRecover(t)
	n.login(t, "after")
}

// What somebody else publishes in the stream is stepped over, wherever it lies,
// named and counted; whoever shares a subject with it goes behind it.
func TestNATS_StraysAreNamedAndSteppedOver(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	js := c.js(t)
	l := openLog(t, c.options("a"))
	prefix := "ROLLCALL." + l.Epoch().String() + "."
	var h logtest.History
	var want []journal.Stray
	publish := func(subject string) {
		t.Helper()
		ack, err := js.Publish(t.Context(), subject, []byte("junk that is longer than the header of a pack, which has 48 bytes"))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, journal.Stray{Sequence: ack.Sequence, Name: subject})
	}
	publish(prefix + "stranger")
	for range 3 {
		appendAll(t, &h, l, 2)
		publish(prefix + "a")
		publish(prefix + "no+node")
	}
	appendAll(t, &h, l, 6)
	publish(prefix + "stranger")
	mustStepOver := func(l *natslog.Log) {
		t.Helper()
		packs, err := logtest.ReadAll(l)
		if n, _ := h.Acknowledged(); err != nil || len(packs) != n {
			t.Errorf("read %d packs of %d, %v", len(packs), n, err)
		}
		if _, err := l.Stat(t.Context(), rollcall.Position{}); err != nil {
			t.Error(err)
		}
		report, err := archive.Check(t.Context(), l, nil)
		slices.SortFunc(report.Strays, func(a, b journal.Stray) int { return int(a.Sequence) - int(b.Sequence) })
		if err != nil || report.Packs != uint64(len(packs)) || !slices.Equal(report.Strays, want) || report.StraysCount != uint64(len(want)) {
			t.Errorf("a check finds %+v, %v, want %d packs and strays %v", report, err, len(packs), want)
		}
	}
	late := openLog(t, c.options("late"))
	if late.End() != l.End() {
		t.Errorf("a node that is new ends at %s, want %s", late.End(), l.End())
	}
	mustStepOver(late)
	again := openLog(t, c.options("a"))
	appendAll(t, &h, again, 1)
	mustStepOver(openLog(t, c.options("later")))
	if err := l.Err(); err != nil {
		t.Errorf("the log failed: %v", err)
	}
}
