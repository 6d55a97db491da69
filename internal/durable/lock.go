package durable

import (
	"errors"
	"fmt"
	"os"
)

// ErrLocked says that another process, or another part of this one, holds a lock.
var ErrLocked = errors.New("locked by another")

// Lock takes the lock that is the file at path, which is made for it, or gives
// ErrLocked. It ends with unlock, which removes the file, or with the process,
// however that ends; a file that is left then locks nobody out.
func Lock(path string) (unlock func() error, err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := tryLock(f); err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
		}
		// Between the two calls whoever held it may have removed it: then this is
		// a lock that nobody else will find.
		mine, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return func() error { return remove(f) }, nil
		}
		_ = f.Close()
	}
}
