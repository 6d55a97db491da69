package v1

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// The shapes of /v1's answers. Names are lowerCamelCase, instants RFC 3339 in
// UTC with milliseconds; what is unknown is left out. openapi.yaml describes
// them, and a test holds real answers against it.
type (
	instanceView struct {
		ID       string `json:"id"`
		ARN      string `json:"arn"`
		Agents   int    `json:"agents"`
		Online   int    `json:"online"`
		Contacts int    `json:"contacts"`

		FeedAt        string `json:"feedAt,omitempty"`        // of the newest event of an agent who is known; not there without agents
		FeedArrivedAt string `json:"feedArrivedAt,omitempty"` // when this node took it in; not known of what it found at its start
	}

	agentView struct {
		ID             string              `json:"id"`
		ARN            string              `json:"arn"`
		Name           string              `json:"name"`
		Username       string              `json:"username,omitempty"`
		Online         bool                `json:"online"`
		Activity       string              `json:"activity"`
		ActivitySince  string              `json:"activitySince,omitempty"`
		Status         *statusView         `json:"status,omitempty"`
		NextStatus     *nextStatusView     `json:"nextStatus,omitempty"`
		RoutingProfile *routingProfileView `json:"routingProfile,omitempty"`
		Hierarchy      []groupView         `json:"hierarchy,omitempty"`
		Proficiencies  []proficiencyView   `json:"proficiencies,omitempty"`
		Slots          []slotsView         `json:"slots"`
		Contacts       []contactView       `json:"contacts"`
		EventAt        string              `json:"eventAt"`
		HeardAt        string              `json:"heardAt"`
		Seeded         bool                `json:"seeded,omitzero"`
		Stale          bool                `json:"stale,omitzero"`
	}

	syncedView struct {
		Position          string  `json:"position"`
		Total             int     `json:"total"`
		StaleAfterSeconds float64 `json:"staleAfterSeconds"`
		Time              string  `json:"time"` // the server's clock
	}

	namedView struct {
		ID   string `json:"id"`
		ARN  string `json:"arn,omitempty"`
		Name string `json:"name,omitempty"`
	}

	statusView struct {
		namedView
		Type      string `json:"type"`
		StartedAt string `json:"startedAt,omitempty"`
	}

	nextStatusView struct {
		namedView
		EnqueuedAt string `json:"enqueuedAt,omitempty"`
	}

	routingProfileView struct {
		namedView
		Queues []namedView `json:"queues"`
	}

	groupView struct {
		Level int `json:"level"`
		namedView
	}

	proficiencyView struct {
		Name  string  `json:"name"`
		Value string  `json:"value"`
		Level float64 `json:"level"`
	}

	slotsView struct {
		Channel   string `json:"channel"`
		Maximum   int    `json:"maximum"`
		Available int    `json:"available"`
		Active    int    `json:"active"`
	}

	contactView struct {
		ID                 string     `json:"id"`
		InitialID          string     `json:"initialId,omitempty"`
		Channel            string     `json:"channel"`
		InitiationMethod   string     `json:"initiationMethod,omitempty"`
		State              string     `json:"state"`
		StateStartedAt     string     `json:"stateStartedAt,omitempty"`
		ConnectedToAgentAt string     `json:"connectedToAgentAt,omitempty"`
		QueuedAt           string     `json:"queuedAt,omitempty"`
		Queue              *namedView `json:"queue,omitempty"`
	}
)

// instant writes a time, or nothing for one that is unknown.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// agentViewer shows agents as they are seen now.
type agentViewer struct {
	now        func() time.Time
	staleAfter time.Duration // without news, somebody who is online is stale
}

func (w *agentViewer) agents(agents []*rollcall.Agent) []agentView {
	views := make([]agentView, len(agents))
	for i, a := range agents {
		views[i] = w.agent(a)
	}
	return views
}

func (w *agentViewer) agent(a *rollcall.Agent) agentView {
	v := viewAgent(a)
	v.Stale = w.staleAfter > 0 && a.Online() && w.now().Sub(a.EventAt) > w.staleAfter
	return v
}

// A page of a state has at most stateRows rows, and ends with the row with which it
// has statePageBytes. A change has at most changeBytes: who would be sent more
// begins anew, a page at a time.
const (
	stateRows      = 500
	statePageBytes = 256 << 10
	changeBytes    = 16 << 20
)

// page is the frame of a state that begins with the row at from, and where the
// next begins; 0 after the last.
func (w *agentViewer) page(rows *floor.Rows, from int) (frame []byte, next int, err error) {
	frame = append(beginEvent(nil, "state", nil), `{"agents":[`...)
	for next = from; next < min(rows.Len(), from+stateRows) && len(frame) < statePageBytes; next++ {
		if next > from {
			frame = append(frame, ',')
		}
		if frame, err = appendJSON(frame, w.agent(rows.Agent(next))); err != nil {
			return nil, 0, err
		}
	}
	if next < rows.Len() {
		return append(frame, "],\"more\":true}\n\n"...), next, nil
	}
	return append(frame, "],\"more\":false}\n\n"...), 0, nil
}

var errChangeTooLarge = errors.New("a change would be too large")

// change is the frame that leads to a version.
func (w *agentViewer) change(d *floor.Delta) (frame []byte, err error) {
	id := d.Position.String()
	frame = append(append(append(beginEvent(nil, "change", &id), `{"position":"`...), id...), `","agents":[`...)
	for i, a := range d.Agents {
		if i > 0 {
			frame = append(frame, ',')
		}
		if frame, err = appendJSON(frame, w.agent(a)); err != nil {
			return nil, err
		}
		if len(frame) > changeBytes {
			return nil, errChangeTooLarge
		}
	}
	left, err := appendJSON(nil, d.Left) // nil is an empty list
	if err != nil {
		return nil, err
	}
	if len(frame)+len(left) > changeBytes {
		return nil, errChangeTooLarge
	}
	frame = append(append(append(frame, `],"left":`...), left...), `,"total":`...)
	return bytes.Clone(append(strconv.AppendInt(frame, int64(d.Total), 10), "}\n\n"...)), nil // it is kept, and not what it might have grown by
}

// synced is the frame that says that the client has the version now.
func (w *agentViewer) synced(at rollcall.Position, total int) ([]byte, error) {
	return encodeEvent("synced", positionID(at), syncedView{
		Position: at.String(), Total: total, StaleAfterSeconds: w.staleAfter.Seconds(), Time: instant(w.now()),
	})
}

func viewAgent(a *rollcall.Agent) agentView {
	c := &a.Configuration
	v := agentView{
		ID: string(a.ID), ARN: a.ARN, Name: a.Name(), Username: c.Username,
		Online: a.Online(), Activity: a.ActivityName(), ActivitySince: instant(a.ActivitySince()),
		Slots: []slotsView{}, Contacts: []contactView{}, EventAt: instant(a.EventAt), HeardAt: instant(a.EventAt), Seeded: a.Seeded(),
	}
	if s := &a.Status; s.Known() {
		v.Status = &statusView{namedView{string(s.ID), s.ARN, s.Name}, string(s.Type), instant(s.StartedAt)}
	}
	if n := a.Next; n != nil {
		v.NextStatus = &nextStatusView{namedView{string(n.ID), n.ARN, n.Name}, instant(n.EnqueuedAt)}
	}
	if p := c.RoutingProfile; p != nil {
		v.RoutingProfile = viewRoutingProfile(p)
	}
	if c.Hierarchy != nil {
		for i, g := range c.Hierarchy {
			if g.ID != "" {
				v.Hierarchy = append(v.Hierarchy, groupView{i + 1, namedView{string(g.ID), g.ARN, g.Name}})
			}
		}
	}
	for _, p := range c.Proficiencies {
		v.Proficiencies = append(v.Proficiencies, proficiencyView(p))
	}
	for _, s := range a.Slots() {
		v.Slots = append(v.Slots, slotsView{string(s.Channel), s.Maximum, s.Available, s.Active})
	}
	for i := range a.Contacts {
		v.Contacts = append(v.Contacts, viewContact(&a.Contacts[i]))
	}
	return v
}

func viewRoutingProfile(p *rollcall.RoutingProfile) *routingProfileView {
	v := &routingProfileView{namedView{string(p.ID), p.ARN, p.Name}, []namedView{}}
	for _, q := range p.InboundQueues {
		if !q.Agent {
			v.Queues = append(v.Queues, namedView{string(q.ID), q.ARN, q.Name})
		}
	}
	return v
}

func viewContact(c *rollcall.Contact) contactView {
	v := contactView{
		ID: string(c.ID), InitialID: string(c.InitialID), Channel: string(c.Channel), InitiationMethod: c.InitiationMethod,
		State: c.StateName(), StateStartedAt: instant(c.StateStartedAt),
		ConnectedToAgentAt: instant(c.ConnectedToAgentAt), QueuedAt: instant(c.QueuedAt),
	}
	if q := c.Queue; q != nil {
		v.Queue = &namedView{string(q.ID), q.ARN, q.Name}
	}
	return v
}
