package floor

import (
	"slices"
	"time"

	"rollcall"
)

// names is the directory as the writer keeps it: what the events of an instance
// named, each with the newest instant at which one did. By that instant, and
// not by the order of the journal, it is decided which name is the newest.
//
// Nearly all events name what is known already, under its known name, and then
// it only is to be noted when. A profile has tens of queues, all of them named
// by each of its agents' events, and a group those above it. So whoever finds
// all of them agreed (whole.settled) notes the instant with the whole, and the
// parts get it when one of them is doubted (flush).
//
// What no row names any more is remembered within namesRoom, the newest; the
// rest is forgotten (sweep). It is changed, and read by whoever asks what events
// would add, under shared.mu.
type names struct {
	kinds   [kindsOfNames]map[string]*named // :: id -> what is known
	list    []*named                        // in the order of their ordinals
	next    uint32                          // ordinal
	bytes   int64                           // of all
	room    int64                           // beyond so many bytes it is swept
	turn    uint64                          // grows whenever something known changes
	stamped []*named                        // whose whole has an instant that its parts have not
	changed bool                            // since the last view
	trial   bool                            // each is reckoned as the most that it took
	lacks   bool                            // a row names something that is not here: of a snapshot, damage
}

// What is named.
const (
	nameOfQueue = iota
	nameOfProfile
	nameOfStatus
	nameOfGroup
	kindsOfNames
)

// named is what is known of a resource.
type named struct {
	kind  int
	is    *Resource // which others may hold
	at    time.Time // of the newest event that named it
	rows  int       // how often rows name it
	bytes int64     // its price
	whole *naming   // of a profile, and of a group in which somebody is
}

// naming is what else is named with a resource.
type naming struct {
	profile *rollcall.RoutingProfile // as it is in rows
	path    *rollcall.HierarchyPath  // as it is in rows
	parts   []*named                 // all that it names, itself among them
	settled uint64                   // the turn in which all of that was agreed
	stamp   time.Time                // later than that of parts; zero when it isn't
}

// namesRoom is how many bytes of what no row names are remembered.
const namesRoom = 1 << 20

func newNames() *names {
	d := &names{room: namesRoom, turn: 1}
	for k := range d.kinds {
		d.kinds[k] = make(map[string]*named)
	}
	return d
}

// note takes in what an event did, which said so much: was and is are its agent
// before and after it, nil where there is none.
func (d *names) note(was, is *rollcall.Agent, said *rollcall.Snapshot) {
	if said != nil {
		d.say(is, said)
	}
	if is != nil {
		d.hold(is, was, 1)
	}
	if was != nil {
		d.hold(was, is, -1)
	}
	if d.bytes > d.room {
		d.sweep()
	}
}

// say takes in what an event named whose snapshot and outcome these are. The
// outcome has the same values, but mostly in one place with those of other
// agents.
func (d *names) say(is *rollcall.Agent, said *rollcall.Snapshot) {
	at := is.EventAt
	if s := said.Status; s != nil {
		d.name(nameOfStatus, &Resource{ID: string(s.ID), ARN: s.ARN, Name: s.Name, Type: s.Type}, at)
	}
	if n := said.Next; n != nil {
		d.name(nameOfStatus, &Resource{ID: string(n.ID), ARN: n.ARN, Name: n.Name}, at)
	}
	if c := said.Configuration; c != nil {
		if c.RoutingProfile != nil {
			d.profile(is.Configuration.RoutingProfile, said.Concurrency, at)
		}
		if c.Hierarchy != nil {
			d.path(is.Configuration.Hierarchy, at)
		}
	}
	for i := range said.Contacts {
		if q := said.Contacts[i].Queue; q != nil {
			d.queue(q, at)
		}
	}
}

// name takes in what an event says of a resource. It tells whether that is what
// is known, and gives what there is; nil for what has no id.
func (d *names) name(kind int, said *Resource, at time.Time) (n *named, agreed bool) {
	if said.ID == "" {
		return nil, true
	}
	n = d.kinds[kind][said.ID]
	switch {
	case n == nil:
		return d.begin(kind, *said, at), true
	case said.differs(n.is):
		return n, d.rename(n, said, at)
	}
	n.at = later(n.at, at)
	return n, true
}

// begin begins a resource.
func (d *names) begin(kind int, is Resource, at time.Time) *named {
	is.Ordinal, is.ChangedAt = d.next, at
	d.next++
	n := &named{kind: kind, at: at}
	d.kinds[kind][is.ID] = n
	d.list = append(d.list, n)
	d.set(n, &is)
	return n
}

// rename takes in what is said otherwise than it is known, and tells whether it
// is so from now on. Of an older event counts what is not known yet.
func (d *names) rename(n *named, said *Resource, at time.Time) bool {
	d.flush()
	is := *n.is
	newest := !at.Before(n.at)
	if newest {
		is.take(said)
		n.at = at
	} else {
		was := is
		is.take(said)
		is.take(&was)
	}
	if is.differs(n.is) {
		is.ChangedAt = later(is.ChangedAt, at)
		d.set(n, &is)
		d.turn++
	}
	return newest
}

func (d *names) set(n *named, is *Resource) {
	n.is = is
	d.reprice(n)
	d.changed = true
}

// profile takes in a routing profile with its queues.
func (d *names) profile(p *rollcall.RoutingProfile, slots []rollcall.Concurrency, at time.Time) {
	n := d.kinds[nameOfProfile][string(p.ID)]
	if n != nil && n.whole != nil && n.whole.profile == p && sameMaxima(n.is.Slots, slots) && d.stamp(n, at) {
		return
	}
	d.flush()
	turn, all := d.turn, true
	var parts []*named
	part := func(n *named, agreed bool) {
		if all = all && agreed; n != nil {
			parts = append(parts, n)
		}
	}
	for i := range p.InboundQueues {
		part(d.queue(&p.InboundQueues[i], at))
	}
	if q := p.DefaultOutboundQueue; q != nil {
		part(d.queue(q, at))
	}
	n, agreed := d.name(nameOfProfile, &Resource{ID: string(p.ID), ARN: p.ARN, Name: p.Name, Profile: p, Slots: maxima(slots)}, at)
	part(n, agreed)
	if n != nil {
		d.settle(n, &naming{profile: p, parts: parts}, all && turn == d.turn)
	}
}

func (d *names) queue(q *rollcall.Queue, at time.Time) (*named, bool) {
	if q.Agent {
		return nil, true
	}
	return d.name(nameOfQueue, &Resource{ID: string(q.ID), ARN: q.ARN, Name: q.Name}, at)
}

// path takes in a group and those above it.
func (d *names) path(p *rollcall.HierarchyPath, at time.Time) {
	group := (&rollcall.Configuration{Hierarchy: p}).Group()
	n := d.kinds[nameOfGroup][string(group.ID)]
	if n != nil && n.whole != nil && n.whole.path == p && d.stamp(n, at) {
		return
	}
	d.flush()
	turn, all, parent := d.turn, true, ""
	var parts []*named
	for i := range p {
		g := &p[i]
		var agreed bool
		if n, agreed = d.name(nameOfGroup, &Resource{ID: string(g.ID), ARN: g.ARN, Name: g.Name, Level: i + 1, Parent: parent}, at); n != nil {
			parts, all, parent = append(parts, n), all && agreed, string(g.ID)
		}
	}
	if len(parts) > 0 {
		d.settle(parts[len(parts)-1], &naming{path: p, parts: parts}, all && turn == d.turn)
	}
}

// settle notes what a resource is named with, and whether all of that is known so.
func (d *names) settle(n *named, w *naming, agreed bool) {
	if agreed {
		w.settled = d.turn
	}
	n.whole = w
}

// stamp notes that all that the resource is named with was named at that instant,
// if all of it is agreed.
func (d *names) stamp(n *named, at time.Time) bool {
	w := n.whole
	if w.settled != d.turn {
		return false
	}
	if w.stamp.IsZero() {
		d.stamped = append(d.stamped, n)
	}
	w.stamp = later(w.stamp, at)
	return true
}

// flush gives the parts the instants of their wholes.
func (d *names) flush() {
	for _, n := range d.stamped {
		for _, part := range n.whole.parts {
			part.at = later(part.at, n.whole.stamp)
		}
		n.whole.stamp = time.Time{}
	}
	d.stamped = d.stamped[:0]
}

// hold counts a row's names, but for those that the other row names, too.
func (d *names) hold(a, other *rollcall.Agent, n int) {
	if other == nil {
		other = noAgent
	}
	if a.Status.ID != other.Status.ID {
		d.count(nameOfStatus, string(a.Status.ID), n)
	}
	if a.Next != other.Next {
		d.holdNext(a.Next, n)
	}
	if a.Configuration.RoutingProfile != other.Configuration.RoutingProfile {
		d.holdProfile(a.Configuration.RoutingProfile, n)
	}
	if a.Configuration.Hierarchy != other.Configuration.Hierarchy {
		d.holdPath(a.Configuration.Hierarchy, n)
	}
	if len(a.Contacts) > 0 && (len(other.Contacts) == 0 || &a.Contacts[0] != &other.Contacts[0]) {
		for i := range a.Contacts {
			d.holdQueue(a.Contacts[i].Queue, n)
		}
	}
}

// noAgent stands for the agent that isn't there.
var noAgent = new(rollcall.Agent)

func (d *names) holdNext(s *rollcall.NextStatus, n int) {
	if s != nil {
		d.count(nameOfStatus, string(s.ID), n)
	}
}

func (d *names) holdProfile(p *rollcall.RoutingProfile, n int) {
	if p == nil {
		return
	}
	d.count(nameOfProfile, string(p.ID), n)
	for i := range p.InboundQueues {
		d.holdQueue(&p.InboundQueues[i], n)
	}
	d.holdQueue(p.DefaultOutboundQueue, n)
}

func (d *names) holdQueue(q *rollcall.Queue, n int) {
	if q != nil && !q.Agent {
		d.count(nameOfQueue, string(q.ID), n)
	}
}

func (d *names) holdPath(p *rollcall.HierarchyPath, n int) {
	if p != nil {
		for i := range p {
			d.count(nameOfGroup, string(p[i].ID), n)
		}
	}
}

func (d *names) count(kind int, id string, n int) {
	switch is := d.kinds[kind][id]; {
	case is != nil:
		is.rows += n
	case id != "":
		d.lacks = true
	}
}

// sweep forgets what no row names, but for the newest half of what there is room
// for.
func (d *names) sweep() {
	d.flush()
	var idle []*named
	bytes := int64(0)
	for _, n := range d.list {
		if n.rows == 0 {
			idle = append(idle, n)
			bytes += n.bytes
		}
	}
	d.room = d.bytes - bytes + namesRoom
	slices.SortStableFunc(idle, func(a, b *named) int { return a.at.Compare(b.at) })
	for _, n := range idle {
		if bytes <= namesRoom/2 {
			break
		}
		bytes -= n.bytes
		d.bytes -= n.bytes
		delete(d.kinds[n.kind], n.is.ID)
		d.changed = true
	}
	d.list = slices.DeleteFunc(d.list, func(n *named) bool { return d.kinds[n.kind][n.is.ID] != n })
	d.turn++
}

// view is the directory as others see it, nil if they have the newest.
func (d *names) view() *Directory {
	if !d.changed {
		return nil
	}
	d.changed = false
	var all [kindsOfNames][]*Resource
	for _, n := range d.list {
		if n.kind != nameOfStatus || n.is.Type != "" {
			all[n.kind] = append(all[n.kind], n.is)
		}
	}
	return &Directory{
		Queues: newListing(all[nameOfQueue]), Profiles: newListing(all[nameOfProfile]),
		Statuses: newListing(all[nameOfStatus]), Groups: newListing(all[nameOfGroup]),
	}
}

// missing sums the bytes of what is said here otherwise than there, or not at all
// there.
func (d *names) missing(other *names) (bytes int64) {
	for _, n := range d.list {
		if is := other.kinds[n.kind][n.is.ID]; is == nil || n.is.differs(is.is) {
			bytes += n.bytes
		}
	}
	return bytes
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
