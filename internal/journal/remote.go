package journal

import "time"

// Remote is what a Log has that is kept beyond this machine, and may be cut off
// from what keeps it. A Log on this machine does not have it.
type Remote interface {
	Log

	// Contact is the newest moment, by the log's clock, at which all was well: a
	// majority of those who keep the journal stood behind the one that orders it,
	// the furthest Tail has got past what was in it then, and nothing that was
	// appended since still waits. While all is well that is at most a few seconds
	// ago. What a reader made from the log may lack what others appended since,
	// and trouble says why it is long ago, if it is.
	Contact() (at time.Time, trouble error)

	// Strays tells what a Tail stepped over, or would: how much there is, as far
	// as it was seen, and what the first of them are.
	Strays() (first []Stray, count uint64)
}

// Stray is something in a journal's place that no rollcall put there. It is no
// part of the journal.
type Stray struct {
	Sequence uint64 // where a pack would have it
	Name     string // that its writer gave it: its subject
}
