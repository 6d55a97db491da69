package floor

import (
	"cmp"
	"iter"
	"math"
	"math/bits"
	"slices"

	"rollcall"
)

// Page is a part of an answer, from one version of the floor.
type Page struct {
	Agents   []*rollcall.Agent // in the order of their ordinals; nil of SelectAnswers
	Answers  []*Answer         // of each, ready; nil when Options.Encode is
	Total    int               // agents that match, on all pages
	More     bool              // some that match come after this page
	Next     rollcall.Cursor   // where the page after this one begins
	Who      uint64            // of SelectAnswers: a hash of the agents' ordinals, whatever state they are in
	Position rollcall.Position // the newest record that this version holds
}

// Select answers a query: the agents that match and come after the cursor, at
// most limit of them; none with a limit of 0, which asks for the total alone.
// The query's instance is not looked at.
func (fl *Floor) Select(q *rollcall.Query, after rollcall.Cursor, limit int) Page {
	page, rows := fl.choose(q, after, limit)
	page.Agents = make([]*rollcall.Agent, len(rows))
	for i, r := range rows {
		page.Agents[i] = r.agent(fl.agents)
	}
	page.Answers = fl.answers(rows)
	return page
}

// SelectAnswers is Select for who wants the ready answers alone: the page has
// no Agents, which cost about 0.2 µs each to make.
func (fl *Floor) SelectAnswers(q *rollcall.Query, after rollcall.Cursor, limit int) Page {
	page, rows := fl.choose(q, after, limit)
	page.Answers = fl.answers(rows)
	return page
}

// SelectEach is Select for who looks at one agent after the other: the page has
// neither Agents nor Answers, but n agents, each of which is made when its turn
// comes.
func (fl *Floor) SelectEach(q *rollcall.Query, after rollcall.Cursor, limit int) (page Page, n int, each iter.Seq[*rollcall.Agent]) {
	page, rows := fl.choose(q, after, limit)
	return page, len(rows), func(yield func(*rollcall.Agent) bool) {
		for _, r := range rows {
			if !yield(r.agent(fl.agents)) {
				return
			}
		}
	}
}

// Rows are all agents that a query selects, of one version. Each is made when it
// is asked for.
type Rows struct {
	Position rollcall.Position // the newest record that this version holds

	rows   []*row
	agents string
}

// SelectRows is Select of all who match, for who looks at some of them, or at some
// again.
func (fl *Floor) SelectRows(q *rollcall.Query) Rows {
	page, rows := fl.choose(q, rollcall.Cursor{}, math.MaxInt)
	return Rows{Position: page.Position, rows: rows, agents: fl.agents}
}

// Len is how many there are.
func (r *Rows) Len() int { return len(r.rows) }

// Agent is the one at i, in the order of their ordinals.
func (r *Rows) Agent(i int) *rollcall.Agent { return r.rows[i].agent(r.agents) }

func (fl *Floor) answers(rows []*row) []*Answer {
	if fl.encode == nil {
		return nil
	}
	answers := make([]*Answer, len(rows))
	for i, r := range rows {
		answers[i] = &r.answer
	}
	return answers
}

// choose gives the rows of a page.
func (fl *Floor) choose(q *rollcall.Query, after rollcall.Cursor, limit int) (Page, []*row) {
	if q.Traits.Any() {
		return fl.sift(q, q.Traits.Match, after, limit)
	}
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.chooseLocked(q, after, limit)
}

func (fl *Floor) chooseLocked(q *rollcall.Query, after rollcall.Cursor, limit int) (Page, []*row) {
	p := fl.index.plan(q, &fl.scratches)
	defer p.close()
	page := Page{Next: after, Position: fl.versionLocked().position}
	w := walk{floor: fl, page: &page, limit: max(limit, 0)}
	if after.Started {
		w.from = uint64(after.Ordinal) + 1
	}
	w.run(&p, q)
	return page, w.rows
}

// Search is Select of those who also match in a way that no index knows. It asks
// every agent that the query selects, about 0.3 µs each, of one version.
func (fl *Floor) Search(q *rollcall.Query, match func(*rollcall.Agent) bool, after rollcall.Cursor, limit int) Page {
	both := func(a *rollcall.Agent) bool { return q.Traits.Match(a) && match(a) }
	page, rows := fl.sift(q, both, after, limit)
	page.Agents = make([]*rollcall.Agent, len(rows))
	for i, r := range rows {
		page.Agents[i] = r.agent(fl.agents)
	}
	return page
}

// sift asks row after row for what no index knows, with no lock held.
func (fl *Floor) sift(q *rollcall.Query, match func(*rollcall.Agent) bool, after rollcall.Cursor, limit int) (Page, []*row) {
	indexed := *q
	indexed.Traits = rollcall.Traits{}
	page, rows := fl.choose(&indexed, rollcall.Cursor{}, math.MaxInt)
	page.Next, page.Total, page.Who = after, 0, 0
	matches := rows[:0]
	for _, r := range rows {
		if !match(r.agent(fl.agents)) {
			continue
		}
		page.Total++
		switch {
		case after.Started && r.ordinal <= after.Ordinal:
		case len(matches) >= limit:
			page.More = true
		default:
			matches = append(matches, r)
			page.Next = rollcall.Cursor{Ordinal: r.ordinal, Started: true}
		}
	}
	return page, matches
}

// whoFactor is that of the FNV hash of 64 bits.
const whoFactor = 1<<40 + 0x1b3

// walk goes over a plan's sets and fills a page.
type walk struct {
	floor *Floor
	page  *Page
	rows  []*row
	from  uint64 // the first ordinal that may be on the page
	limit int
}

// run walks the first set and masks it with the others. The total wants the
// whole walk, unless the set knows its size or the total is remembered: then the
// page alone does.
func (w *walk) run(p *plan, q *rollcall.Query) {
	lead, totals, version := &p.sets[0], &w.floor.totals, w.floor.version.number
	w.rows = make([]*row, 0, min(w.limit, lead.size))
	var question []byte
	known := len(p.sets) == 1 && lead.exact
	if known {
		w.page.Total = lead.size
	} else if lead.size >= totals.dear {
		question = appendQuestion(make([]byte, 0, questionRoom(q)), q)
		w.page.Total, known = totals.find(question, version)
	}
	p.gather(known)
	if lead.isList() {
		w.runList(lead.list, p.sets[1:], known)
	} else {
		w.runBlocks(lead, p.sets[1:], known)
	}
	if question != nil && !known {
		totals.put(question, version, w.page.Total)
	}
}

// runList asks the masks for one ordinal after the other: a list has few.
func (w *walk) runList(list []uint32, masks []set, known bool) {
	if known {
		first, _ := slices.BinarySearchFunc(list, w.from, func(o uint32, from uint64) int { return cmp.Compare(uint64(o), from) })
		list = list[first:]
	}
	for _, o := range list {
		if !hasAll(masks, o) {
			continue
		}
		if !known {
			w.page.Total++
		}
		if w.add(o); known && w.page.More {
			return
		}
	}
}

// runBlocks works out a block of ordinals at a time. When the page is full,
// what is left is only counted.
func (w *walk) runBlocks(lead *set, masks []set, known bool) {
	if known {
		w.runWindows(lead, masks)
		return
	}
	var b, mask block
	for k, ok := lead.seek(0); ok; k, ok = lead.seek(k + 1) {
		if w.page.More {
			if n, ok := countBoth(lead, masks, k); ok {
				w.page.Total += n
				continue
			}
		}
		loadAll(lead, masks, k, whole, &b, &mask)
		w.page.Total += b.count()
		if !w.page.More && w.from < uint64(k+1)*blockOrdinals {
			w.take(k, &b)
		}
	}
}

// runWindows works out as many words of a block as the page will need by what
// the set has on average, and twice as many the next time.
func (w *walk) runWindows(lead *set, masks []set) {
	need, words := uint64(min(w.limit, w.page.Total))+1, uint64(w.floor.index.span/wordBits+1)
	width := int(min(need*words*9/8/uint64(max(w.page.Total, 1))+1, blockWords))
	var b, mask block
	for k, ok := lead.seek(int(w.from / blockOrdinals)); ok; k, ok = lead.seek(k + 1) {
		for first := max(int(w.from/wordBits)-k*blockWords, 0); first < blockWords; width = min(2*width, blockWords) {
			next := min(first+width, blockWords)
			loadAll(lead, masks, k, whole<<first&(whole>>(blockWords-next)), &b, &mask)
			if w.take(k, &b); w.page.More {
				return
			}
			first = next
		}
	}
}

// take puts the block's agents on the page, as far as they come after the
// cursor and there is room.
func (w *walk) take(k int, b *block) {
	for live := b.live; live != 0; live &= live - 1 {
		i := bits.TrailingZeros64(live) % blockWords
		for word := b.words[i]; word != 0; word &= word - 1 {
			if w.add(ordinalOf(k*blockWords+i, word)); w.page.More {
				return
			}
		}
	}
}

// add puts an agent on the page, if it comes after the cursor and there is room.
func (w *walk) add(o uint32) {
	switch {
	case w.page.More || uint64(o) < w.from:
	case len(w.rows) == w.limit:
		w.page.More = true
	default:
		w.rows = append(w.rows, w.floor.rows.get(o))
		w.page.Next = rollcall.Cursor{Ordinal: o, Started: true}
		w.page.Who = (w.page.Who ^ uint64(o)) * whoFactor
	}
}
