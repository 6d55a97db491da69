package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// The question that rivals are asked: who of a hundred queues has a contact in
// one of two states, how many are they, and what is to be said of a hundred of
// them? Theirs are the same agents and the same ready bytes of each as ours;
// they are spared the HTTP, the JSON around the rows, the signature and the
// sealed token.

// rivalQuestions is how many questions there are, each with rivalPages pages.
const (
	rivalQuestions = 100
	rivalPages     = 5
	pageRows       = 100
)

// rivalRow is an agent as rivals keep it.
type rivalRow struct {
	ordinal int
	queues  []string
	states  []string
	answer  []byte
}

// rivalRows are a house's agents, with their answers as rollcall has them.
func rivalRows(h house) ([]rivalRow, error) {
	floors := floor.New(floor.Options{Encode: connect.EncodeUserData})
	c := changer{house: h, floors: floors, position: rollcall.Position{Epoch: 1}}
	for first := 0; first < h.agents; first += fillBatch {
		records, err := c.records(first, min(fillBatch, h.agents-first), 0)
		if err != nil {
			return nil, err
		}
		floors.Apply(records)
	}
	fl, _ := floors.Floor(instanceID)
	page := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, h.agents)
	rows := make([]rivalRow, len(page.Agents))
	for i, agent := range page.Agents {
		rows[i] = rivalRow{ordinal: i, answer: page.Answers[i].Append(nil)}
		for _, q := range agent.Configuration.RoutingProfile.InboundQueues {
			if !q.Agent {
				rows[i].queues = append(rows[i].queues, string(q.ID))
			}
		}
		for k := range agent.Contacts {
			rows[i].states = append(rows[i].states, agent.Contacts[k].State.Shown().String())
		}
	}
	return rows, nil
}

// rivalQueues are the queues of question number i.
func rivalQueues(h house, i int) []string {
	ids := make([]string, 100)
	for k := range ids {
		ids[k] = groupQueueID((spread(i, h.groups()) + k*(h.groups()/100)) % h.groups())
	}
	return ids
}

var rivalStates = []string{"CONNECTED", "CONNECTED_ONHOLD"}

// rival is a database that runs and has the rows.
type rival struct {
	name   string
	target job // its target alone
	stop   func() error
}

func (r *run) measureRedis(ctx context.Context) error    { return r.measureRival(ctx, startRedis) }
func (r *run) measurePostgres(ctx context.Context) error { return r.measureRival(ctx, startPostgres) }

func (r *run) measureRival(ctx context.Context, start func(context.Context, house, []rivalRow) (*rival, error)) (err error) {
	s, err := r.server(ctx, rivalFloor)
	if err != nil {
		return err
	}
	rows, err := rivalRows(s.house)
	if err != nil {
		return err
	}
	r.tell("load %d rows", len(rows))
	other, err := start(ctx, s.house, rows)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.stop()) }()
	var ours answered
	for i := range rivalQuestions {
		filters := listFilter("Queues", rivalQueues(s.house, i)...) + `,"ContactFilter":{"ContactStates":[` + askedStates + `]}`
		if err := ours.walk(ctx, s.client(), filters, rivalPages); err != nil {
			return err
		}
	}
	ask := func(j job) func() (measure, error) {
		j.Connections, j.WarmUp, j.Duration = pageConnections, r.window/2, 2*r.window
		return func() (measure, error) { return load(ctx, j) }
	}
	mine, others, err := r.alternate(other.name,
		ask(job{HTTP: &httpTarget{Address: s.Address, Requests: ours.questions, Key: &benchKey}}), ask(other.target))
	if err != nil {
		return err
	}
	r.report.note("%d agents, %d connections", s.house.agents, pageConnections)
	r.report.add("questions/s: 100 queues and 2 contact states, page of 100, total", "/s", other.name, pairsOf(mine, others, perSecond), ratioAtLeast(10))
	return nil
}

// userOf is who a server runs as that refuses to be root: itself where we
// aren't, else the distribution's user for it.
func userOf(name string) (*syscall.SysProcAttr, func(dir string) error, error) {
	if os.Getuid() != 0 {
		return nil, func(string) error { return nil }, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}},
		func(dir string) error { return os.Chown(dir, uid, gid) }, nil
}

// daemon is a rival's process.
type daemon struct {
	cmd *exec.Cmd
	dir string
	out strings.Builder
}

// stop ends it and removes its data.
func (d *daemon) stop() error {
	_ = d.cmd.Process.Signal(syscall.SIGINT) // PostgreSQL: end now, not when clients like
	killed := time.AfterFunc(10*time.Second, func() { _ = d.cmd.Process.Kill() })
	defer killed.Stop()
	_ = d.cmd.Wait() // it was told to end, and says so
	return os.RemoveAll(d.dir)
}

// freePort is one that was free a moment ago.
func freePort(ctx context.Context) (int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("address %v", l.Addr())
	}
	return addr.Port, l.Close()
}

// untilUp tries until it works, for a while.
func (d *daemon) untilUp(ctx context.Context, try func() error) error {
	var err error
	for range 200 {
		if err = try(); err == nil {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s did not come up: %w; it said: %s", d.cmd.Path, err, d.out.String())
}
