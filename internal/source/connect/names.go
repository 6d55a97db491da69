package connect

import (
	"context"
	"fmt"
	"slices"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/source"
)

// names are what the answers only give ids of.
type names struct {
	profiles []connectapi.RoutingProfileSummary
	statuses map[string]connectapi.AgentStatusSummary // :: id
	byName   map[string]connectapi.AgentStatusSummary // :: name
	queues   map[string]connectapi.QueueSummary       // :: id
	groups   map[string]connectapi.HierarchyGroupSummary
	users    map[string]user

	whole map[string]*rollcall.RoutingProfile // :: id of a profile -> it with its queues, as far as they were read
}

type user struct{ username, first, last string }

// pages asks an operation page for page.
func pages[In, Out any](ctx context.Context, s *Seeder, operation *connectapi.Typed[In, Out], in *In, take func(*Out)) error {
	s.tell(func(is *source.SeedStatus) { is.Doing = operation.Name })
	for out, err := range connectclient.Pages(ctx, s.client, operation, in) {
		if err != nil {
			return fmt.Errorf("%s: %w", operation.Name, err)
		}
		take(out)
	}
	return nil
}

// optional has a look go on without what the credentials may not read.
func (s *Seeder) optional(operation string, err error) error {
	if !isDenied(err) {
		return err
	}
	s.tell(func(is *source.SeedStatus) {
		if action := "connect:" + operation; !slices.Contains(is.Lacks, action) {
			is.Lacks = append(slices.Clip(is.Lacks), action)
		}
	})
	return nil
}

// readNames reads all but the queues of profiles, which are read when the first
// agent has one.
func (s *Seeder) readNames(ctx context.Context) (*names, error) {
	n := &names{
		statuses: make(map[string]connectapi.AgentStatusSummary), byName: make(map[string]connectapi.AgentStatusSummary),
		queues: make(map[string]connectapi.QueueSummary), groups: make(map[string]connectapi.HierarchyGroupSummary),
		users: make(map[string]user), whole: make(map[string]*rollcall.RoutingProfile),
	}
	id := string(s.Instance.Instance)
	err := pages(ctx, s, connectapi.ListRoutingProfiles, &connectapi.ListRoutingProfilesInput{InstanceID: id, MaxResults: 1000}, func(out *connectapi.ListRoutingProfilesOutput) {
		n.profiles = append(n.profiles, out.RoutingProfileSummaryList...)
	})
	if err != nil {
		return nil, err
	}
	for _, read := range []struct {
		operation string
		err       func() error
	}{
		{connectapi.ListAgentStatuses.Name, func() error {
			return pages(ctx, s, connectapi.ListAgentStatuses, &connectapi.ListAgentStatusesInput{InstanceID: id, MaxResults: 1000}, func(out *connectapi.ListAgentStatusesOutput) {
				for _, is := range out.AgentStatusSummaryList {
					n.statuses[is.ID], n.byName[is.Name] = is, is
				}
			})
		}},
		{connectapi.ListQueues.Name, func() error {
			in := &connectapi.ListQueuesInput{InstanceID: id, MaxResults: 1000, QueueTypes: []connectapi.QueueType{"STANDARD"}}
			return pages(ctx, s, connectapi.ListQueues, in, func(out *connectapi.ListQueuesOutput) {
				for _, is := range out.QueueSummaryList {
					n.queues[is.ID] = is
				}
			})
		}},
		{connectapi.ListUserHierarchyGroups.Name, func() error {
			return pages(ctx, s, connectapi.ListUserHierarchyGroups, &connectapi.ListUserHierarchyGroupsInput{InstanceID: id, MaxResults: 1000}, func(out *connectapi.ListUserHierarchyGroupsOutput) {
				for _, is := range out.UserHierarchyGroupSummaryList {
					n.groups[is.ID] = is
				}
			})
		}},
		{connectapi.SearchUsers.Name, func() error { return s.readUsers(ctx, n) }},
	} {
		if err := s.optional(read.operation, read.err()); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// readUsers reads users' names: all of them, or only those by which they log in
// where no more is permitted.
func (s *Seeder) readUsers(ctx context.Context, n *names) error {
	id := string(s.Instance.Instance)
	count := func() { s.tell(func(is *source.SeedStatus) { is.Names = len(n.users) }) }
	denied := pages(ctx, s, connectapi.SearchUsers, &connectapi.SearchUsersInput{InstanceID: id, MaxResults: 500}, func(out *connectapi.SearchUsersOutput) {
		for i := range out.Users {
			is := &out.Users[i]
			u := user{username: is.Username}
			if is.IdentityInfo != nil {
				u.first, u.last = is.IdentityInfo.FirstName, is.IdentityInfo.LastName
			}
			n.users[is.ID] = u
		}
		count()
	})
	if !isDenied(denied) {
		return denied
	}
	err := pages(ctx, s, connectapi.ListUsers, &connectapi.ListUsersInput{InstanceID: id, MaxResults: 1000}, func(out *connectapi.ListUsersOutput) {
		for _, is := range out.UserSummaryList {
			n.users[is.ID] = user{username: is.Username}
		}
		count()
	})
	if err != nil {
		return err
	}
	return denied
}

// profile gives a routing profile with its queues.
func (s *Seeder) profile(ctx context.Context, n *names, id, arn string) (*rollcall.RoutingProfile, error) {
	if p, read := n.whole[id]; read {
		return p, nil
	}
	p := &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id), ARN: arn}
	for i := range n.profiles {
		if n.profiles[i].ID == id {
			p.Name = n.profiles[i].Name
		}
	}
	at := make(map[string]int) // :: queue id -> its place
	in := &connectapi.ListRoutingProfileQueuesInput{InstanceID: string(s.Instance.Instance), RoutingProfileID: id, MaxResults: 100}
	err := pages(ctx, s, connectapi.ListRoutingProfileQueues, in, func(out *connectapi.ListRoutingProfileQueuesOutput) {
		for _, is := range out.RoutingProfileQueueConfigSummaryList { // one for each channel of a queue
			i, known := at[is.QueueID]
			if !known {
				i = len(p.InboundQueues)
				at[is.QueueID] = i
				p.InboundQueues = append(p.InboundQueues, rollcall.Queue{ID: rollcall.QueueID(is.QueueID), ARN: is.QueueARN, Name: is.QueueName})
			}
			p.InboundQueues[i].Channels = append(p.InboundQueues[i].Channels, rollcall.Channel(is.Channel))
		}
	})
	if err := s.optional(connectapi.ListRoutingProfileQueues.Name, err); err != nil {
		return nil, err
	}
	n.whole[id] = p
	return p, nil
}
