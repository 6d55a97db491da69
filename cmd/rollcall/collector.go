package main

import (
	"os"
	"runtime"
)

// spareBytes is how much garbage may lie about at least before the collector
// runs.
const spareBytes = 128 << 20

// spareCollector keeps Go's collector from running every few milliseconds in a
// server with a small floor: it runs when there is as much garbage as there is
// memory in use, and a floor of 10,000 agents has 10 MB, which events make in
// no time. Memory that is allocated and never touched takes part in the sum and
// takes no room. The operator's own GOGC or GOMEMLIMIT stands. The caller calls
// the function at the end.
func spareCollector() func() {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if os.Getenv(name) != "" {
			return func() {}
		}
	}
	spare := make([]byte, spareBytes)
	return func() { runtime.KeepAlive(spare) }
}
