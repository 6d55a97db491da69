// Command soak shows that strangers can't make a rollcall server slow for
// those who have business with it. `make soak` runs it.
//
// It starts the real binary on loopback, with a simulated floor that goes on
// changing, and lets good clients ask signed questions at a steady rate: for a
// while alone, and then beside an attack. The attack, in a process of its own,
// is thousands of connections that say nothing, clients that send a byte a
// second, clients that don't read, large bodies under false signatures, and
// garbage of all kinds. It ends by itself, and nothing of it leaves
// 127.0.0.1.
//
// What comes out is a table: the good clients' latencies before, during and
// after, and the server's memory. The exit status is 1 when their 99th
// percentile during the attack is more than -ratio times what it is without
// one, when any good request failed, or when the server did not get rid of what
// the attack had left.
//
// Latencies are measured from the moment at which a request was due, not from
// that at which there was time to send it: a server that stalls is not asked
// less.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// plan is what a run does. Its JSON is what the attacker is handed.
type plan struct {
	Binary   string        `json:"-"`
	Agents   int           `json:"-"` // on the floor
	Good     float64       `json:"-"` // questions a second
	Duration time.Duration `json:"-"` // of each of the three measurements
	Ratio    float64       `json:"-"` // that is still good

	Address  string `json:"address"` // of the server, HOST:PORT
	Instance string `json:"instance"`
	KeyID    string `json:"keyId"` // a key that the server knows; the attacker has seen its id, not its secret
	Idle     int    `json:"idle"`
	Slow     int    `json:"slow"`
	Unread   int    `json:"unread"`
	False    int    `json:"false"`
	Garbage  int    `json:"garbage"` // requests a second
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == attackWord {
		if err := workAsAttacker(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "attacker:", err)
			os.Exit(1)
		}
		return
	}
	var p plan
	flag.StringVar(&p.Binary, "binary", "bin/rollcall", "the server")
	flag.IntVar(&p.Agents, "agents", 1000, "agents on the simulated floor")
	flag.Float64Var(&p.Good, "good", 100, "good questions a second, 100 agents an answer")
	flag.DurationVar(&p.Duration, "duration", 40*time.Second, "of each of the three measurements: before, during, after")
	flag.Float64Var(&p.Ratio, "ratio", 2, "largest p99 during the attack, as a multiple of that without one")
	flag.IntVar(&p.Idle, "idle", 10_000, "connections that say nothing")
	flag.IntVar(&p.Slow, "slow", 100, "clients that send a byte a second")
	flag.IntVar(&p.Unread, "unread", 300, "clients that ask and don't read")
	flag.IntVar(&p.False, "false", 16, "senders of 4 MiB of events each, and no end, under a known key with a false signature")
	flag.IntVar(&p.Garbage, "garbage", 2_000, "requests a second that make no sense or come from nobody known")
	flag.Parse()
	if err := run(ctx, p); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run does it all, in order.
func run(ctx context.Context, p plan) (err error) {
	p.Idle = fitIdle(p.Idle)
	s, err := startServer(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	p.Address, p.Instance, p.KeyID = s.Address, s.centre.Config().InstanceID, keyID
	changing, still := context.WithCancel(ctx)
	defer still()
	changes := s.keepChanging(changing)

	r := report{plan: p, floor: s.describe(ctx)}
	say("the server is at %s, its admin pages at %s; good clients alone, to warm up", s.client.Endpoint, s.Admin)
	s.ask(ctx, p.Good, p.Duration/4)
	say("good clients alone, measured for %s", p.Duration)
	r.before = s.measure(ctx, p)
	say("the attack begins")
	attack, err := startAttack(ctx, p)
	if err != nil {
		return err
	}
	say("the attack is in place; good clients beside it, measured for %s", p.Duration)
	r.during = s.measure(ctx, p)
	if r.attack, err = attack.end(); err != nil {
		return err
	}
	say("the attack is over; good clients alone, measured for %s", p.Duration)
	r.after = s.measure(ctx, p)
	r.leftConnections = s.settle(ctx)
	still()
	if err := <-changes; err != nil {
		return fmt.Errorf("events: %w", err)
	}
	r.write(os.Stdout)
	return errors.Join(ctx.Err(), r.verdict())
}

// say tells how far it is, apart from the table.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "soak: "+format+"\n", args...) }

// attackWord makes this program the attacker.
const attackWord = "attack"

// workAsAttacker is handed the plan on standard input, says a line when the
// attack is in place, and its counts when standard input ends.
func workAsAttacker(ctx context.Context) error {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	var p plan
	if err := json.Unmarshal(line, &p); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a := newAttacker(p)
	a.start(ctx)
	fmt.Println("in place")
	_, _ = in.ReadByte() // ends with the driver
	stop()
	a.wait()
	return json.NewEncoder(os.Stdout).Encode(a.counts())
}
