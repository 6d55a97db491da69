package disklog

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
