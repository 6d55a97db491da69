package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// disk is a small file system in memory, whose end can be brought near.
type disk struct {
	dir   string
	bytes int64
}

// openDisk mounts a disk at dir, in the namespaces that isolate gave us. It
// ends with them.
func openDisk(dir string, bytes int64) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	d := &disk{dir: dir, bytes: bytes}
	return d, d.mount(0, bytes)
}

func (d *disk) mount(flags uintptr, bytes int64) error {
	err := syscall.Mount("tmpfs", d.dir, "tmpfs", flags|syscall.MS_NOSUID|syscall.MS_NODEV, fmt.Sprintf("size=%d,mode=0700", bytes))
	if err != nil {
		return fmt.Errorf("mount a disk of %d bytes at %s: %w", bytes, d.dir, err)
	}
	return nil
}

// fill leaves room for so many bytes more.
func (d *disk) fill(spare int64) error {
	const tries = 100
	for try := 1; ; try++ {
		used, err := d.used()
		if err == nil {
			err = d.mount(syscall.MS_REMOUNT, used+spare)
		}
		// The kernel refuses a size below what was written since the look.
		if !errors.Is(err, syscall.EINVAL) || try == tries {
			return err
		}
	}
}

// widen undoes fill.
func (d *disk) widen() error { return d.mount(syscall.MS_REMOUNT, d.bytes) }

func (d *disk) used() (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		return 0, fmt.Errorf("disk at %s: %w", d.dir, err)
	}
	return int64(s.Blocks-s.Bfree) * s.Bsize, nil
}
