package disklog

import "time"

// WithoutSync makes o a build that does not sync: one that the power-cut test
// must catch.
func (o Options) WithoutSync() Options {
	o.noSync = true
	return o
}

// WithSmallMemTables makes the store flush, rotate and compact all the time.
func (o Options) WithSmallMemTables() Options {
	o.memTableBytes = 64 << 10
	return o
}

// LookingEvery makes an idle log look for its directory this often.
func (o Options) LookingEvery(d time.Duration) Options {
	o.lookEvery = d
	return o
}

// CheckAnchor is what each commit does to find out whether the directory is
// still there.
func (l *Log) CheckAnchor() error { return l.anchor.check() }
