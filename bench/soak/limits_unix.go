//go:build unix

package main

import (
	"net"
	"runtime"
	"syscall"
)

// fitIdle is how many idle connections the process limits allow, with room for
// all else. Go has raised the soft limit to the hard one, and the server, the
// attacker's child and we have the same.
func fitIdle(want int) int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return want
	}
	const others = 1500 // the server keeps 1000 for its files, and good clients want in, too
	if most := int(min(limit.Cur, 1<<30)) - others; want > most {
		say("a process may have %d files open, so %d idle connections are held instead of %d (ulimit -n)", limit.Cur, most, want)
		return most
	}
	return want
}

// loopback is one of four addresses, where there is more than one.
func loopback(i int) net.IP {
	if runtime.GOOS != "linux" {
		return net.IPv4(127, 0, 0, 1)
	}
	return net.IPv4(127, 0, 0, byte(1+i%4))
}
