//go:build !windows

package durable

import (
	"errors"
	"os"
	"syscall"
)

func tryLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}

// remove removes the file while it is locked, so that it is still ours.
func remove(f *os.File) error { return errors.Join(os.Remove(f.Name()), f.Close()) }
