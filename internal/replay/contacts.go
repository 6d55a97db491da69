package replay

import (
	"time"

	"rollcall"
	"rollcall/internal/contactevent"
	"rollcall/internal/lobby"
)

// contacts has contact events make the lobby.
type contacts struct{ lobby *lobby.Lobby }

func describeContact(record []byte) (About, error) {
	r, err := contactevent.DecodeRecord(record)
	switch {
	case err != nil:
		return About{}, err
	case r.Event != nil:
		return About{At: r.Event.At, Instance: r.Event.Instance, Begins: true}, nil
	case r.Restate != nil:
		return About{At: time.UnixMilli(r.Restate.Clock).UTC(), Instance: r.Restate.Instance, Begins: true}, nil
	}
	return About{At: r.Forget.Since, Instance: r.Forget.Instance}, nil
}

func (c contacts) Apply(_ rollcall.Position, record []byte) error {
	r, err := contactevent.DecodeRecord(record)
	switch {
	case err != nil:
		return err
	case r.Event != nil:
		c.lobby.Apply(r.Event)
	case r.Forget != nil:
		c.lobby.Forget(r.Forget)
	case r.Restate != nil:
		c.lobby.Restated(r.Restate)
	}
	return nil
}

func (c contacts) Follow(e *rollcall.Event, did rollcall.Change) {
	switch did.Effect {
	case rollcall.EffectRemoved:
		c.lobby.Remove(e.Instance.InstanceARN())
	case rollcall.EffectForeign, rollcall.EffectUnreadable:
	case rollcall.EffectApplied, rollcall.EffectLate, rollcall.EffectRepeated, rollcall.EffectForgotten, rollcall.EffectElsewhere:
		c.lobby.Follow(e)
	}
}

func (c contacts) Restate() (records [][]byte) {
	for _, s := range c.lobby.Restate() {
		record, err := contactevent.AppendRestatement(nil, &s)
		if err != nil {
			panic("a restatement of the lobby can't be written: " + err.Error()) // of texts and numbers
		}
		records = append(records, record)
	}
	return records
}
