package ingest

import (
	"context"
	"errors"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
)

// keep makes the documents durable, all or none, in the order of their numbers,
// and gives the position of the last. The room that they take on the floor is claimed before. Further records,
// which are no documents, are kept behind them. Without any there is nothing to
// keep, and no position.
func (in *Intake) keep(ctx context.Context, documents []agentevent.Document, contacts []contact, further ...[]byte) (rollcall.Position, error) {
	if len(documents)+len(contacts)+len(further) == 0 {
		return rollcall.Position{}, nil
	}
	records := make([][]byte, 0, len(documents)+len(contacts)+len(further))
	size := 0
	for d, c := documents, contacts; len(d)+len(c) > 0; {
		var record []byte
		if contactFirst(d, c) {
			record, c = c[0].Record, c[1:]
		} else {
			record, d = d[0].Record, d[1:]
		}
		records = append(records, record)
		size += len(record)
	}
	records = append(records, further...)
	settle := func(rollcall.Position) {}
	if in.o.Reserve != nil && len(documents)+len(contacts) > 0 {
		var err error
		if settle, err = in.o.Reserve(documents, instancesOf(contacts)); err != nil {
			return rollcall.Position{}, err
		}
	}
	position, err := in.o.Log.Append(ctx, records)
	settle(position)
	if err != nil {
		return rollcall.Position{}, in.errNotKept(err, len(records), size)
	}
	return position, nil
}

// again tells a client whose events may have been kept that it does no harm to
// send them once more.
const again = "; the events may or may not have been kept, so send them again: an event with an id that is repeated changes nothing"

// errNotKept says what a failed append means for the client.
func (in *Intake) errNotKept(err error, records, size int) error {
	switch {
	case errors.Is(err, journal.ErrTooLarge):
		most := in.o.Log.Limits()
		return rollcall.Errorf(rollcall.CodeTooLarge,
			"the request has %d events of %d bytes together, and at most %d events and %d bytes are kept as one; send them in several requests",
			records, size, most.Records, most.Bytes).WithCause(err)
	case errors.Is(err, journal.ErrFull):
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"the journal holds or waits for as much as it may, and nothing of the request was kept; try again").WithCause(err)
	case errors.Is(err, journal.ErrUnsure):
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"what keeps the journal takes nothing now; /readyz says why"+again).WithCause(err)
	case errors.Is(err, journal.ErrClosed):
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"the server is about to end, and nothing of the request was kept; try again").WithCause(err)
	case errors.Is(err, journal.ErrFailed):
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"the journal failed and the server takes no more events until it is started again"+again).WithCause(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"the events did not become durable within %s"+again, in.limits.RequestTime).WithCause(err)
	}
	return rollcall.Errorf(rollcall.CodeInternal, "append to the journal").WithCause(err)
}
