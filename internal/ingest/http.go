package ingest

import (
	"context"
	"net/http"

	"rollcall"
	"rollcall/internal/door"
)

// Answer is the body of an answer that isn't an error.
type Answer struct {
	Accepted     int             `json:"accepted"`           // documents that are durable
	Position     string          `json:"position,omitempty"` // of the last of them; absent when there is none
	Visible      *bool           `json:"visible,omitempty"`  // whether questions see them; for ?wait=visible only
	RefusedCount int             `json:"refusedCount"`
	Refused      []door.Document `json:"refused"` // the first Limits.RefusedListed
}

// wish is what the query asks for.
type wish struct {
	skipInvalid bool // ?on-invalid=skip
	visible     bool // ?wait=visible
}

func parseWish(r *http.Request) (wish, error) {
	query, err := door.Query(r, "on-invalid", "wait")
	if err != nil {
		return wish{}, err
	}
	onInvalid, err := door.Choice(query, "on-invalid", "refuse", "skip")
	if err != nil {
		return wish{}, err
	}
	wait, err := door.Choice(query, "wait", "durable", "visible")
	return wish{skipInvalid: onInvalid == "skip", visible: wait == "visible"}, err
}

func (in *Intake) post(c *door.Call) error { return in.take(c, c.Request) }

// take takes the documents of one request in. From top to bottom: who, read,
// take, answer.
func (in *Intake) take(c *door.Call, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), in.limits.RequestTime)
	defer cancel()
	claimed, err := in.o.Gate.Knock(r)
	if err != nil {
		return err
	}
	share := in.budget.Open(claimed)
	defer share.Close()

	body, err := in.read(c, r, &share)
	if err != nil {
		return err
	}
	if c.Pass, err = in.o.Gate.Admit(r, body); err != nil {
		return err
	}
	wish, err := parseWish(r)
	if err != nil {
		return err
	}
	if body, err = in.inflate(r.Header, body, &share); err != nil {
		return err
	}

	batch, position, err := in.Take(ctx, c.Pass, body, wish.skipInvalid)
	if err != nil {
		return err
	}
	in.audit(c, batch.Begun)
	return in.answer(ctx, c, wish, batch, position)
}

// answer acknowledges what is durable. The status is 202 instead of 200 only
// if the client asked to wait and the floor is not there in time.
func (in *Intake) answer(ctx context.Context, c *door.Call, wish wish, batch Batch, position rollcall.Position) error {
	a := Answer{
		Accepted:     batch.Accepted,
		RefusedCount: len(batch.Refused),
		Refused:      in.listed(batch.Refused),
	}
	status := http.StatusOK
	if a.Accepted > 0 {
		a.Position = position.String()
	}
	if wish.visible {
		visible := a.Accepted == 0 || in.waitVisible(ctx, position)
		a.Visible = &visible
		if !visible {
			status = http.StatusAccepted
		}
	}
	return c.WriteJSON(status, a)
}

// waitVisible tells whether questions see the position. Why they don't in time
// does not matter any more: the events are kept.
func (in *Intake) waitVisible(ctx context.Context, position rollcall.Position) bool {
	ctx, cancel := context.WithTimeout(ctx, in.limits.VisibleTime)
	defer cancel()
	return in.o.Wait(ctx, position) == nil
}
