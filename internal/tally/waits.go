package tally

import (
	"slices"

	"rollcall"
)

// AddWaits gives the rows with contacts that wait counted, which come in the order
// of their waits, the longest first; and with rows for cells in which somebody waits
// and no agent is. The filters by queue, channel and profile let contacts through as
// they do agents, the one by status lets all. served tells whose agents take the
// contacts of a queue.
func (q *Question) AddWaits(rows []Row, waits []rollcall.Wait, served func(rollcall.QueueID) []rollcall.RoutingProfileID) []Row {
	rows = slices.Clone(rows)
	at := make(map[Cell]int, len(rows)) // :: cell -> its row
	for i := range rows {
		at[rows[i].Cell] = i
	}
	for i := range waits {
		w := &waits[i]
		for _, cell := range q.cellsOf(w, served) {
			row, there := at[cell]
			if !there {
				row = len(rows)
				at[cell] = row
				rows = append(rows, Row{Cell: cell})
			}
			m := &rows[row].Metrics
			if m.Waiting++; m.Waiting == 1 {
				m.WaitingSince = w.Since
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.Compare(b.Cell) })
	return rows
}

// cellsOf are the cells in which a contact counts.
func (q *Question) cellsOf(w *rollcall.Wait, served func(rollcall.QueueID) []rollcall.RoutingProfileID) []Cell {
	if len(q.Queues) > 0 && !slices.Contains(q.Queues, w.Queue) || !q.counts(w.Channel) {
		return nil
	}
	profiles := served(w.Queue)
	if len(q.Profiles) > 0 {
		profiles = slices.DeleteFunc(slices.Clone(profiles), func(id rollcall.RoutingProfileID) bool { return !slices.Contains(q.Profiles, id) })
		if len(profiles) == 0 {
			return nil
		}
	}
	cells := []Cell{{}}
	for _, d := range q.By {
		switch d {
		case ByQueue:
			for i := range cells {
				cells[i].Queue = w.Queue
			}
		case ByChannel:
			for i := range cells {
				cells[i].Channel = w.Channel
			}
		case ByRoutingProfile:
			var more []Cell
			for _, id := range profiles {
				for _, cell := range cells {
					cell.Profile = id
					more = append(more, cell)
				}
			}
			cells = more
		case ByStatus, ByHierarchyGroup, ByActivity:
			return nil
		}
	}
	return cells
}
