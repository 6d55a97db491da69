package v1

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/tally"
)

// maxNameBytes bounds what is searched for in names.
const maxNameBytes = 256

// known looks resources up by what people call them. It goes over the floor at
// most once a dimension, and only where a value is no id.
type known struct {
	floor  *floor.Floor
	labels map[tally.Dimension][]tally.Label
}

func (k *known) of(d tally.Dimension) []tally.Label {
	if labels, ok := k.labels[d]; ok {
		return labels
	}
	if k.labels == nil {
		k.labels = make(map[tally.Dimension][]tally.Label)
	}
	k.labels[d] = labelsOn(k.floor, d)
	return k.labels[d]
}

// labelsOn gives what events named, whether or not anybody has it now.
func labelsOn(fl *floor.Floor, d tally.Dimension) (labels []tally.Label) {
	directory, _ := fl.Directory()
	var all []*floor.Resource
	switch d {
	case tally.ByQueue:
		all = directory.Queues.All
	case tally.ByRoutingProfile:
		all = directory.Profiles.All
	case tally.ByHierarchyGroup:
		all = directory.Groups.All
	case tally.ByStatus, tally.ByActivity, tally.ByChannel:
		_, groups := tally.Sum(fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, math.MaxInt).Agents, []tally.Dimension{d}, nil)
		for _, g := range groups {
			labels = append(labels, g.Labels[0])
		}
	}
	if d == tally.ByStatus {
		for _, r := range directory.Statuses.All { // of those that somebody has some may lack a type, and so aren't here
			l := tally.Label{Name: r.Name, Type: r.Type}
			if !slices.Contains(labels, l) {
				labels = append(labels, l)
			}
		}
	}
	for _, r := range all {
		labels = append(labels, tally.Label{ID: r.ID, Name: r.Name})
	}
	return labels
}

// knownOn looks up what events of the floor named.
func knownOn(fl *floor.Floor) known { return known{floor: fl} }

// named gives the ids or ARNs that a value of the filter stands for: itself, where
// it is none's name.
func (k *known) named(f resourceFilter, value string) []string {
	if !f.byName || k.floor == nil || strings.HasPrefix(value, "arn:") || isUUID(value) {
		return []string{value}
	}
	if ids := k.ids(f.by, value); len(ids) > 0 {
		return ids
	}
	return []string{value}
}

// resolve turns ids, ARNs and names of resources into ids. A name that several
// have means all of them, a UUID that nobody has selects nobody, and anything
// else that nobody has is a mistake.
func resolve[T ~string](q *question, f *resourceFilter, values []string) ([]T, error) {
	list := make([]T, 0, len(values))
	for _, value := range values {
		if value == "" || strings.HasPrefix(value, "arn:") || isUUID(value) {
			resource, why := rollcall.ParseResource(q.instance, f.resourceType, value)
			if why != "" {
				return nil, fmt.Errorf("%q: %s", rollcall.Shorten(value), why)
			}
			list = append(list, T(resource.QueryID()))
			continue
		}
		ids := q.known.ids(f.by, value)
		if len(ids) == 0 {
			return nil, unknown(value, q.known.names(f.by))
		}
		for _, id := range ids {
			list = append(list, T(id))
		}
	}
	return sorted(list), nil
}

// ids are those of the resource that has the id, else of all that have the name.
func (k *known) ids(d tally.Dimension, value string) (ids []string) {
	name := rollcall.FoldCase(value)
	for _, l := range k.of(d) {
		if l.ID == value {
			return []string{value}
		}
		if rollcall.FoldCase(l.Name) == name {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

func (k *known) names(d tally.Dimension) []string {
	names := make([]string, 0, len(k.of(d)))
	for _, l := range k.of(d) {
		if l.Name != "" {
			names = append(names, l.Name)
		} else {
			names = append(names, l.ID)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isUUID tells whether it is an id in the form that Amazon's have, which nobody
// would use as a name.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
				return false
			}
		}
	}
	return true
}

// unknown says that nobody has the value, and what is like it.
func unknown(value string, names []string) error {
	const most = 5
	near := nearest(value, names)
	switch {
	case len(names) == 0:
		return fmt.Errorf("%q: none is known here yet", rollcall.Shorten(value))
	case len(near) > most:
		near = near[:most]
	}
	quoted := make([]string, len(near))
	for i, name := range near {
		quoted[i] = fmt.Sprintf("%q", rollcall.Shorten(name))
	}
	return fmt.Errorf("%q is not known here; the nearest are %s", rollcall.Shorten(value), strings.Join(quoted, ", "))
}

// nearest sorts names by how like the value they are.
func nearest(value string, names []string) []string {
	value = rollcall.FoldCase(value)
	distances := make(map[string]int, len(names))
	for _, name := range names {
		folded := rollcall.FoldCase(name)
		distances[name] = distance(value, folded)
		if strings.Contains(folded, value) || strings.Contains(value, folded) {
			distances[name] = 0
		}
	}
	return slices.SortedStableFunc(maps.Keys(distances), func(a, b string) int {
		if distances[a] != distances[b] {
			return distances[a] - distances[b]
		}
		return strings.Compare(a, b)
	})
}

// distance is how many characters must be put in, taken out or changed to make
// one of the other, looking at no more than the first 64 of each.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 64)], y[:min(len(y), 64)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

func parseStatuses(q *question, values []string) error {
	for _, value := range values {
		var names []string
		for _, l := range q.known.of(tally.ByStatus) {
			if rollcall.FoldCase(l.Name) == rollcall.FoldCase(value) {
				names = append(names, l.Name)
			}
		}
		if len(names) == 0 {
			return unknown(value, q.known.names(tally.ByStatus))
		}
		q.query.Traits.Statuses = append(q.query.Traits.Statuses, names...)
	}
	q.query.Traits.Statuses = sorted(q.query.Traits.Statuses)
	return nil
}

func parseStatusTypes(q *question, values []string) error {
	all := []rollcall.StatusType{rollcall.StatusRoutable, rollcall.StatusCustom, rollcall.StatusOffline}
	for _, value := range values {
		i := slices.IndexFunc(all, func(t rollcall.StatusType) bool { return strings.EqualFold(string(t), value) })
		if i < 0 {
			return fmt.Errorf("%q is no status type; there are ROUTABLE, CUSTOM and OFFLINE", rollcall.Shorten(value))
		}
		q.query.Traits.StatusTypes = append(q.query.Traits.StatusTypes, all[i])
	}
	q.query.Traits.StatusTypes = sorted(q.query.Traits.StatusTypes)
	return nil
}

// parseActivities takes the words that rows show: those of rollcall.Activities,
// and the names of custom statuses.
func parseActivities(q *question, values []string) error {
	words := make([]string, 0, len(rollcall.Activities()))
	for _, a := range rollcall.Activities() {
		words = append(words, a.String())
	}
	fits := func(word, value string) bool { return rollcall.FoldCase(word) == rollcall.FoldCase(value) }
	for _, value := range values {
		found := false
		for _, word := range words {
			if fits(word, value) {
				q.query.Traits.Activities = append(q.query.Traits.Activities, word)
				found = true
			}
		}
		for _, l := range q.known.of(tally.ByStatus) {
			if l.Type.Nearest() == rollcall.StatusCustom && fits(l.Name, value) {
				q.query.Traits.Activities = append(q.query.Traits.Activities, l.Name)
				found = true
			}
		}
		if !found {
			return unknown(value, append(words, q.known.names(tally.ByStatus)...))
		}
	}
	q.query.Traits.Activities = sorted(q.query.Traits.Activities)
	return nil
}

func parseChannels(q *question, values []string) error {
	for _, value := range values {
		channel := strings.ToUpper(value)
		if !rollcall.ValidID(channel) {
			return fmt.Errorf("%q is no channel; VOICE, CHAT, TASK and EMAIL are", rollcall.Shorten(value))
		}
		q.query.Traits.Channels = append(q.query.Traits.Channels, rollcall.Channel(channel))
	}
	q.query.Traits.Channels = sorted(q.query.Traits.Channels)
	return nil
}

func parseName(q *question, value string) error {
	if value == "" || len(value) > maxNameBytes {
		return fmt.Errorf("has %d bytes, want 1 to %d", len(value), maxNameBytes)
	}
	q.query.Traits.Name = value
	return nil
}

func parseLongerThan(q *question, value string) (err error) {
	q.longerThan, err = parseAge(value)
	q.query.Traits.BusySince = q.now.Add(-q.longerThan)
	return err
}

func parseNotHeardFor(q *question, value string) (err error) {
	q.notHeardFor, err = parseAge(value)
	q.query.Traits.HeardBefore = q.now.Add(-q.notHeardFor)
	return err
}

func parseAge(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q: want a duration above 0, such as 90s, 5m or 1h30m", rollcall.Shorten(value))
	}
	return d, nil
}
