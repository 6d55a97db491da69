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
// Any number of goroutines read. A row is immutable, and so is the
// rollcall.Agent made from it, which a reader may keep. Select answers a
// question from one version of the floor and says at which position of the
// journal that was.
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
// online, each shown contact state) are dense bitsets; sets that may cover
// little of it are sorted lists, which turn into bitsets where they grow large.
// What is indexed is what agents share: which queues feed an agent follows from
// its routing profile's value, in which groups it is from its path's, and of
// those a floor has tens. So each shared value has one set, and a queue, profile
// or group the short list of values that have it; an event that changes neither
// touches none of them. Agents who share a value with nobody stand under each
// key themselves, and a key that too many values have lists everybody.
// Those who are online are apart from the others, so that most questions need no
// mask. All sets are changed by one function, index.reindex. A question walks
// its smallest set a block (4096 ordinals) at a time, or as little of one as the
// page needs, and masks it with the others; to be counted, the union of many
// lists is gathered in a pooled scratch set first.
// What a question costs follows its sets and its page, and while nothing changes
// its page alone: how many match is remembered (totals). rollcall.Query.Match is
// the truth that all of this must agree with, and the model test holds it to
// that.
//
// # Memory
//
// A row is a compact form of the agent, shares what agents have in common, and
// becomes a rollcall.Agent when somebody wants one. Answers share most of their
// bytes (Answer). With a million agents, rows, indexes and answers take less
// than half of the bytes of the answers alone. That still is far more than a
// processor has at hand, so what a batch of events or a page will need is asked
// of the memory at once, before the first of it is waited for (see touch.go).
//
// What it takes is reckoned in bytes (Counts.Bytes, price.go): a function of the
// rows. What rows share is counted and goes with the last that holds it. Whoever
// takes events in asks before what they would add (Floors.Need), and refuses what
// is too much: Apply refuses nothing.
//
// # The directory
//
// Queues, routing profiles, statuses and hierarchy groups are known by what events
// called them (Floor.Directory), whether or not somebody has them now. The newest
// event by its instant decides. What a row names is never forgotten; of the rest
// the newest is kept, within a bound (names.go).
//
// # Forgetting
//
// Agents leave, and their rows would stay for ever. Overdue lists who has been
// silent and offline for long; whoever asked appends these events to the
// journal, and the row goes when its event comes back (rollcall.EventForgetAgent
// says on what condition). An agent who returns after that is new, with a new
// ordinal. Dead ordinals cost next to nothing: rows lie in pages of 512 and
// bitsets in blocks of 4096, and both go with the last agent in them. What
// remains is a pointer for each page and block that ever was.
//
// # Snapshots
//
// WriteSnapshot writes the state of one version, which it takes by copying the
// list of pages and marking each to be copied before it changes; Load makes the
// same floors again from it, with indexes and answers by the code that makes
// them always.
package floor
