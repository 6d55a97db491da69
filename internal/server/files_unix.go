//go:build unix

package server

import "syscall"

// openFiles is how many files and connections the process may have open. Go
// raises the soft limit to the hard one at start.
func openFiles() (limit int, known bool) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || r.Cur > 1<<30 {
		return 0, false
	}
	return int(r.Cur), true
}
