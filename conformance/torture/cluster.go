package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"rollcall/internal/journal"
	"rollcall/internal/journal/natslog"
)

// hosts is how many machines the cluster has.
const hosts = 3

// openCluster starts three hosts, each with a NATS server and a rollcall node.
func openCluster(ctx context.Context, s *settings, dir string, t *timeline) (_ *system, err error) {
	w := newLoopback(hosts)
	if s.isolated {
		if w, err = openNetwork(ctx, hosts); err != nil {
			return nil, err
		}
	}
	servers, err := newNATS(ctx, dir, w, t)
	if err != nil {
		return nil, err
	}
	if s.isolated {
		for _, server := range servers {
			if server.disk, err = openDisk(filepath.Join(dir, server.name), natsDiskBytes); err != nil {
				return nil, err
			}
		}
	}
	sys := &system{name: "cluster", dir: dir, hands: 2, urls: urls(servers)}
	for _, server := range servers {
		sys.others = append(sys.others, server.process)
	}
	var rollcalls []*process
	for _, h := range w.hosts {
		n, err := newClusterNode(ctx, s, dir, h, sys.urls, t)
		if err != nil {
			return nil, err
		}
		n.forgets = true
		sys.nodes, rollcalls = append(sys.nodes, n), append(rollcalls, n.process)
	}
	sys.openJournal = func(ctx context.Context) (journal.Log, error) {
		return natslog.Open(ctx, natslog.Options{URLs: sys.urls, Node: "checker", Stream: stream})
	}
	o, err := openOverseer(servers)
	if err != nil {
		return nil, err
	}
	sys.faults = append(clusterFaults(o, rollcalls, sys.others), keepsDown("NATS majority down for long", 1, sys.others, sys.nodes))
	if s.isolated {
		sys.faults = append(sys.faults, isolatesLong("host isolated for long", 2, w, sys.nodes))
		sys.faults = append(sys.faults, clusterNetworkFaults(w, o)...)
		sys.faults = append(sys.faults, fillsServer("NATS disk full", 1, servers))
	}
	return sys, sys.start(ctx)
}

func clusterFaults(o *overseer, rollcalls, servers []*process) []fault {
	return []fault{
		kills("rollcall killed", 2, rollcalls...),
		pauses("rollcall paused", 1, rollcalls...),
		stops("rollcall stopped", 1, []int{0}, rollcalls...),
		kills("NATS server killed", 1, servers...),
		{name: "NATS leader killed", copies: 2, strike: func(ctx context.Context, b *blow) error {
			return killed(ctx, b, o.leader(ctx, b, "NATS server killed").process)
		}},
		{name: "NATS leader paused", copies: 1, strike: func(ctx context.Context, b *blow) error {
			return paused(ctx, b, o.leader(ctx, b, "NATS server paused").process)
		}},
		pauses("NATS server paused", 1, servers...),
		killsAll("all NATS servers killed", 1, servers...),
		stops("NATS server stopped", 1, []int{0, 1}, servers...),
	}
}

func clusterNetworkFaults(w *network, o *overseer) []fault {
	return []fault{
		isolates("host isolated", 2, w, func(_ context.Context, b *blow) *host { return pick(b, w.hosts) }),
		isolates("leader's host isolated", 2, w, func(ctx context.Context, b *blow) *host { return o.leader(ctx, b, "host isolated").host }),
		splits("two hosts split", 1, w),
		unplugs("host unplugged", 1, w),
		slows("host slowed", 1, w),
	}
}

// secretEnv gives all nodes of a cluster the same secret for page tokens.
func secretEnv() string {
	return "ROLLCALL_TOKEN_SECRET=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("torture", 6)))
}

// newClusterNode is a rollcall server on a host.
func newClusterNode(ctx context.Context, s *settings, dir string, h *host, nats []string, t *timeline) (*node, error) {
	ports, err := freePorts(ctx, "127.0.0.1", 2)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("node-%d", h.index+1)
	public, admin := fmt.Sprintf("%s:%d", h.address, ports[0]), fmt.Sprintf("%s:%d", h.address, ports[1])
	args := append(serveArgs(s, filepath.Join(dir, name), public, admin), "--node-name", name)
	for _, url := range nats {
		args = append(args, "--nats-url", url)
	}
	keys := filepath.Join(dir, name+".keys.yaml")
	token, err := debugToken(ctx, s.binary, keys)
	if err != nil {
		return nil, err
	}
	p := newProcess(t, name, filepath.Join(dir, name+".log"), append(keyEnv(), secretEnv()), append(args, "--keys-file", keys)...)
	p.host = h
	n := newNode(p, "http://"+public, "http://"+admin)
	n.token = token
	return n, nil
}

// debugToken makes a keys file with a token for the pages below /debug, which a
// node shows to other hosts for nothing less.
func debugToken(ctx context.Context, binary, keys string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, "token", "create", "--name", "torture", "--keys-file", keys, "--admin-listen", "", "--policy", "-") //nolint:gosec // the program under test
	cmd.Stdin = strings.NewReader(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rollcall:Debug","Resource":"*"}]}`)
	cmd.Stderr = os.Stderr
	token, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return strings.TrimSpace(string(token)), nil
}
