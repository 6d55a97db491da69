package connect

import (
	"cmp"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// What operations show of the floor's directory. What events don't tell is left
// out: see DIVERGENCES.md, "The directory".

// everyOne stands for all resources of a type, as IAM's wildcard resources do.
const everyOne = "*"

// arnOf is the resource's ARN as events had it, or as it follows from its id.
func (q *question) arnOf(kind string, r *floor.Resource) string {
	return cmp.Or(r.ARN, q.ARN.Child(kind, r.ID).String())
}

// find gives the resource that a label names, by its id or ARN.
func (q *question) find(l *floor.Listing, kind, what, label string) (*floor.Resource, error) {
	arn, _ := rollcall.ParseResource(q.ARN, kind, label)
	if r := l.Find(arn.ID); r != nil {
		return r, nil
	}
	return nil, noSuch(what, label)
}

// list gathers a page of those that are to be shown.
func list[T any](q *question, in any, of func(*floor.Directory) floor.Listing, is func(*floor.Resource) bool, show func(*floor.Resource) T) (page []T, next string, total int64, err error) {
	p, err := q.page(in)
	if err != nil {
		return nil, "", 0, err
	}
	directory, at := q.Floor.Directory()
	g := gather[T](p)
	for _, r := range of(directory).All {
		if is(r) {
			g.add(r.Ordinal, func() T { return show(r) })
		}
	}
	next, err = g.end(at)
	return g.list, next, int64(g.total), err
}

func anyResource(*floor.Resource) bool { return true }

func queuesOf(d *floor.Directory) floor.Listing   { return d.Queues }
func profilesOf(d *floor.Directory) floor.Listing { return d.Profiles }
func statusesOf(d *floor.Directory) floor.Listing { return d.Statuses }
func groupsOf(d *floor.Directory) floor.Listing   { return d.Groups }

func (q *question) queue(r *floor.Resource) connectapi.Queue {
	return connectapi.Queue{
		Name: r.Name, QueueARN: q.arnOf(rollcall.TypeQueue, r), QueueID: r.ID,
		LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
	}
}

func (q *question) profile(r *floor.Resource) connectapi.RoutingProfile {
	p := connectapi.RoutingProfile{
		InstanceID: string(q.ARN.Instance), Name: r.Name, RoutingProfileARN: q.arnOf(rollcall.TypeRoutingProfile, r), RoutingProfileID: r.ID,
		AssociatedQueueIDs: queueIDs(r), LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
	}
	queues := int64(len(p.AssociatedQueueIDs))
	p.NumberOfAssociatedQueues = &queues
	for _, s := range r.Slots {
		if s.MaximumSlots > 0 {
			p.MediaConcurrencies = append(p.MediaConcurrencies, connectapi.MediaConcurrency{Channel: connectapi.Channel(s.Channel), Concurrency: int32(s.MaximumSlots)})
		}
	}
	if outbound := r.Profile.DefaultOutboundQueue; outbound != nil {
		p.DefaultOutboundQueueID = string(outbound.ID)
	}
	having := rollcall.Query{RoutingProfiles: []rollcall.RoutingProfileID{rollcall.RoutingProfileID(r.ID)}, IncludeOffline: true}
	users := int64(q.Floor.SelectAnswers(&having, rollcall.Cursor{}, 0).Total)
	p.NumberOfAssociatedUsers = &users
	return p
}

// queueIDs are the ids of a profile's queues, each once.
func queueIDs(profile *floor.Resource) []string {
	var ids []string
	seen := make(map[rollcall.QueueID]bool)
	for i := range profile.Profile.InboundQueues {
		if id := profile.Profile.InboundQueues[i].ID; !seen[id] {
			seen[id] = true
			ids = append(ids, string(id))
		}
	}
	return ids
}

func (q *question) status(r *floor.Resource) connectapi.AgentStatus {
	return connectapi.AgentStatus{
		AgentStatusARN: q.arnOf(rollcall.TypeAgentStatus, r), AgentStatusID: r.ID, Name: r.Name, Type: connectapi.AgentStatusType(r.Type.Nearest()),
		LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
	}
}

func (q *question) groupSummary(r *floor.Resource) connectapi.HierarchyGroupSummary {
	return connectapi.HierarchyGroupSummary{
		ID: r.ID, ARN: q.arnOf(rollcall.TypeHierarchyGroup, r), Name: r.Name,
		LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
	}
}

func (q *question) group(d *floor.Directory, r *floor.Resource) connectapi.HierarchyGroup {
	path := new(connectapi.HierarchyGroupPath)
	levels := [rollcall.HierarchyLevels]**connectapi.HierarchyGroupSummary{&path.LevelOne, &path.LevelTwo, &path.LevelThree, &path.LevelFour, &path.LevelFive}
	for _, at := range d.Path(r) {
		is := q.groupSummary(at)
		*levels[at.Level-1] = &is
	}
	s := q.groupSummary(r)
	return connectapi.HierarchyGroup{
		ID: s.ID, ARN: s.ARN, Name: s.Name, HierarchyPath: path, LastModifiedTime: s.LastModifiedTime, LastModifiedRegion: s.LastModifiedRegion,
	}
}
