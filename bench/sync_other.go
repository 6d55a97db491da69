//go:build !linux

package main

import "os"

// dataSync is fsync, where there is nothing less.
func dataSync(file *os.File) error { return file.Sync() }
