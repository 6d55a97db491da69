package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"rollcall/internal/archive"
)

// barEvery is how often a bar is drawn, at most.
const barEvery = 100 * time.Millisecond

// newJournalBar shows on a terminal how far some work is; elsewhere nothing. The
// work is over with finish.
func newJournalBar(w io.Writer, what string) (progress archive.Progress, finish func()) {
	file, seen := terminal(w)
	if !seen {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	progress = func(done, total uint64) {
		if bar == nil {
			most := int64(total)
			if total == 0 {
				most = -1 // not known
			}
			bar = progressbar.NewOptions64(most, noSpinner, progressbar.OptionSetWriter(file), progressbar.OptionSetWidth(30),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(barEvery), progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(int64(done))
	}
	return progress, func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}
