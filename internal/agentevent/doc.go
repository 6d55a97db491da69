// Package agentevent reads Amazon Connect's agent event documents: bytes in,
// rollcall.Event out. It is the only package that knows this format. Source:
// Amazon Connect Administrator Guide, "Agent event streams data model".
//
// Decode takes a body as it arrives (one document, a JSON array of them, one a
// line, or one after another without a separator, as Firehose delivers them)
// and judges every document in it. A document becomes a Document, with the
// Event and the record for the journal, or a Refusal that says where it is
// wrong and what was expected instead.
//
// JSON is read strictly (RFC 7493): invalid UTF-8, a name that stands twice in
// one object, and trailing garbage are refused, since two readers could read
// two things from them. The model is read leniently where the documents in the
// world differ, and nowhere else:
//
//   - Only AgentARN, EventTimestamp and EventType must be there, and for each
//     contact ContactId and State. InstanceARN follows from AgentARN. A null
//     is the same as nothing. Members that we do not know are ignored.
//   - Snapshots are null at logins and logouts of old; names are null, for
//     agent queues always.
//   - A status without Type has it from its name: Offline is OFFLINE,
//     Available is ROUTABLE, any other CUSTOM.
//   - EnqueuedTimestamp is also written EnqueueTimestamp, ProficiencyLevel
//     also Level, AgentHierarchyGroups also HierarchyGroups, the channel TASK
//     also TASKS. Channels and initiation methods that we do not know are kept
//     as they came. A contact without a channel is VOICE, the first there was.
//   - Published samples have a status whose ARN is no ARN; an id is what
//     stands behind the last "/". Only AgentARN and InstanceARN must be true
//     ARNs, since they say whose the event is.
//   - A queue or hierarchy group without an ARN can't be told from another and
//     is left out.
//   - Concurrency is missing before 2019; timestamps have any number of
//     fraction digits and any offset.
//
// Amazon's lists grow, and a new word must not block a feed: event types, contact
// states and status types that we do not know are taken, kept as they came, and
// counted (Unknown). Values that do not fit their member's type are refused: they
// would be guesses.
//
// How documents are read: nearly all are good, and much of each was in one
// before. So a scanner of our own passes over each byte once, values that events
// repeat are found again by their bytes (memo), and where the previous snapshot
// repeats the current one it is compared and not read. What the scanner fails
// at, and what has a fault, is walked over a second time by jsontext, whose word
// counts, and which knows the place and the reason. Tests hold that nobody can
// tell which walk it was.
package agentevent
