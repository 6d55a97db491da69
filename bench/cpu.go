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

// cpuNote compares what servers spent on a request.
func (r *run) cpuNote(mine, others []measure) {
	p := pairsOf(mine, others, func(m measure) float64 { return float64(m.CPU) / float64(time.Microsecond) })
	if p.ours() > 0 {
		r.report.note("%s", fmt.Sprintf("the servers spend %.0f and %.0f µs of processor time on one", p.ours(), p.beside()))
	}
}
