//go:build !linux

package disklog_test

import "os"

func syncData(f *os.File) error { return f.Sync() }
