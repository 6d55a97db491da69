package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// recoverWait is how long a node may take to be ready when its disk has room
// again.
const recoverWait = 30 * time.Second

// fills makes the node's disk full in the middle of its writing. The node may
// end, and start in vain, until there is room.
func fills(name string, copies int, d *disk, n *node) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		spare := b.dice.Int64N(256 << 10)
		b.whom = fmt.Sprintf("%s with %d bytes left", n.name, spare)
		defer n.excuse()()
		if err := d.fill(spare); err != nil {
			return err
		}
		if ended, ok := n.running(); ok {
			held, stop := context.WithTimeout(ctx, 2*b.longest)
			select {
			case <-ended:
				b.whom += ", ended"
				_ = rest(held, b.longest/2) // starts in vain
			case <-held.Done():
			}
			stop()
		}
		if err := d.widen(); err != nil {
			return err
		}
		// What failed on the full disk may show only now.
		_ = rest(ctx, time.Second)
		ready, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWait)
		defer cancel()
		if err := n.awaitReady(ready); err != nil {
			return fmt.Errorf("not ready although the disk has room again: %w", err)
		}
		return nil
	}}
}

// fillsServer makes the disk of a NATS server full. The server then gives
// JetStream up until somebody starts it again, so that is done when there is
// room.
func fillsServer(name string, copies int, servers []*natsServer) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		s := pick(b, servers)
		spare := b.dice.Int64N(64 << 10)
		b.whom = fmt.Sprintf("%s with %d bytes left", s.name, spare)
		defer s.excuse()()
		if err := s.disk.fill(spare); err != nil {
			return err
		}
		b.hold(ctx, 0.4, 1)
		if err := s.disk.widen(); err != nil {
			return err
		}
		s.kill()
		return s.start()
	}}
}

// intrudes starts a second server on the data directory of one that runs. It
// must refuse to start, and say why.
func intrudes(name string, copies int, n *node, args []string) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		b.whom = n.name
		if _, ok := n.running(); !ok {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWait)
		defer cancel()
		second := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the program under test
		second.Env = append(os.Environ(), n.env...)
		second.SysProcAttr = attributes()
		out, _ := second.CombinedOutput() // ProcessState has how it ended
		if second.ProcessState.ExitCode() < 1 || !strings.Contains(string(out), "in use") {
			return fmt.Errorf("a second server on the same data directory: %s, want a refusal: %s", second.ProcessState, out)
		}
		return nil
	}}
}
