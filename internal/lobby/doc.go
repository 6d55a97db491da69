// Package lobby keeps who waits: the contacts that are in a queue and not yet with
// an agent. It is a pure function of the journal, beside the floor.
//
// What it is told of comes in any order, several times or not at all, so what is
// known of a contact is joined and never replaced. Of the instants at which it was
// put into a queue the newest counts, whenever it came. A contact that was once
// connected to an agent, or ended, waits no more: it stays so for events that are
// late, and is remembered for that, for a day. (Whoever is sent back to a queue by
// an agent is a new contact.) An agent who has the contact ends the wait, too, and
// one at whom it only rings, or who missed or rejected it, does not.
//
// A contact of which nothing more comes would wait for ever. So waits are
// forgotten, by records of our own that say which (Forgetting): then a repeated
// event brings none back, and a newer one does.
//
// The clock is the newest instant that an instance's contact events told; a day is
// counted from its full hours, so that what is known doesn't depend on when
// somebody looked. Memory is bounded in bytes that are reckoned: beyond, the
// instance that has most loses what it heard of longest ago, first of contacts
// that don't wait.
package lobby
