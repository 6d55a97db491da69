package ingest

import (
	"context"

	"rollcall/internal/access"
)

// Delivery is what a source inside the process takes in at a time: records of a
// stream, each of which may hold several documents or none. What is no agent
// event is left out and told; it never holds up what is behind it.
type Delivery struct{ parts *parts }

// Begin begins a delivery, with a pass of the source's own (access.Within). leftOut
// is told, with a label for metrics, why something in the record being taken is
// left out.
func (in *Intake) Begin(pass access.Pass, leftOut func(label, reason string)) *Delivery {
	d := &Delivery{parts: in.newParts(pass)}
	d.parts.leftOut = leftOut
	return d
}

// Take takes a record. It may keep what was taken before. An error means that
// the delivery is to be closed and taken again from its beginning: to bring what
// was kept again changes nothing.
func (d *Delivery) Take(ctx context.Context, record []byte) error { return d.parts.take(ctx, record) }

// Keep makes what was taken durable, with the record of the checkpoint that
// covers it behind the last of it. Errors are Take's.
func (d *Delivery) Keep(ctx context.Context, checkpoint []byte) error {
	most := d.parts.intake.o.Log.Limits()
	if len(d.parts.documents)+len(d.parts.contacts) == most.Records || d.parts.bytes+len(checkpoint) > most.Bytes {
		if err := d.parts.keep(ctx); err != nil {
			return err
		}
	}
	return d.parts.keep(ctx, checkpoint)
}

// Close ends the delivery. What was taken and not kept is nowhere.
func (d *Delivery) Close() {
	if audit := d.parts.intake.o.Audit; audit != nil {
		for _, instance := range d.parts.begun {
			audit(access.Act{KeyID: d.parts.pass.KeyID(), Action: access.ActionPutEvents, Resource: instance.String()})
		}
	}
	d.parts.intake.observe(Outcome{Accepted: d.parts.accepted, Refused: d.parts.refused, Unknown: d.parts.unknown})
	d.parts.close()
}
