package v1

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/hub"
	"rollcall/internal/tally"
)

// maxSummaryRows is how many agents include=rows gives; more are refused.
const maxSummaryRows = 5000

// The shapes of a summary; tally.Counts says what each number counts.
type (
	summaryView struct {
		Position string            `json:"position"`
		Total    countsView        `json:"total"`
		Groups   []groupCountsView `json:"groups"`
		Agents   []agentView       `json:"agents,omitzero"` // with include=rows alone
	}

	groupCountsView struct {
		By map[string]any `json:"by"` // :: dimension -> labelView, statusLabelView or string
		countsView
	}

	labelView struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}

	statusLabelView struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}

	countsView struct {
		Agents        int                     `json:"agents"`
		Online        int                     `json:"online"`
		Staffed       int                     `json:"staffed"`
		Available     int                     `json:"available"`
		OnContact     int                     `json:"onContact"`
		NonProductive int                     `json:"nonProductive"`
		Error         int                     `json:"error"`
		ByActivity    map[string]int          `json:"byActivity"`
		Contacts      contactCountsView       `json:"contacts"`
		Slots         map[string]slotSumsView `json:"slots"`
		Longest       map[string]sightingView `json:"longest"`
		NotHeardFor   *sightingView           `json:"notHeardFor,omitempty"`

		// Where contact events tell who waits, of contacts that the group can have.
		Waiting     *int             `json:"waiting,omitzero"`
		LongestWait *longestWaitView `json:"longestWait,omitzero"`
	}

	contactCountsView struct {
		Total            int            `json:"total"`
		ByState          map[string]int `json:"byState"`
		ByChannel        map[string]int `json:"byChannel"`
		AfterContactWork int            `json:"afterContactWork"`
	}

	slotSumsView struct {
		Max       int `json:"max"`
		Available int `json:"available"`
		Active    int `json:"active"`
	}

	sightingView struct {
		Since   string `json:"since"`
		AgentID string `json:"agentId"`
	}
)

// byNames are the dimensions as the members of a group's "by".
var byNames = map[tally.Dimension]string{ // :: dimension -> member
	tally.ByQueue: "queue", tally.ByRoutingProfile: "routingProfile", tally.ByHierarchyGroup: "hierarchyGroup",
	tally.ByStatus: "status", tally.ByActivity: "activity", tally.ByChannel: "channel",
}

// summing is what a summary asks beside its filters.
type summing struct {
	by           []tally.Dimension
	rows         bool // include=rows
	includeEmpty bool
}

func parseBy(q *question, value string) error {
	for word := range strings.SplitSeq(value, ",") {
		i := slices.IndexFunc(tally.Dimensions(), func(d tally.Dimension) bool { return d.String() == word })
		switch {
		case i < 0:
			return fmt.Errorf("%q is nothing to group by; there are queue, routing-profile, hierarchy-group, status, activity and channel", rollcall.Shorten(word))
		case len(q.summing.by) == 2:
			return fmt.Errorf("%q has more than two", rollcall.Shorten(value))
		case slices.Contains(q.summing.by, tally.Dimension(i)):
			return fmt.Errorf("%s stands twice", word)
		}
		q.summing.by = append(q.summing.by, tally.Dimension(i))
	}
	return nil
}

func parseInclude(q *question, value string) error {
	if value != "rows" {
		return fmt.Errorf("%q: want rows", rollcall.Shorten(value))
	}
	q.summing.rows = true
	return nil
}

// summarize answers the question from one version of the floor.
func (s *service) summarize(q *question, fl *floor.Floor) (*summaryView, rollcall.Position, error) {
	page, waiting, source := s.read(q, fl, math.MaxInt)
	if q.summing.rows && page.Total > maxSummaryRows {
		return nil, page.Position, rollcall.Errorf(rollcall.CodeInvalid,
			"include: rows of %d agents match, at most %d are given: add a filter, or ask for the list", page.Total, maxSummaryRows)
	}
	total, groups := tally.Sum(page.Agents, q.summing.by, q.keeps)
	v := &summaryView{Position: page.Position.String(), Total: viewCounts(&total), Groups: []groupCountsView{}}
	if q.summing.includeEmpty {
		groups = q.withEmpty(fl, groups)
	}
	var sums map[tally.Key]*waits
	if source && q.asksOfWaits() {
		d, _ := fl.Directory()
		by := servedBy(d)
		waiting = q.through(waiting, by)
		all := waits{n: len(waiting)}
		if len(waiting) > 0 {
			all.longest = waiting[0]
		}
		all.show(&v.Total)
		groups, sums = q.waitingGroups(groups, waiting, by, d)
	}
	for _, g := range groups {
		view := groupCountsView{q.viewLabels(g.Labels), viewCounts(&g.Counts)}
		if sum := sums[g.Key()]; sum != nil {
			sum.show(&view.countsView)
		}
		v.Groups = append(v.Groups, view)
	}
	if q.summing.rows {
		v.Agents = s.view.agents(page.Agents)
	}
	return v, page.Position, nil
}

// keeps tells which labels make groups: under a filter of the dimension only
// those that it names.
func (q *question) keeps(d tally.Dimension, l tally.Label) bool {
	switch d {
	case tally.ByQueue:
		return among(q.query.Queues, l.ID)
	case tally.ByRoutingProfile:
		return among(q.query.RoutingProfiles, l.ID)
	case tally.ByHierarchyGroup:
		return among(q.query.HierarchyGroups, l.ID)
	case tally.ByStatus:
		return among(q.query.Traits.Statuses, l.Name)
	case tally.ByActivity:
		return true // the agents are filtered by it, and have one
	case tally.ByChannel:
		return among(q.query.Traits.Channels, l.Name)
	}
	return true
}

// among tells whether a filter names the value; none names all.
func among[T ~string](filter []T, value string) bool {
	return len(filter) == 0 || slices.Contains(filter, T(value))
}

// withEmpty adds the groups in which nobody is now, as far as anybody on or off
// the floor is known to belong there.
func (q *question) withEmpty(fl *floor.Floor, groups []*tally.Group) []*tally.Group {
	everybody := fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, math.MaxInt)
	_, all := tally.Sum(everybody.Agents, q.summing.by, q.keeps)
	there := make(map[tally.Key]bool, len(groups))
	for _, g := range groups {
		there[g.Key()] = true
	}
	for _, g := range all {
		if !there[g.Key()] {
			groups = append(groups, &tally.Group{Labels: g.Labels})
		}
	}
	slices.SortFunc(groups, tally.CompareGroups)
	return groups
}

func (q *question) viewLabels(labels []tally.Label) map[string]any {
	by := make(map[string]any, len(labels))
	for i, l := range labels {
		d := q.summing.by[i]
		switch d {
		case tally.ByQueue, tally.ByRoutingProfile, tally.ByHierarchyGroup:
			by[byNames[d]] = labelView{l.ID, l.Name}
		case tally.ByStatus:
			by[byNames[d]] = statusLabelView{l.Name, string(l.Type)}
		case tally.ByActivity, tally.ByChannel:
			by[byNames[d]] = l.Name
		}
	}
	return by
}

func viewCounts(c *tally.Counts) countsView {
	v := countsView{
		Agents: c.Agents, Online: c.Online, Staffed: c.Staffed, Available: c.Available, OnContact: c.OnContact,
		NonProductive: c.NonProductive, Error: c.Error, ByActivity: c.ByActivity,
		Contacts: contactCountsView{
			Total: c.Contacts, AfterContactWork: c.AfterContactWork,
			ByState: make(map[string]int, len(c.ByState)), ByChannel: make(map[string]int, len(c.ByChannel)),
		},
		Slots: make(map[string]slotSumsView, len(c.Slots)), Longest: make(map[string]sightingView, len(c.Longest)),
	}
	for state, n := range c.ByState {
		v.Contacts.ByState[state] = n
	}
	for channel, n := range c.ByChannel {
		v.Contacts.ByChannel[string(channel)] = n
	}
	for channel, s := range c.Slots {
		v.Slots[string(channel)] = slotSumsView{s.Maximum, s.Available, s.Active}
	}
	for activity, s := range c.Longest {
		v.Longest[activity] = viewSighting(s)
	}
	if c.NotHeard.Agent != "" {
		s := viewSighting(c.NotHeard)
		v.NotHeardFor = &s
	}
	return v
}

func viewSighting(s tally.Sighting) sightingView {
	return sightingView{instant(s.Since), string(s.Agent)}
}

// summary answers with the numbers.
func (s *service) summary(c *request) error {
	q, err := s.parseQuestion(summed, c.floor, c.values)
	if err != nil {
		return err
	}
	answer, _, err := s.summarize(q, c.floor)
	if err != nil {
		return err
	}
	return c.WriteJSON(http.StatusOK, answer)
}

// watchSummary sends the numbers, and anew when they change.
func (s *service) watchSummary(c *request) error {
	w, err := s.parseWatching(c, summed)
	if err != nil {
		return err
	}
	if _, _, err := s.summarize(w.question, w.floor); err != nil {
		return err // before the answer has begun
	}
	q := hub.Whole(w.key(fmt.Sprint("summary", w.summing)), w.floor, w.interval, func() ([]byte, rollcall.Position, error) {
		answer, at, err := s.summarize(w.question, w.floor)
		if err != nil {
			return nil, at, err
		}
		frame, err := encodeEvent("summary", positionID(at), answer)
		return frame, at, err
	})
	return s.watch(c, w, q, summaryWatch{})
}

// summaryWatch is a summary, whole each time.
type summaryWatch struct{}

func (summaryWatch) synced(rollcall.Position, int) ([]byte, error) { return nil, nil }

func (summaryWatch) resume(*hub.Watcher, rollcall.Position) ([]byte, bool, error) {
	return nil, true, nil
}
