package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// cpuOf is the processor time that a process has used so far. It is 0 on
// systems that don't tell it under /proc.
func cpuOf(pid int) time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything. Behind it come the state and
	// numbers, of which the 12th and 13th are ticks, a hundred a second.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100)
}

// withCPU adds to a measurement what the process spent meanwhile on each
// request. The warm-up is in it.
func withCPU(pid int, measured func() (measure, error)) func() (measure, error) {
	return func() (measure, error) {
		before := cpuOf(pid)
		m, err := measured()
		if m.Asked > 0 {
			m.CPU = (cpuOf(pid) - before) / time.Duration(m.Asked)
		}
		return m, err
	}
}

// cpuNote compares what was spent on a request. On a machine that does nothing
// else, the ratio of requests a second is that of processor time; on one that
// does, it tells what is not ours to change.
func (r *run) cpuNote(mine, others []measure) {
	micros := func(value func(measure) time.Duration) pairs {
		return pairsOf(mine, others, func(m measure) float64 { return float64(value(m)) / float64(time.Microsecond) })
	}
	servers := micros(func(m measure) time.Duration { return m.CPU })
	all := micros(func(m measure) time.Duration { return m.CPU + m.ClientCPU })
	if servers.beside() > 0 {
		r.report.note("%s", fmt.Sprintf("processor time %.0f and %.0f µs a question, with the client's %.0f and %.0f µs, which is %.2fx",
			servers.ours(), servers.beside(), all.ours(), all.beside(), 1/all.ratio()))
	}
}
