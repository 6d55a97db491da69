// Package rollcall is the domain of rollcall: the words of a contact centre's
// floor and the rules that hold between them. It uses the standard library
// only, does no I/O, reads no clock and takes no locks.
//
// rollcall keeps the present state of contact centres (who is on the floor,
// doing what) and answers Amazon Connect's GetCurrentUserData for any number
// of askers. Two straight ways lead through the program, and each can be read
// in one sitting.
//
// # An event
//
// An agent event document, in the form that Amazon Connect publishes, arrives
// at internal/ingest, which bounds and reads the request, verifies the
// signature (internal/sigv4), decodes every document (internal/agentevent),
// asks whether the sender may put events into each instance named
// (internal/access), and appends all documents to the journal
// (internal/journal). Append returns when they are durable. That is the one
// commit point: before it nothing has happened, after it nothing is lost.
//
// Apart from that, one goroutine follows the journal (internal/server):
// journal.Tail, then floor.Apply. Start-up, live running and a unit test are
// this same loop over a different journal. The floor (internal/floor) is a
// pure function of the journal: replaying gives the same bytes.
//
// # A question
//
// A request arrives at the one door of internal/connect, which bounds and
// reads it, verifies the signature, asks for permission, decodes it, turns it
// into a Query (every parameter error is born there), opens the page token,
// lets the floor Select a page, and writes the answer, a concatenation of
// bytes that were encoded when each agent last changed.
//
// # The words
//
// An Event says what became of one agent: it carries a whole Snapshot, never
// a difference. An Agent is a row of the floor. A Query selects rows;
// Query.Match is the slow, obvious truth with which every index must agree. A
// Position is a place in the journal, a Change is what one event did to one
// agent.
package rollcall
