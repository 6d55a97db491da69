// Package kinesis reads agent events from an Amazon Kinesis data stream, as
// Amazon Connect writes them there.
//
// A Source looks at the stream every ten seconds and reads each of its shards in
// a goroutine of its own. A shard that came of others is read when those are read
// to their end, also after a restart, since an agent's events move from shard to
// shard when the stream is divided otherwise. Batches are handed on with the
// checkpoint that covers them (package source), and the next is asked for when
// they are durable: nothing is skipped, whatever fails, and what is read twice
// changes nothing.
//
// A shard is polled, or sent by a subscription of a consumer of ours (enhanced
// fan-out); both go on where the other stopped.
//
// Begun anew, with the gap logged and counted, is a stream that was deleted and
// made again, and a shard of which the stream has forgotten what comes next.
//
// Sources: the Amazon Kinesis Data Streams API Reference and Developer Guide
// (limits of GetRecords, resharding, iterators that expire, enhanced fan-out).
package kinesis
