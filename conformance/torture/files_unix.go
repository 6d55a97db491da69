//go:build unix

package main

import "syscall"

// mayOpen is how many connections this process may have, once it has raised its
// limit as far as it can.
func mayOpen() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	limit.Cur = limit.Max
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur <= filesSpared {
		return 0
	}
	return int(min(limit.Cur-filesSpared, silentConnections))
}
