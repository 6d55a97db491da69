//go:build !windows

package disklog

import (
	"errors"
	"syscall"
)

// isReadOnly tells whether err is about a file system mounted read-only.
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
