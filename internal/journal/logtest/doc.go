// Package logtest holds every journal.Log to its contract, and helps others to
// test what they build on one.
//
//   - [Run] is the conformance suite: memory, disk and cluster pass the same.
//   - [History] appends records that describe themselves and remembers what was
//     acknowledged; [Check] then verifies every invariant of the log at once.
//     Tests call it after each step.
//   - [Faulty] wraps a log so that it fails both ways on demand: the append did
//     not happen, or it happened and said that it did not.
package logtest
