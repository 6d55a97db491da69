package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// natsCommand is the subcommand that runs a NATS server in a process of its own.
const natsCommand = "nats-server"

// runNATS is nats-server, from its Go module: the same options, the same life.
func runNATS(args []string) int {
	nothing := func() {}
	options, err := natsserver.ConfigureOptions(flag.NewFlagSet(natsCommand, flag.ContinueOnError), args, nothing, nothing, nothing)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitSetup
	}
	server, err := natsserver.NewServer(options)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitSetup
	}
	server.ConfigureLogger()
	if err := natsserver.Run(server); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitSetup
	}
	server.WaitForShutdown()
	return 0
}

// natsServer is one server of the cluster.
type natsServer struct {
	*process
	client, route string // host:port
	disk          *disk  // where its part of the journal is; nil: on ours
}

// natsDiskBytes is the size of such a disk.
const natsDiskBytes = 512 << 20

// natsConfig is what every operator of a journal is told to set: synced before
// acknowledged. Dead peers are noticed fast.
const natsConfig = `server_name: %s
listen: %q
ping_interval: "2s"
ping_max: 2
write_deadline: "3s"
jetstream { store_dir: %q, sync_interval: always, max_memory_store: 64MB, max_file_store: 8GB }
cluster { name: torture, listen: %q, ping_interval: "2s", ping_max: 2, routes: [%s] }
`

// newNATS writes the configuration of a server for each host.
func newNATS(ctx context.Context, dir string, w *network, t *timeline) ([]*natsServer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var servers []*natsServer
	var routes []string
	for i, h := range w.hosts {
		ports, err := freePorts(ctx, "127.0.0.1", 2)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("nats-%d", i+1)
		server := &natsServer{
			client:  fmt.Sprintf("%s:%d", h.address, ports[0]),
			route:   fmt.Sprintf("%s:%d", h.address, ports[1]),
			process: newProcess(t, name, filepath.Join(dir, name+".log"), nil, self, natsCommand, "-c", filepath.Join(dir, name+".conf")),
		}
		server.host = h
		routes = append(routes, fmt.Sprintf("%q", "nats://"+server.route))
		servers = append(servers, server)
	}
	for _, s := range servers {
		config := fmt.Sprintf(natsConfig, s.name, s.client, filepath.Join(dir, s.name), s.route, strings.Join(routes, ", "))
		if err := os.WriteFile(filepath.Join(dir, s.name+".conf"), []byte(config), 0o600); err != nil {
			return nil, err
		}
	}
	return servers, nil
}

// stream is the name of the journal's stream.
const stream = "ROLLCALL"

// overseer knows who leads.
type overseer struct {
	servers []*natsServer
	conn    *nats.Conn
	js      jetstream.JetStream
}

func openOverseer(servers []*natsServer) (*overseer, error) {
	conn, err := nats.Connect(strings.Join(urls(servers), ","), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	return &overseer{servers: servers, conn: conn, js: js}, err
}

func urls(servers []*natsServer) []string {
	var all []string
	for _, s := range servers {
		all = append(all, "nats://"+s.client)
	}
	return all
}

// leader is the server that leads the journal's stream. When nobody does for a
// while it is any server, and the fault has another name.
func (o *overseer) leader(ctx context.Context, b *blow, otherwise string) *natsServer {
	ctx, cancel := context.WithTimeout(ctx, b.longest/2)
	defer cancel()
	var leader *natsServer
	err := await(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		found, err := o.js.Stream(ctx, stream)
		if err != nil {
			return err
		}
		for _, s := range o.servers {
			if c := found.CachedInfo().Cluster; c != nil && s.name == c.Leader {
				leader = s
				return nil
			}
		}
		return errors.New("no leader")
	})
	if err != nil {
		b.name = otherwise
		return pick(b, o.servers)
	}
	return leader
}
