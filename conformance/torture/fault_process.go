package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// kills ends one process without warning, and starts it again.
func kills(name string, copies int, among ...*process) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		p := pick(b, among)
		return killed(ctx, b, p)
	}}
}

func killed(ctx context.Context, b *blow, all ...*process) error {
	var ends sync.WaitGroup
	for _, p := range all {
		b.whom += p.name + " "
		ends.Go(p.kill)
	}
	ends.Wait()
	b.hold(ctx, 0, 0.3)
	for _, p := range all {
		if err := p.start(); err != nil {
			return err
		}
	}
	return nil
}

// killsAll ends all processes at the same time.
func killsAll(name string, copies int, all ...*process) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		return killed(ctx, b, all...)
	}}
}

// keepsDown ends two of three NATS servers and keeps them down until nodes must
// have noticed that nobody has a majority.
func keepsDown(name string, copies int, servers []*process, nodes []*node) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		spared := b.dice.IntN(len(servers))
		var down []*process
		for i, p := range servers {
			if i != spared {
				down = append(down, p)
				b.whom += p.name + " "
				p.kill()
			}
		}
		alone := stays(ctx, noticeTime, func() bool {
			return !slices.ContainsFunc(down, func(p *process) bool { _, runs := p.running(); return runs })
		})
		if alone {
			b.mustOwnUp(ctx, nodes...)
		}
		for _, p := range down {
			if err := p.start(); err != nil {
				return err
			}
		}
		return nil
	}}
}

// pauses stops one process where it stands. Some are killed before they go on.
func pauses(name string, copies int, among ...*process) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		return paused(ctx, b, pick(b, among))
	}}
}

func paused(ctx context.Context, b *blow, p *process) error {
	b.whom += p.name
	p.signal(signalPause)
	defer p.signal(signalResume)
	b.hold(ctx, 0, 0.7)
	if b.dice.IntN(4) == 0 {
		b.whom += ", then killed"
		p.kill()
		return p.start()
	}
	return nil
}

// killedMeanwhile is the exit status of a process that another fault killed.
const killedMeanwhile = -1

// stops asks one process to end, as an upgrade does, and starts it again. It
// must end with one of the statuses.
func stops(name string, copies int, statuses []int, among ...*process) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		p := pick(b, among)
		b.whom = p.name
		status, err := p.stop(context.WithoutCancel(ctx))
		if err != nil {
			p.kill()
		} else if status != killedMeanwhile && !slices.Contains(statuses, status) {
			err = fmt.Errorf("exit status %d, want one of %d; its log ends with:\n%s", status, statuses, tail(p.logPath))
		}
		if startErr := p.start(); startErr != nil {
			return startErr
		}
		return err
	}}
}
