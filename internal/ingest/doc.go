// Package ingest takes agent events in: over HTTP, at POST /v1/events, and by
// Take from sources inside the process.
//
// Whatever way documents arrive, they go the same steps, and each file here is
// one of them. The body is read, bounded in size, in time and in what all
// requests together may hold (read.go). The gate tells who sends it. From there
// (take.go) all documents are judged before any is kept (judge.go): are they
// agent events, may the sender put events into their instances, are they of the
// past, do their instances' ids belong to the account and Region that they name,
// is there room for them. What is good goes into the journal as one append
// (keep.go), so that a request is kept whole or not at all, and is acknowledged
// when it is durable.
//
// That is the commit point of the whole program: an error before it means that
// nothing of the request is kept, and after it nothing else can fail the
// request. Only where the journal's own outcome is unknown (a time-out, a
// failed disk) is the client told to send again; a repeated event changes
// nothing.
package ingest
