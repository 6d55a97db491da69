package ingest

import (
	"context"
	"log/slog"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/slab"
)

// parts takes in documents that come one record after the other, and keeps some
// of them together at a time: each part whole or not at all.
type parts struct {
	intake    *Intake
	pass      access.Pass
	memory    slab.Loan // of the documents
	documents []agentevent.Document
	contacts  []contact
	bytes     int
	number    int // of the newest of both, over all records

	position rollcall.Position // of the newest that is kept
	accepted int
	unknown  agentevent.Unknown // values, in what was accepted
	begun    []rollcall.ARN     // instances of which these are the first events
	refused  int
	first    string                     // why the first was refused
	leftOut  func(label, reason string) // is told of each that was refused; nil: nobody
}

func (in *Intake) newParts(pass access.Pass) *parts { return &parts{intake: in, pass: pass} }

func (p *parts) close() { p.memory.GiveBack() }

// refuse counts a record, or a document in one, that can't be kept.
func (p *parts) refuse(label, reason string) {
	if p.refused++; p.refused == 1 {
		p.first = reason
	}
	if p.leftOut != nil {
		p.leftOut(label, reason)
	}
}

// refuseAs is refuse for what may be recognized. It is looked at only where
// somebody is told: of the first, or of all.
func (p *parts) refuseAs(label, reason string, recognize func() (label, what string)) {
	if p.refused == 0 || p.leftOut != nil {
		if is, what := recognize(); what != "" {
			label, reason = is, "found "+what
		}
	}
	p.refuse(label, reason)
}

// take takes a record, which may hold several documents or none. The error is
// for what ends all of it: a sender who may not put such events, or a journal
// that does not keep them.
func (p *parts) take(ctx context.Context, record []byte) error {
	if len(record) == 0 {
		return nil
	}
	if p.bytes >= firehosePart {
		if err := p.keep(ctx); err != nil {
			return err
		}
		p.memory.GiveBack()
	}
	judged, err := p.intake.judge(p.pass, record, &p.memory)
	switch code := rollcall.ErrorCode(err); {
	case err == nil:
	case code == rollcall.CodeMalformed, code == rollcall.CodeInvalid, code == rollcall.CodeTooLarge:
		p.refuseAs(leftMalformed, rollcall.ErrorMessage(err), func() (string, string) { return recognize(record) })
		return nil
	default:
		return err
	}
	for i := range judged.Refused {
		r := &judged.Refused[i]
		p.refuseAs(leftInvalid, r.String(), func() (string, string) { return recognizeRefused(record, r) })
	}
	for d, c := judged.Documents, judged.contacts; len(d)+len(c) > 0; {
		if contactFirst(d, c) {
			if err := p.makeRoom(ctx, len(c[0].Record)); err != nil {
				return err
			}
			p.number++
			c[0].number = p.number
			p.contacts, c = append(p.contacts, c[0]), c[1:]
			continue
		}
		if err := p.makeRoom(ctx, len(d[0].Record)); err != nil {
			return err
		}
		p.number++
		d[0].Number = p.number
		p.documents, d = append(p.documents, d[0]), d[1:]
	}
	return nil
}

// makeRoom counts a document that is to be kept, and keeps those before it if they
// can't be kept together.
func (p *parts) makeRoom(ctx context.Context, size int) error {
	most := p.intake.o.Log.Limits()
	if p.bytes > 0 && (len(p.documents)+len(p.contacts) == most.Records || p.bytes+size > most.Bytes) {
		if err := p.keep(ctx); err != nil {
			return err
		}
	}
	p.bytes += size
	return nil
}

// keep makes what was taken durable, and behind it further records.
func (p *parts) keep(ctx context.Context, further ...[]byte) error {
	begun := p.intake.begun(p.begun, p.documents, p.contacts) // as nobody knows them yet
	position, err := p.intake.keep(ctx, p.documents, p.contacts, further...)
	if err != nil {
		return err
	}
	p.begun = begun
	if p.bytes > 0 || len(further) > 0 {
		p.position = position
	}
	p.accepted += len(p.documents) + len(p.contacts)
	p.unknown.Add(p.documents)
	p.documents, p.contacts, p.bytes = p.documents[:0], p.contacts[:0], 0
	return nil
}

// log tells what was left out, once for all of it.
func (p *parts) log(ctx context.Context, requestID string) {
	p.intake.observe(Outcome{Accepted: p.accepted, Refused: p.refused, Unknown: p.unknown})
	if p.refused > 0 && p.intake.o.Logger != nil {
		p.intake.o.Logger.LogAttrs(ctx, slog.LevelWarn, "records that are neither agent nor contact events were left out",
			slog.Int("refused", p.refused), slog.Int("accepted", p.accepted), slog.String("first", p.first),
			slog.String("request_id", requestID), slog.String("key_id", p.pass.KeyID()))
	}
}
