package floor

import (
	"slices"
	"sync"
	"time"

	"rollcall"
)

// Directory is what the events of an instance named: queues, routing profiles,
// statuses and hierarchy groups, whether or not somebody has them now. It is
// immutable.
type Directory struct {
	Queues   Listing // but agents' own: see rollcall.Agent.OwnQueue
	Profiles Listing
	Statuses Listing // whose type an event told
	Groups   Listing
}

// Resource is one of them, as the newest event by its instant named it. What
// that event left out is as an older one told it.
type Resource struct {
	ID        string
	ARN       string // as it came; empty when no event told any
	Name      string
	Ordinal   uint32    // order of first appearance among all that were named, never reused
	ChangedAt time.Time `json:",omitzero"` // of the newest event that changed something about it; zero when that isn't known

	Type    rollcall.StatusType      `json:",omitzero"` // of a status
	Level   int                      `json:",omitzero"` // of a group, 1 to rollcall.HierarchyLevels
	Parent  string                   `json:",omitzero"` // id of the group above a group; empty on the first level
	Profile *rollcall.RoutingProfile `json:",omitzero"` // of a routing profile
	Slots   []rollcall.Concurrency   `json:",omitzero"` // of a routing profile, maxima alone; empty when no event told any
}

// Listing is the resources of one kind, in the order of their ordinals.
type Listing struct {
	All  []*Resource
	byID func() map[string]*Resource
}

// Find gives the resource of an id, or nil.
func (l *Listing) Find(id string) *Resource {
	if l.byID == nil {
		return nil
	}
	return l.byID()[id]
}

func newListing(all []*Resource) Listing {
	return Listing{All: all, byID: sync.OnceValue(func() map[string]*Resource {
		byID := make(map[string]*Resource, len(all))
		for _, r := range all {
			byID[r.ID] = r
		}
		return byID
	})}
}

// Path is the group and all above it, level one first, by their newest names.
// Where events contradict each other it begins below the first level.
func (d *Directory) Path(group *Resource) []*Resource {
	path := []*Resource{group}
	for above := d.Groups.Find(group.Parent); above != nil && above.Level < path[0].Level; above = d.Groups.Find(above.Parent) {
		path = append([]*Resource{above}, path...)
	}
	return path
}

// Directory gives what the instance's events named, and at which position of the
// journal that was.
func (fl *Floor) Directory() (*Directory, rollcall.Position) {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.directory, fl.versionLocked().position
}

// differs tells whether something is said otherwise than it is there. What isn't said
// doesn't differ.
func (r *Resource) differs(is *Resource) bool {
	return r.Name != "" && r.Name != is.Name || r.ARN != "" && r.ARN != is.ARN || r.Type != "" && r.Type != is.Type ||
		r.Level != 0 && (r.Level != is.Level || r.Parent != is.Parent) ||
		r.Profile != nil && r.Profile != is.Profile && !sameProfile(is.Profile, r.Profile) ||
		!sameMaxima(is.Slots, r.Slots)
}

// take takes over what is said.
func (r *Resource) take(said *Resource) {
	for _, text := range [...]struct {
		to   *string
		said string
	}{{&r.ARN, said.ARN}, {&r.Name, said.Name}, {(*string)(&r.Type), string(said.Type)}} {
		if text.said != "" {
			*text.to = text.said
		}
	}
	if said.Level != 0 {
		r.Level, r.Parent = said.Level, said.Parent
	}
	if said.Profile != nil {
		r.Profile = said.Profile
	}
	if len(said.Slots) > 0 {
		r.Slots = said.Slots
	}
}

// maxima is the concurrency that a profile allows.
func maxima(slots []rollcall.Concurrency) []rollcall.Concurrency {
	is := slices.Clone(slots)
	for i := range is {
		is[i].AvailableSlots = 0
	}
	return is
}

// sameMaxima tells whether slots, if there are any, have these maxima.
func sameMaxima(is, slots []rollcall.Concurrency) bool {
	if len(slots) == 0 {
		return true
	}
	return slices.EqualFunc(is, slots, func(a, b rollcall.Concurrency) bool {
		return a.Channel == b.Channel && a.MaximumSlots == b.MaximumSlots
	})
}
