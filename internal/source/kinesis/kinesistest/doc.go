// Package kinesistest is an Amazon Kinesis for tests: a service with one stream,
// spoken to over HTTP as the SDK speaks to Amazon's, event streams included. What
// a test does to the stream (put, split, merge, delete, make again) it does by
// methods; what goes wrong on the way it orders (Fail, Hide, Break).
//
// A stream is read as it is at Amazon: a shard that was split or merged ends, its
// children begin behind it; iterators expire; an answer may be empty though there
// is more; a subscription lasts five minutes, and whoever subscribes anew within
// five seconds is refused; a continuation number moves though nothing came.
//
// Sources: the Amazon Kinesis Data Streams API Reference; the Smithy specification
// (AWS JSON 1.1, event streams).
package kinesistest
