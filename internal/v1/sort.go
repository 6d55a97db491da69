package v1

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall"
)

// orders are the keys that a list is sorted by. Instants that lie longest ago
// come first.
var orders = map[string]func(a, b *rollcall.Agent) int{ // :: word of the sort parameter -> comparison
	"activity":      func(a, b *rollcall.Agent) int { return strings.Compare(a.ActivityName(), b.ActivityName()) },
	"activitySince": func(a, b *rollcall.Agent) int { return a.ActivitySince().Compare(b.ActivitySince()) },
	"heardAt":       func(a, b *rollcall.Agent) int { return a.EventAt.Compare(b.EventAt) },
	"id":            func(a, b *rollcall.Agent) int { return cmp.Compare(a.ID, b.ID) },
	"name": func(a, b *rollcall.Agent) int {
		return strings.Compare(rollcall.FoldCase(a.Name()), rollcall.FoldCase(b.Name()))
	},
	"status": func(a, b *rollcall.Agent) int { return strings.Compare(a.Status.Name, b.Status.Name) },
}

// parseSort reads keys with commas between; a minus turns a key round.
func parseSort(q *question, value string) error {
	for word := range strings.SplitSeq(value, ",") {
		key, turned := strings.CutPrefix(word, "-")
		order, ok := orders[key]
		if !ok {
			return fmt.Errorf("%q is no key; there are %s, each with a minus before it to turn it round",
				rollcall.Shorten(word), strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
		}
		if turned {
			straight := order
			order = func(a, b *rollcall.Agent) int { return straight(b, a) }
		}
		q.orders = append(q.orders, order)
	}
	return nil
}

// sortAgents puts the agents in the question's order. Who are alike in all keys
// keep the order of their first appearance.
func (q *question) sortAgents(agents []*rollcall.Agent) {
	slices.SortStableFunc(agents, func(a, b *rollcall.Agent) int {
		for _, order := range q.orders {
			if c := order(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
}
