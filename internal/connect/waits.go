package connect

import (
	"slices"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/tally"
)

// waits gives who waits in the floor's queues; source is false where nobody can
// tell. Those of whom nothing came for too long are left out.
func (o *Options) waits(fl *floor.Floor) (waiting []rollcall.Wait, source bool) {
	if o.Lobby == nil {
		return nil, false
	}
	o.View(func() { waiting, source = o.Lobby.Waiting(fl.ARN()) })
	since := o.Now().Add(-o.WaitForget)
	from := slices.IndexFunc(waiting, func(w rollcall.Wait) bool { return !w.Since.Before(since) })
	if from < 0 {
		return nil, source
	}
	return waiting[from:], source
}

// withWaits adds who waits to what was counted.
func withWaits(rows []tally.Row, asked *tally.Question, waiting []rollcall.Wait, fl *floor.Floor) []tally.Row {
	d, _ := fl.Directory()
	served := make(map[rollcall.QueueID][]rollcall.RoutingProfileID) // :: queue -> profiles whose agents take its contacts
	for _, r := range d.Profiles.All {
		if r.Profile == nil {
			continue
		}
		for i := range r.Profile.InboundQueues {
			queue, profile := r.Profile.InboundQueues[i].ID, rollcall.RoutingProfileID(r.ID)
			if !slices.Contains(served[queue], profile) {
				served[queue] = append(served[queue], profile)
			}
		}
	}
	return asked.AddWaits(rows, waiting, func(queue rollcall.QueueID) []rollcall.RoutingProfileID { return served[queue] })
}
