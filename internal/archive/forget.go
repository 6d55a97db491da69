package archive

import (
	"context"
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// Standing is a journal that no server uses, and the floors that it makes: for
// who takes out what is too much for a server to start with. The floors have no
// answers, and so take less than the server's.
type Standing struct {
	log   journal.Log
	state *replay.State
	read  rollcall.Position // what the log held
}

// Stand reads a journal to its end. The log stays the caller's.
func Stand(ctx context.Context, log journal.Log) (*Standing, error) {
	state, err := stateFor(ctx, log, true)
	if err != nil {
		return nil, err
	}
	if state == nil {
		state = replay.New(replay.Options{})
	}
	err = scan(ctx, log, state.Position(), nil, func(pack journal.Pack) error {
		_, err := state.Apply(pack)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Standing{log: log, state: state, read: state.Position()}, nil
}

// Floors are what the journal makes.
func (s *Standing) Floors() *floor.Floors { return s.state.Floors() }

// Instance is the floor of an instance, named by id or ARN.
func (s *Standing) Instance(name string) (*floor.Floor, error) {
	id := rollcall.InstanceID(name)
	arn, isARN := rollcall.ParseARN(name)
	if isARN {
		id = arn.Instance
	}
	fl, known := s.Floors().Floor(id)
	if !known || isARN && arn != fl.ARN() {
		return nil, fmt.Errorf("there is no instance %q in this journal", rollcall.Shorten(name))
	}
	return fl, nil
}

// RemoveInstance forgets an instance with all its agents, and gives the position
// of the event that did it.
func (s *Standing) RemoveInstance(ctx context.Context, fl *floor.Floor) (rollcall.Position, error) {
	return s.append(ctx, rollcall.NewRemoval(fl.ARN(), fl.Since()))
}

// ForgetAgent forgets an agent, named by id or ARN; with force also one who is on
// the floor, after a logout at now.
func (s *Standing) ForgetAgent(ctx context.Context, fl *floor.Floor, name string, force bool, now time.Time) (rollcall.Position, error) {
	id := name
	if arn, ok := rollcall.ParseARN(name); ok && arn.Type == rollcall.TypeAgent && arn.InstanceARN() == fl.ARN() {
		id = arn.ID
	}
	agent, known := fl.Agent(rollcall.AgentID(id))
	switch {
	case !known:
		return rollcall.Position{}, fmt.Errorf("there is no agent with the id %q in instance %s", rollcall.Shorten(id), fl.ARN().Instance)
	case !agent.Online():
		return s.append(ctx, rollcall.NewForgetting(fl.ARN(), agent))
	case !force:
		return rollcall.Position{}, fmt.Errorf("the agent is on the floor (%s), and only who is off it is forgotten; --force logs the agent out first", agent.Activity())
	}
	logout := rollcall.NewLogout(fl.ARN(), agent, now)
	gone := *agent
	gone.EventAt = logout.At
	return s.append(ctx, logout, rollcall.NewForgetting(fl.ARN(), &gone))
}

// Close writes a snapshot if something was forgotten, so that the next start need
// not make it again.
func (s *Standing) Close(ctx context.Context) error {
	if s.state.Position() == s.read {
		return nil
	}
	if _, err := s.log.PutSnapshot(ctx, s.state.WriteSnapshot); err != nil {
		return fmt.Errorf("write a snapshot: %w", err)
	}
	return nil
}

func (s *Standing) append(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error) {
	records, err := agentevent.Records(events...)
	if err != nil {
		return rollcall.Position{}, err
	}
	p, err := s.log.Append(ctx, records)
	if err != nil {
		return p, fmt.Errorf("append to the journal: %w", err)
	}
	_, err = s.state.Apply(journal.Pack{Epoch: p.Epoch, Sequence: p.Pack, First: p.Event - uint32(len(records)-1), Records: records})
	return p, err
}
