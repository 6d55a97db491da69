package disklog_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

// Whichever kind of file can't be read, once or for good, from whichever read on:
// nobody waits for ever, what fails says why, and once the disk reads again all
// that was acknowledged is there.
func TestFault_OfReadsLosesNothing(t *testing.T) {
	disk, _ := historic(t, false)
	kinds := []string{".sst", ".log", "MANIFEST", "WITNESS", "OPTIONS", "marker", ".snapshot"}
	met := make(map[string]int)
	for _, kind := range kinds {
		for _, once := range []bool{true, false} {
			for _, from := range []int64{1, 2, 5, 20} {
				t.Run(fmt.Sprintf("%s from read %d, once %v", kind, from, once), func(t *testing.T) {
					copied := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
					var reads atomic.Int64
					broken := errorfs.Wrap(copied, errorfs.InjectorFunc(func(op errorfs.Op) error {
						if !isRead(op.Kind) || !strings.Contains(op.Path, kind) {
							return nil
						}
						if n := reads.Add(1); n == from || n > from && !once {
							return &vfsError{op.Path}
						}
						return nil
					}))
					acknowledged := useUntilFault(t, broken)
					if reads.Load() >= from {
						met[kind]++
					}
					l := open(t, damageDir, disklog.Options{FS: copied})
					packs, err := logtest.ReadAll(l)
					if err != nil || uint64(len(packs)) != l.End().Pack || l.End().Before(acknowledged) {
						t.Errorf("afterwards there are %d packs up to %s, and %s was acknowledged: %v", len(packs), l.End(), acknowledged, err)
					}
				})
			}
		}
	}
	for _, kind := range []string{".sst", ".log", "MANIFEST", "WITNESS"} {
		if met[kind] == 0 {
			t.Errorf("no read of %s failed", kind)
		}
	}
}

// vfsError is what the operating system says of a bad sector.
type vfsError struct{ path string }

func (e *vfsError) Error() string { return "read " + e.path + ": input/output error" }
func (e *vfsError) Unwrap() error { return syscall.EIO }

func isRead(k errorfs.OpKind) bool {
	return slices.Contains([]errorfs.OpKind{errorfs.OpFileRead, errorfs.OpFileReadAt, errorfs.OpOpen}, k)
}

// useUntilFault does with a journal what a server does, and gives the newest
// position that was acknowledged.
func useUntilFault(t *testing.T, files vfs.FS) (acknowledged rollcall.Position) {
	t.Helper()
	must := func(what string, err error) {
		if err != nil && !errors.Is(err, journal.ErrDamaged) && !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", what, err)
		}
	}
	l, err := disklog.Open(damageDir, disklog.Options{FS: files})
	must("open", err)
	if err != nil {
		return acknowledged
	}
	for range 3 {
		at, err := l.Append(t.Context(), [][]byte{[]byte("more")})
		must("append", err)
		if err == nil {
			acknowledged = at
		}
		put, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
			_, err := io.WriteString(w, "state")
			return l.End(), err
		})
		must("snapshot", err)
		if err == nil {
			r, err := l.OpenSnapshot(t.Context(), put.Position)
			must("open the snapshot", err)
			if err == nil {
				_, err = io.ReadAll(r)
				must("read the snapshot", err)
				must("close the snapshot", r.Close())
			}
		}
		_, err = logtest.ReadAll(l)
		must("read all", err)
		_, err = l.Stat(t.Context(), l.Start())
		must("stat", err)
	}
	must("close", l.Close())
	return acknowledged
}
