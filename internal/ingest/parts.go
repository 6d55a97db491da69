package ingest

import (
	"cmp"
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

	position rollcall.Position // of the newest that is kept
	accepted int
	begun    []rollcall.ARN // instances of which these are the first events
	refused  int
	first    string // why the first was refused
}

func (in *Intake) newParts(pass access.Pass) *parts { return &parts{intake: in, pass: pass} }

func (p *parts) close() { p.memory.GiveBack() }

// refuse counts a record, or a document in one, that can't be kept.
func (p *parts) refuse(reason string) {
	if p.refused++; p.refused == 1 {
		p.first = reason
	}
}

// refuseRecord is refuse for a record of which it may be known what it is. Only
// the first is looked at: the others are not told.
func (p *parts) refuseRecord(record []byte, reason string) {
	if p.refused == 0 {
		reason = cmp.Or(recognize(record), reason)
	}
	p.refuse(reason)
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
		p.refuseRecord(record, rollcall.ErrorMessage(err))
		return nil
	default:
		return err
	}
	if len(judged.Refused) > 0 && p.refused == 0 {
		p.intake.recognizeAll(record, judged.Refused[:1])
	}
	for _, r := range judged.Refused {
		p.refuse(r.String())
	}
	for _, d := range judged.Documents {
		if err := p.makeRoom(ctx, len(d.Record)); err != nil {
			return err
		}
		p.documents = append(p.documents, d)
	}
	for _, c := range judged.contacts {
		if err := p.makeRoom(ctx, len(c.Record)); err != nil {
			return err
		}
		p.contacts = append(p.contacts, c)
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

// keep makes what was taken durable.
func (p *parts) keep(ctx context.Context) error {
	begun := p.intake.begun(p.begun, p.documents, p.contacts) // as nobody knows them yet
	position, err := p.intake.keep(ctx, p.documents, p.contacts)
	if err != nil {
		return err
	}
	p.begun = begun
	if p.bytes > 0 {
		p.position = position
	}
	p.accepted += len(p.documents) + len(p.contacts)
	p.documents, p.contacts, p.bytes = p.documents[:0], p.contacts[:0], 0
	return nil
}

// log tells what was left out, once for all of it.
func (p *parts) log(ctx context.Context, requestID string) {
	p.intake.observe(Outcome{Accepted: p.accepted, Refused: p.refused})
	if p.refused > 0 && p.intake.o.Logger != nil {
		p.intake.o.Logger.LogAttrs(ctx, slog.LevelWarn, "records that are neither agent nor contact events were left out",
			slog.Int("refused", p.refused), slog.Int("accepted", p.accepted), slog.String("first", p.first),
			slog.String("request_id", requestID), slog.String("key_id", p.pass.KeyID()))
	}
}
