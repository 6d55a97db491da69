package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// spoils flips a bit, while the node is down, in a part of the journal in which
// only history lies: a table of old packs, or an old snapshot. The node must start
// and go on as if nothing were wrong. Then the bit is flipped back, so that the
// journal can be checked whole.
func spoils(name string, copies int, n *node, journalDir string, history func(journalDir string) ([]string, error)) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		b.whom = n.name
		n.kill()
		files, err := history(journalDir)
		if err != nil || len(files) == 0 {
			b.whom += ", which has no such file yet"
			if startErr := n.start(); startErr != nil {
				return startErr
			}
			return err
		}
		path := pick(b, files)
		b.whom += ", " + filepath.Base(path)
		mend, err := flipBit(path, b.dice.Float64(), b.dice.IntN(8))
		if err != nil {
			return err
		}
		defer mend()
		if err := n.start(); err != nil {
			return err
		}
		ready, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWait)
		defer cancel()
		if err := n.awaitReady(ready); err != nil {
			return fmt.Errorf("not ready although only history is damaged: %w; its log ends with:\n%s", err, tail(n.logPath))
		}
		b.hold(ctx, 0.2, 0.7)
		return nil
	}}
}

// flipBit flips a bit of the byte at a part of a file, where it lies. mend flips
// it back, unless the file is gone by then.
func flipBit(path string, part float64, bit int) (mend func(), err error) {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return nil, fmt.Errorf("damage %s: %d bytes, %w", path, sizeOf(info), err)
	}
	at := int64(part * float64(info.Size()))
	flip := func() error {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		var p [1]byte
		if _, err := file.ReadAt(p[:], at); err != nil {
			return err
		}
		p[0] ^= 1 << bit
		_, err = file.WriteAt(p[:], at)
		return err
	}
	return func() { _ = flip() }, flip()
}

func sizeOf(info os.FileInfo) int64 {
	if info == nil {
		return 0
	}
	return info.Size()
}

// written lists files, those written first before all others.
func written(pattern string) (names []string, times []time.Time, err error) {
	names, err = filepath.Glob(pattern)
	if err != nil {
		return nil, nil, err
	}
	at := make(map[string]time.Time)
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, nil, err
		}
		at[name] = info.ModTime()
	}
	slices.SortFunc(names, func(a, b string) int { return at[a].Compare(at[b]) })
	for _, name := range names {
		times = append(times, at[name])
	}
	return names, times, nil
}

// oldSnapshots are all but the newest two.
func oldSnapshots(journalDir string) ([]string, error) {
	names, _, err := written(filepath.Join(journalDir, "snapshots", "*.snapshot"))
	return names[:max(0, len(names)-2)], err
}

// oldTables are those that were written before the newest snapshot but one, and so
// hold nothing that is not in the newest.
func oldTables(journalDir string) ([]string, error) {
	_, snapshots, err := written(filepath.Join(journalDir, "snapshots", "*.snapshot"))
	if err != nil || len(snapshots) < 2 {
		return nil, err
	}
	tables, times, err := written(filepath.Join(journalDir, "*.sst"))
	before := slices.IndexFunc(times, func(t time.Time) bool { return !t.Before(snapshots[len(snapshots)-2]) })
	if before < 0 {
		before = len(tables)
	}
	return tables[:before], err
}
