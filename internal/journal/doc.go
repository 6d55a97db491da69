// Package journal is the contract of the durable log of agent events: what is
// acknowledged to a sender is in the journal first, and everything that
// rollcall knows is made from it alone. Start-up, live running, a second node
// and a test are the same loop over a different [Log].
//
// A log holds packs. A pack is what one commit made durable: one or several
// appends, gathered while the commit before was under way. Records are opaque
// bytes to the log. A record's place is a [rollcall.Position]: the log's epoch,
// the pack's sequence (1, 2, 3, … without a hole) and the record's index in
// the pack.
//
// # What a Log guarantees
//
// Durable before acknowledged. When Append returns without an error, its
// records survive what the log promises to survive: nothing but the process
// for a log in memory, a power cut for one on disk, the loss of a minority of
// nodes for a cluster. Each log's package comment says which.
//
// Whole or not at all. The records of one Append lie in one pack, together and
// in the order given. No crash leaves some of them.
//
// In order. An Append that begins after another one returned lies behind it.
// Appends that overlap in time lie in either order.
//
// Durable before readable. Tail never yields a record that a crash could still
// take away.
//
// Named damage. Each pack carries magic, version, epoch, sequence, length and
// a checksum, verified at every read, and whoever tails checks that sequences
// follow each other. What fails is a [DamageError] with place and reason. A log
// never steps over damage, and never yields a pack that it could not verify.
//
// # What an error from Append means
//
//   - [ErrTooLarge], [ErrFull], [ErrClosed]: it did not happen and will not.
//   - ctx's own error: unknown if it ended while waiting; the append may have
//     happened or may still happen. (If ctx had ended before the call, nothing
//     happened.)
//   - [ErrUnsure]: unknown too; the log goes on.
//   - [ErrFailed]: unknown too, and nothing more will be acknowledged.
//
// After an unknown outcome the caller may append the same records again,
// because events carry ids and a repeated event changes nothing.
//
// # The end of a log
//
// The first write or sync that fails is terminal. After it the durable state
// is no longer known for sure, and trying again is how others have lost data.
// The log stops acknowledging, Failed's channel closes, Err gives the cause,
// and the server exits with that reason. A restart finds every acknowledged
// record.
//
// # What is forgotten, and what is kept for the start
//
// A log forgets whole packs, from its beginning, when it is told to and never by
// itself ([Retention]). Whoever follows it tells, once a snapshot holds what
// those packs made: to a log, snapshots are bytes with a position ([Snapshots]).
// They are kept beside the packs, verified when they are read, and no part of
// what a log guarantees: one that is damaged is named and hinders nothing else,
// because there is another before it, or the packs.
//
// # Bounds
//
// Nothing grows without bound: an append is at most [Limits], appends that
// wait to be durable are bounded in bytes and in number (ErrFull beyond), and
// a Tail holds a few packs at most.
package journal
