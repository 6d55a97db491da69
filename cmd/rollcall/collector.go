package main

import (
	"os"
	"runtime"

	"rollcall/internal/memory"
	"rollcall/internal/server"
)

// keepToMemory finds out how much memory the server may take, sizes what
// follows from that and is not set, and has Go's collector keep to it. The caller
// calls the function at the end.
func keepToMemory(c *server.Config) func() {
	limit, source := memory.Limit(c.MemoryLimit)
	memory.Keep(limit, source)
	c.MemoryLimit = limit
	if limit > 0 && c.MaxFloorBytes == 0 {
		c.MaxFloorBytes = limit / 5 * 2
	}
	if limit > 0 && c.Ephemeral {
		c.MemoryBytes = min(c.MemoryBytes, max(limit/5, leastMemoryBytes))
	}
	return spareCollector(limit)
}

// leastMemoryBytes is the smallest journal in memory.
const leastMemoryBytes = 1 << 20

// spareBytes is how much garbage may lie about at least before the collector
// runs.
const spareBytes = 128 << 20

// spareCollector keeps Go's collector from running every few milliseconds in a
// server with a small floor: it runs when there is as much garbage as there is
// memory in use, and a floor of 10,000 agents has 10 MB, which events make in
// no time. Memory that is allocated and never touched takes part in the sum and
// takes no room, but in the collector's own limit: of a small one it gets a
// sixteenth. The operator's own GOGC or GOMEMLIMIT stands.
func spareCollector(limit int64) func() {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if os.Getenv(name) != "" {
			return func() {}
		}
	}
	bytes := int64(spareBytes)
	if limit > 0 {
		bytes = min(bytes, limit/16)
	}
	spare := make([]byte, bytes)
	return func() { runtime.KeepAlive(spare) }
}
