package journal

import "time"

// Remote is what a Log has that is kept beyond this machine, and may be cut off
// from what keeps it. A Log on this machine does not have it.
type Remote interface {
	Log

	// Contact is when, by the log's clock, whatever orders the journal last
	// answered. While the node is connected that is at most a few seconds ago.
	// What a reader made from the log may lack what others appended since.
	Contact() time.Time
}
