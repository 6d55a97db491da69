package floor

import (
	"encoding/binary"
	"time"

	"rollcall"
)

// appendRow appends a row as a snapshot has it. What rows share is written as
// its number in the snapshot's tables.
func appendRow(dst []byte, r *row, shared *sharedWriter) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.ordinal))
	id, words := r.words()
	dst = appendWord(dst, string(id))
	dst = appendWord(dst, words)
	dst = binary.AppendUvarint(dst, shared.word(string(r.eventType)))
	dst = appendInstant(dst, r.eventAt())
	dst = binary.AppendUvarint(dst, shared.status(r.status))
	dst = appendInstant(dst, r.statusAt())
	dst = binary.AppendUvarint(dst, shared.profile(r.profile))
	dst = binary.AppendUvarint(dst, shared.path(r.hierarchy))
	dst = binary.AppendUvarint(dst, shared.slots(r.concurrency))
	dst = appendNext(dst, r.next)
	dst = appendCount(dst, len(r.contacts), r.contacts == nil)
	for i := range r.contacts {
		dst = appendContact(dst, &r.contacts[i], shared)
	}
	return dst
}

// row reads what appendRow wrote. The id and the words, which are cut from the
// text, are still to be put into the row.
func (c *cursor) row(shared *sharedReader) (r *row, id rollcall.AgentID, words string) {
	r = &row{ordinal: c.uint32()}
	id, words = rollcall.AgentID(c.word()), c.word()
	r.eventType = rollcall.EventType(pick(c, shared.words))
	r.setEventAt(c.instant())
	r.status = pick(c, shared.statuses)
	r.setStatusAt(c.instant())
	r.profile = pickOrNone(c, shared.profiles)
	r.hierarchy = pickOrNone(c, shared.paths)
	r.concurrency = pickOrNone(c, shared.slots)
	r.next = c.next()
	r.contacts = list(c, func() rollcall.Contact { return c.contact(shared) })
	c.bad = c.bad || id == ""
	return r, id, words
}

func appendNext(dst []byte, n *rollcall.NextStatus) []byte {
	if n == nil {
		return append(dst, 0)
	}
	dst = appendWord(append(dst, 1), string(n.ID))
	return appendInstant(appendWord(appendWord(dst, n.ARN), n.Name), n.EnqueuedAt)
}

func (c *cursor) next() *rollcall.NextStatus {
	switch c.byte() {
	case 0:
		return nil
	case 1:
		return &rollcall.NextStatus{
			ID: rollcall.AgentStatusID(c.own()), ARN: c.own(), Name: c.own(),
			EnqueuedAt: c.instant(),
		}
	default:
		c.fail()
		return nil
	}
}

// stateWord is added to a contact's state where the word of one that we don't
// know follows it; since version 4.
const stateWord = 0x80

func appendContact(dst []byte, of *rollcall.Contact, shared *sharedWriter) []byte {
	dst = appendWord(dst, string(of.ID))
	dst = appendWord(dst, string(of.InitialID))
	dst = binary.AppendUvarint(dst, shared.word(string(of.Channel)))
	dst = binary.AppendUvarint(dst, shared.word(of.InitiationMethod))
	if of.StateWord == "" {
		dst = append(dst, byte(of.State))
	} else {
		dst = binary.AppendUvarint(append(dst, byte(of.State)|stateWord), shared.word(of.StateWord))
	}
	for _, at := range [...]time.Time{of.StateStartedAt, of.ConnectedToAgentAt, of.QueuedAt, of.ShownStateStartedAt} {
		dst = appendInstant(dst, at)
	}
	return binary.AppendUvarint(dst, shared.queue(of.Queue))
}

func (c *cursor) contact(shared *sharedReader) rollcall.Contact {
	is := rollcall.Contact{
		ID:               rollcall.ContactID(c.own()),
		InitialID:        rollcall.ContactID(c.own()),
		Channel:          rollcall.Channel(pick(c, shared.words)),
		InitiationMethod: pick(c, shared.words),
	}
	state := c.byte()
	if state&stateWord != 0 {
		is.StateWord = pick(c, shared.words)
		c.bad = c.bad || is.StateWord == ""
	}
	is.State = rollcall.ContactState(state &^ stateWord)
	is.StateStartedAt, is.ConnectedToAgentAt = c.instant(), c.instant()
	is.QueuedAt, is.ShownStateStartedAt = c.instant(), c.instant()
	is.Queue = pickOrNone(c, shared.queues)
	if int(is.State) >= shownStates {
		c.fail()
	}
	return is
}
