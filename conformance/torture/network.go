package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"sync"
)

// errNotIsolated tells that the system gives us no namespaces.
var errNotIsolated = errors.New("no namespaces of our own")

// network is a switch (a bridge) with some hosts, each in a network namespace
// of its own. The checker is on the bridge and reaches hosts that are cut off
// from each other: their clients are, so to speak, in the same building.
type network struct {
	hosts []*host

	mu   sync.Mutex
	cuts map[[2]int]int // :: from, to -> how many faults cut that direction
}

// host is a machine with an address of its own.
type host struct {
	index   int // in its network
	name    string
	address string
	holder  *exec.Cmd // keeps the namespace; nil on loopback
}

const (
	bridge        = "torture0"
	bridgeAddress = "10.213.0.254/24"
	deadMAC       = "02:00:00:00:de:ad" // nobody's
)

// newLoopback gives hosts that are all this machine and can't be cut off.
func newLoopback(n int) *network {
	w := &network{}
	for i := range n {
		w.hosts = append(w.hosts, &host{index: i, name: "host" + strconv.Itoa(i+1), address: "127.0.0.1"})
	}
	return w
}

// openNetwork makes a network, in the namespaces that isolate gave us. It ends
// with them.
func openNetwork(ctx context.Context, n int) (*network, error) {
	w := &network{cuts: make(map[[2]int]int)}
	for _, args := range [][]string{
		{"link", "add", bridge, "type", "bridge"},
		{"addr", "add", bridgeAddress, "dev", bridge},
		{"link", "set", bridge, "up"},
	} {
		if err := command(ctx, "ip", args...); err != nil {
			return nil, err
		}
	}
	for i := range n {
		h := &host{index: i, name: "host" + strconv.Itoa(i+1), address: fmt.Sprintf("10.213.0.%d", i+1)}
		if err := h.open(ctx); err != nil {
			return nil, err
		}
		w.hosts = append(w.hosts, h)
	}
	return w, nil
}

// open makes the namespace and plugs it into the bridge.
func (h *host) open(ctx context.Context) error {
	h.holder = exec.Command("sleep", "infinity") //nolint:noctx // ends with us
	h.holder.SysProcAttr = newNetworkAttributes()
	if err := h.holder.Start(); err != nil {
		return fmt.Errorf("make %s: %w", h.name, err)
	}
	if err := command(ctx, "ip", "link", "add", h.port(), "type", "veth",
		"peer", "name", "eth0", "netns", strconv.Itoa(h.holder.Process.Pid)); err != nil {
		return err
	}
	if err := command(ctx, "ip", "link", "set", h.port(), "master", bridge, "up"); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"ip", "link", "set", "lo", "up"},
		{"ip", "addr", "add", h.address + "/24", "dev", "eth0"},
		{"ip", "link", "set", "eth0", "up"},
	} {
		if err := h.command(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// port is the host's end on the bridge.
func (h *host) port() string { return "torture" + strconv.Itoa(h.index+1) }

// inside is the command line that runs a program on the host.
func (h *host) inside(args []string) []string {
	if h.holder == nil {
		return args
	}
	return append([]string{"nsenter", fmt.Sprintf("--net=/proc/%d/ns/net", h.holder.Process.Pid), "--"}, args...)
}

func (h *host) command(ctx context.Context, args ...string) error {
	args = h.inside(args)
	return command(ctx, args[0], args[1:]...)
}

// cut lets packets from one host to another vanish, in this direction alone,
// until the function that it gives is called. The sender sees nothing of it: it
// is made to believe that the other has an address on the wire that nobody has.
func (w *network) cut(ctx context.Context, from, to *host) (mend func(), err error) {
	ctx = context.WithoutCancel(ctx)
	pair := [2]int{from.index, to.index}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cuts[pair] == 0 {
		err := from.command(ctx, "ip", "neigh", "replace", to.address, "lladdr", deadMAC, "nud", "permanent", "dev", "eth0")
		if err != nil {
			return nil, err
		}
	}
	w.cuts[pair]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.cuts[pair]--; w.cuts[pair] == 0 {
			_ = from.command(ctx, "ip", "neigh", "del", to.address, "dev", "eth0")
		}
	}, nil
}

// unplug takes the host off the bridge for everybody, the checker included.
func (h *host) unplug(ctx context.Context) (plug func(), err error) {
	ctx = context.WithoutCancel(ctx)
	if err := command(ctx, "ip", "link", "set", h.port(), "down"); err != nil {
		return nil, err
	}
	return func() { _ = command(ctx, "ip", "link", "set", h.port(), "up") }, nil
}

// slow lets the host send slowly, and drop what waits for too long.
func (h *host) slow(ctx context.Context, kbit int) (mend func(), err error) {
	ctx = context.WithoutCancel(ctx)
	err = h.command(ctx, "tc", "qdisc", "replace", "dev", "eth0", "root",
		"tbf", "rate", strconv.Itoa(kbit)+"kbit", "burst", "16kb", "latency", "300ms")
	if err != nil {
		return nil, err
	}
	return func() { _ = h.command(ctx, "tc", "qdisc", "del", "dev", "eth0", "root") }, nil
}

// freePorts gives ports of an address that nobody uses now.
func freePorts(ctx context.Context, address string, n int) ([]int, error) {
	var ports []int
	var listen net.ListenConfig
	for range n {
		l, err := listen.Listen(ctx, "tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
