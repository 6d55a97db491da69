package ingest

import (
	"context"
	"fmt"
	"slices"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/door"
	"rollcall/internal/slab"
)

// Batch is what became of the documents of one body.
type Batch struct {
	Accepted int // durable
	Refused  []agentevent.Refusal
	Begun    []rollcall.ARN // instances of which these are the first events
}

// Take takes in the documents in body, or in the Lambda event that it is, whoever
// brought them: an HTTP request, or a source inside the process with a pass of its
// own (access.Within). It returns
// when all that is accepted is durable, and gives the position of the last; the
// zero position when there is none. body is the caller's again then.
//
// Documents that can't be kept fail the whole body, with a *door.DocumentsError,
// unless skipInvalid lets the others be kept without them. Any other error
// tells by its rollcall.Code whether to try again: with CodeUnavailable the
// documents may or may not have been kept, and to bring them again changes
// nothing but that.
func (in *Intake) Take(ctx context.Context, pass access.Pass, body []byte, skipInvalid bool) (Batch, rollcall.Position, error) {
	body, err := unwrap(body)
	if err != nil {
		return Batch{}, rollcall.Position{}, err
	}
	var records slab.Loan // until they are appended
	defer records.GiveBack()
	judged, err := in.judge(pass, body, &records)
	if err != nil {
		return Batch{}, rollcall.Position{}, err
	}
	batch := Batch{Refused: judged.Refused}
	out := Outcome{Refused: len(batch.Refused), BodyBytes: len(body)}
	defer func() { in.observe(out) }()
	in.recognizeAll(body, batch.Refused[:min(len(batch.Refused), in.limits.RefusedListed)])
	if len(batch.Refused) > 0 && !skipInvalid {
		return batch, rollcall.Position{}, in.errRefused(batch.Refused, judged.accepted()+len(batch.Refused))
	}
	batch.Begun = in.begun(nil, judged.Documents, judged.contacts)
	position, err := in.keep(ctx, judged.Documents, judged.contacts)
	if err != nil {
		return batch, rollcall.Position{}, err
	}
	batch.Accepted = judged.accepted()
	out.Accepted = batch.Accepted
	out.Unknown.Add(judged.Documents)
	return batch, position, nil
}

// errRefused names the documents for which nothing of the request was kept.
func (in *Intake) errRefused(refused []agentevent.Refusal, all int) error {
	return &door.DocumentsError{
		Message: fmt.Sprintf("%d of %d documents are refused, so nothing of the request was kept (?on-invalid=skip keeps the others)",
			len(refused), all),
		Refused:   len(refused),
		Documents: in.listed(refused),
	}
}

func (in *Intake) listed(refused []agentevent.Refusal) []door.Document {
	listed := make([]door.Document, 0, min(len(refused), in.limits.RefusedListed))
	for _, r := range refused[:cap(listed)] {
		listed = append(listed, door.Document{Number: r.Number, Offset: r.Offset, Member: r.Member, Reason: r.Reason})
	}
	return listed
}

// begun adds the instances of which nothing was known before these documents.
func (in *Intake) begun(list []rollcall.ARN, documents []agentevent.Document, contacts []contact) []rollcall.ARN {
	if in.o.Owner == nil {
		return list
	}
	var last rollcall.ARN
	look := func(instance rollcall.ARN) {
		if instance == last {
			return
		}
		last = instance
		if _, known := in.o.Owner(instance.Instance); !known && !slices.Contains(list, instance) {
			list = append(list, instance)
		}
	}
	for i := range documents {
		look(documents[i].Event.Instance.InstanceARN())
	}
	for i := range contacts {
		look(contacts[i].Event.Instance)
	}
	return list
}

// audit tells who has begun instances.
func (in *Intake) audit(c *door.Call, begun []rollcall.ARN) {
	if in.o.Audit == nil {
		return
	}
	for _, instance := range begun {
		in.o.Audit(access.Act{
			KeyID: c.Pass.KeyID(), Action: access.ActionPutEvents, Resource: instance.String(),
			RequestID: c.ID, RemoteAddr: c.Request.RemoteAddr,
		})
	}
}
