package ingest

import (
	"context"
	"fmt"
	"net/http"

	"rollcall"
	"rollcall/internal/agentevent"
	v1 "rollcall/internal/door"
	"rollcall/internal/slab"
)

// Answer is the body of an answer that isn't an error.
type Answer struct {
	Accepted     int           `json:"accepted"`           // documents that are durable
	Position     string        `json:"position,omitempty"` // of the last of them; absent when there is none
	Visible      *bool         `json:"visible,omitempty"`  // whether questions see them; for ?wait=visible only
	RefusedCount int           `json:"refusedCount"`
	Refused      []v1.Document `json:"refused"` // the first Limits.RefusedListed
}

// wish is what the query asks for.
type wish struct {
	skipInvalid bool // ?on-invalid=skip
	visible     bool // ?wait=visible
}

func parseWish(r *http.Request) (wish, error) {
	query, err := v1.Query(r, "on-invalid", "wait")
	if err != nil {
		return wish{}, err
	}
	onInvalid, err := v1.Choice(query, "on-invalid", "refuse", "skip")
	if err != nil {
		return wish{}, err
	}
	wait, err := v1.Choice(query, "wait", "durable", "visible")
	return wish{skipInvalid: onInvalid == "skip", visible: wait == "visible"}, err
}

// post takes the documents of one request in. From top to bottom: who,
// read, judge, keep, answer.
func (in *Intake) post(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), in.limits.RequestTime)
	defer cancel()
	claimed, err := in.o.Gate.Knock(r)
	if err != nil {
		return err
	}
	share := in.budget.Open(claimed)
	defer share.Close()

	body, err := in.read(w, r, &share)
	if err != nil {
		return err
	}
	pass, err := in.o.Gate.Admit(r, body)
	if err != nil {
		return err
	}
	wish, err := parseWish(r)
	if err != nil {
		return err
	}
	if body, err = in.inflate(r.Header, body, &share); err != nil {
		return err
	}

	var records slab.Loan // until they are appended
	defer records.GiveBack()
	batch, err := in.judge(pass, body, &records)
	if err != nil {
		return err
	}
	out := Outcome{Refused: len(batch.Refused), BodyBytes: len(body)}
	defer func() { in.observe(out) }()
	if len(batch.Refused) > 0 && !wish.skipInvalid {
		return in.errRefused(batch)
	}
	if err := in.room(batch.Documents); err != nil {
		return err
	}
	position, err := in.keep(ctx, batch.Documents)
	if err != nil {
		return err
	}
	out.Accepted = len(batch.Documents)
	return in.answer(ctx, w, wish, batch, position)
}

// answer acknowledges what is durable. The status is 202 instead of 200 only
// if the client asked to wait and the floor is not there in time.
func (in *Intake) answer(ctx context.Context, w http.ResponseWriter, wish wish, batch agentevent.Batch, position rollcall.Position) error {
	a := Answer{
		Accepted:     len(batch.Documents),
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
	return v1.WriteJSON(w, status, a)
}

// waitVisible tells whether questions see the position. Why they don't in time
// does not matter any more: the events are kept.
func (in *Intake) waitVisible(ctx context.Context, position rollcall.Position) bool {
	ctx, cancel := context.WithTimeout(ctx, in.limits.VisibleTime)
	defer cancel()
	return in.o.Wait(ctx, position) == nil
}

// errRefused names the documents for which nothing of the request was kept.
func (in *Intake) errRefused(batch agentevent.Batch) error {
	all := len(batch.Documents) + len(batch.Refused)
	return &v1.DocumentsError{
		Message: fmt.Sprintf("%d of %d documents are refused, so nothing of the request was kept (?on-invalid=skip keeps the others)",
			len(batch.Refused), all),
		Refused:   len(batch.Refused),
		Documents: in.listed(batch.Refused),
	}
}

func (in *Intake) listed(refused []agentevent.Refusal) []v1.Document {
	listed := make([]v1.Document, 0, min(len(refused), in.limits.RefusedListed))
	for _, r := range refused[:cap(listed)] {
		listed = append(listed, v1.Document{Number: r.Number, Offset: r.Offset, Member: r.Member, Reason: r.Reason})
	}
	return listed
}
