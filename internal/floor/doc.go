// Package floor keeps the present state of every instance: who is on the
// floor, doing what. It is a pure function of the journal. Apply reads no
// clock, draws no random numbers and starts no goroutine, and nothing that a
// reader sees depends on a map's order or on how records were batched, so
// whoever replays the same journal gets the same floor, byte for byte (Dump).
//
// One goroutine writes. Apply takes records in the journal's order, decides for
// each what it does to its agent (late and repeated events do nothing), and
// publishes the outcome in batches: the new rows, computed by the pure function
// next, and the agents' answers, encoded once each time an agent changes, are
// made ready outside any lock, and only swapped in under it, so that writing
// does not make readers wait.
//
// Any number of goroutines read. A row (rollcall.Agent) is immutable, so a
// reader may keep it. Select answers a question from one version of the floor
// and says at which position of the journal that was.
//
// # Order and pages
//
// An agent's ordinal is its place in the order of first appearance in its
// instance. Ordinals are never reused, so a cursor is no more than the last
// ordinal returned: a walk over pages returns whoever matches throughout
// exactly once, though nothing is frozen meanwhile.
//
// # Indexes
//
// Sets of ordinals in two forms. Sets that cover much of the floor (present,
// online, each shown contact state) are dense bitsets; sets that cover little
// of it (a queue's agents, a routing profile's, a hierarchy group's) are sorted
// lists, which turn into bitsets where they grow large. All of them are changed
// by one function, index.reindex. A question walks its smallest set a block
// (4096 ordinals) at a time and masks each block with the others; the union of
// many lists is gathered in a pooled scratch set first. What a question costs
// follows its sets and its page. rollcall.Query.Match is the truth that all of
// this must agree with, and the model test holds it to that.
package floor
