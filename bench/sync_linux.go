package main

import (
	"os"
	"syscall"
)

// dataSync is fdatasync.
func dataSync(file *os.File) error { return syscall.Fdatasync(int(file.Fd())) }
