package connect

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/floor"
	"rollcall/internal/source"
)

// look asks for everybody, and keeps what the floor has otherwise.
func (s *Seeder) look(ctx context.Context) error {
	if fl, known := s.Floor(s.Instance.Instance); known && fl.ARN() != s.Instance {
		return rollcall.Errorf(rollcall.CodeInvalid, "instance %s is %s here: the first account and Region seen for an instance id own it", s.Instance.Instance, fl.ARN())
	}
	n, err := s.readNames(ctx)
	if err != nil {
		return err
	}
	began := s.asks()
	there := make(map[rollcall.AgentID]bool)
	for profiles := range slices.Chunk(n.profiles, atOnce) {
		filters := &connectapi.UserDataFilters{}
		for i := range profiles {
			filters.RoutingProfiles = append(filters.RoutingProfiles, profiles[i].ID)
		}
		if err := s.walk(ctx, n, filters, there); err != nil {
			return err
		}
	}
	return s.keepLeft(ctx, n, there, began)
}

// walk keeps what the answers say of the agents whom the filters select.
func (s *Seeder) walk(ctx context.Context, n *names, filters *connectapi.UserDataFilters, there map[rollcall.AgentID]bool) error {
	in := &connectapi.GetCurrentUserDataInput{InstanceID: string(s.Instance.Instance), Filters: filters, MaxResults: atOnce}
	before := s.Status().Seed.Of
	for {
		s.tell(func(is *source.SeedStatus) { is.Doing = connectapi.GetCurrentUserData.Name })
		asked := s.asks()
		out, err := connectclient.Do(ctx, s.client, connectapi.GetCurrentUserData, in)
		if err != nil {
			return fmt.Errorf("%s: %w", connectapi.GetCurrentUserData.Name, err)
		}
		s.tell(func(is *source.SeedStatus) {
			is.Of = before + int(out.ApproximateTotalCount)
			is.Agents += len(out.UserDataList)
		})
		if err := s.take(ctx, n, out.UserDataList, asked.Add(-lag), there); err != nil {
			return err
		}
		if out.NextToken == "" || out.NextToken == in.NextToken {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

// take keeps what a page says that was so at an instant or later.
func (s *Seeder) take(ctx context.Context, n *names, page []connectapi.UserData, at time.Time, there map[rollcall.AgentID]bool) error {
	fl, known := s.Floor(s.Instance.Instance)
	var seeds []*rollcall.Event
	for i := range page {
		d := &page[i]
		id := rollcall.AgentID(d.User.ID)
		there[id] = true
		var row *rollcall.Agent
		if known {
			row, _ = fl.Agent(id)
		}
		profile, err := s.profileOf(ctx, n, d, row)
		if err != nil {
			return err
		}
		seed, err := canonical(n.seed(s.Instance, d, profile, at, row))
		if err != nil {
			s.Logger.Warn("what Amazon Connect answers about an agent makes no event, and is left out", slog.String("agent", rollcall.Shorten(d.User.ID)), slog.Any("error", err))
			s.count(OutcomeUnusable, 1)
			continue
		}
		o := judge(row, seed)
		if o != OutcomeAgreed && o != OutcomeNewer {
			seeds = append(seeds, seed)
		}
		s.count(o, 1)
	}
	return s.keep(ctx, seeds)
}

// profileOf is the profile that an answer names: the row's, if it has that.
func (s *Seeder) profileOf(ctx context.Context, n *names, d *connectapi.UserData, row *rollcall.Agent) (*rollcall.RoutingProfile, error) {
	is := d.RoutingProfile
	switch {
	case row != nil && row.Configuration.RoutingProfile != nil && (is.ID == "" || string(row.Configuration.RoutingProfile.ID) == is.ID):
		return row.Configuration.RoutingProfile, nil
	case is.ID == "":
		return nil, nil
	}
	return s.profile(ctx, n, is.ID, is.ARN)
}

// keepLeft keeps that those are off the floor who were in no answer, and of whom
// nothing was heard when the look began.
func (s *Seeder) keepLeft(ctx context.Context, n *names, there map[rollcall.AgentID]bool, began time.Time) error {
	fl, known := s.Floor(s.Instance.Instance)
	if !known {
		return nil
	}
	var seeds []*rollcall.Event
	page := floor.Page{More: true}
	for page.More {
		page = fl.Select(&rollcall.Query{Instance: s.Instance.Instance}, page.Next, 1000)
		for _, a := range page.Agents {
			silent := began.Sub(a.EventAt)
			if there[a.ID] || silent < lag || silent < unheard && !a.Seeded() {
				continue
			}
			seed, err := canonical(n.gone(s.Instance, a, began.Add(-lag)))
			if err != nil {
				return err
			}
			seeds = append(seeds, seed)
		}
	}
	s.count(OutcomeLeft, len(seeds))
	return s.keep(ctx, seeds)
}

func (s *Seeder) keep(ctx context.Context, seeds []*rollcall.Event) error {
	for some := range slices.Chunk(seeds, atOnce) {
		if err := s.Keep(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seeder) count(o Outcome, agents int) {
	s.tell(func(is *source.SeedStatus) {
		switch o {
		case OutcomeNew:
			is.New += agents
		case OutcomeAgreed:
			is.Agreed += agents
		case OutcomeNewer:
			is.Newer += agents
		case OutcomeDisagreed:
			is.Disagreed += agents
		case OutcomeOutdated:
			is.Outdated += agents
		case OutcomeLeft:
			is.Left += agents
		case OutcomeUnusable: // is logged
		}
	})
	s.Observe.Looked(s.name, o, agents)
}
