// Package natslog is the journal in a NATS JetStream cluster, for more than one
// machine: any number of rollcall nodes append to one stream and follow it. The
// cluster replicates and elects; there is no consensus of our own. This is the
// only package that imports the NATS client, and nothing here runs a server.
//
// # What lies where
//
// One message of the stream is one pack (see journal.Codec), so the sequence of
// packs is the order of the stream over all nodes: Pack.Sequence is the stream
// sequence. Each node publishes on a subject of its own:
//
//	STREAM.EPOCH.NODE   for example ROLLCALL.3f0c9d5e77a1b2c9.node-1
//
// The journal's epoch is in the subjects and in the stream's metadata
// (rollcall.epoch). Whoever comes first makes the stream; of several nodes that
// start together one makes it, and all take the epoch that it has. A node that
// still holds another epoch publishes where nobody listens.
//
// The header of a stored pack names, where a pack of another log has its
// sequence, the place of the node's pack before it: its stream sequence plus
// one (1 when there is none). So the packs of a node are a chain under the
// pack's checksum. Whoever tails checks that stream sequences follow each other
// and that each pack names the one of its node that came before: a hole, a pack
// that is missing and a stream whose end was cut off and written anew are all
// found, and named as a *journal.DamageError.
//
// # One message in flight
//
// The appender sends one message at a time and tells the server which sequence
// must be the newest on its subject (Nats-Expected-Last-Subject-Sequence), so
// that a message sent again is stored once, and none overtakes another. Any
// outcome but a sound acknowledgement counts as unknown: before anything is
// sent again the appender reads back what follows its last message. If that is
// what it sent, it was stored; if it is another process's that has the same
// name, the pack goes behind it; if there is nothing, the same message is sent
// again. Full queues (429), a stream without a leader (503) and lost
// connections are waited out; nothing is dropped, and whoever appends waits as
// long as its context lets it. What waits is bounded (journal.ErrFull).
//
// # What survives
//
// An acknowledged pack was written by a majority of the stream's replicas
// (3 unless asked otherwise). It survives the loss of a minority of servers at
// any time, and the crash of all processes. Whether it survives a power cut of
// several servers is the servers' setting and cannot be asked for by a client:
//
//	jetstream { sync_interval: always }
//
// must stand in the configuration of every server. Without it a server
// acknowledges up to two minutes before it syncs (Jepsen's test of NATS 2.12.1,
// December 2025, lost acknowledged writes that way, and by damaged files on a
// minority of servers, which no setting prevents). Against damage there are the
// checksums and chains above, and the snapshots that rollcall keeps.
//
// # What is terminal
//
// A lost connection, a cluster without a majority and a stream that takes nothing
// are not: Append waits, and Contact tells since when, and why. Nothing that a
// stream is said to hold is believed unless a leader says so that heard of a
// majority a moment ago: a replica without a leader answers from what it has. An
// append that can't be taken, where others can, is given up. Terminal are damage, settings by
// which the stream loses messages, and a stream that was made anew; also one
// that was deleted or whose end went back, when that has been seen for a while
// (Options.Patience), because a server that was cut off answers from what it
// still has. A message that no rollcall published is no damage: see Log.Strays.
//
// # Trimming and snapshots
//
// Trim purges the stream up to a sequence. Snapshots lie in a second stream,
// STREAM-SNAPSHOTS, which is made and guarded like the first.
//
// # What a user of the cluster must be allowed
//
// With S for ROLLCALL, or whatever the stream is called, and again with S for
// ROLLCALL-SNAPSHOTS: publish to S.>, $JS.API.STREAM.INFO.S,
// $JS.API.STREAM.CREATE.S (where it does not exist yet),
// $JS.API.STREAM.MSG.GET.S, $JS.API.STREAM.PURGE.S, $JS.API.CONSUMER.CREATE.S.>,
// $JS.API.CONSUMER.MSG.NEXT.S.> and $JS.API.CONSUMER.DELETE.S.>; subscribe to
// _INBOX.>. For notes between nodes (journal.Board) publish, too, to
// $KV.ROLLCALL-LEASES.> and, with S for KV_ROLLCALL-LEASES, to the subjects of
// STREAM.INFO, CREATE, MSG.GET and PURGE.
package natslog
