package archive

import (
	"context"
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
)

// Standing is a journal that no server uses, and the floors that it makes: for
// who takes out what is too much for a server to start with. The floors have no
// answers, and so take less than the server's.
type Standing struct {
	log    journal.Log
	floors *floor.Floors
	read   rollcall.Position // what the log held
}

// Stand reads a journal to its end. The log stays the caller's.
func Stand(ctx context.Context, log journal.Log) (*Standing, error) {
	floors, err := stateFor(ctx, log, true)
	if err != nil {
		return nil, err
	}
	if floors == nil {
		floors = floor.New(floor.Options{})
	}
	err = scan(ctx, log, floors.Position(), nil, func(pack journal.Pack) error {
		records := make([]rollcall.Record, len(pack.Records))
		for i := range pack.Records {
			event, err := decode(pack, i)
			if err != nil {
				return err
			}
			records[i] = rollcall.Record{Position: pack.Position(i), Event: event}
		}
		floors.Apply(records)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Standing{log: log, floors: floors, read: floors.Position()}, nil
}

// Floors are what the journal makes.
func (s *Standing) Floors() *floor.Floors { return s.floors }

// Instance is the floor of an instance, named by id or ARN.
func (s *Standing) Instance(name string) (*floor.Floor, error) {
	id := rollcall.InstanceID(name)
	arn, isARN := rollcall.ParseARN(name)
	if isARN {
		id = arn.Instance
	}
	fl, known := s.floors.Floor(id)
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
	if s.floors.Position() == s.read {
		return nil
	}
	if _, err := s.log.PutSnapshot(ctx, s.floors.WriteSnapshot); err != nil {
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
	applied := make([]rollcall.Record, len(events))
	for i, e := range events {
		at := p
		at.Event -= uint32(len(events) - 1 - i)
		applied[i] = rollcall.Record{Position: at, Event: e}
	}
	s.floors.Apply(applied)
	return p, nil
}
