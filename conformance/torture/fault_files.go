package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// exitFailed is how a node ends whose journal can't be written.
const exitFailed = 3

// aim is which calls on which files go wrong.
type aim struct {
	calls string
	files []string // patterns below the journal's directory; none: whatever the call is on
}

// What a node does to its files. Calls without patterns are made on files alone.
var (
	writesOfFiles = []aim{
		{"fsync,fdatasync", nil},
		{"rename,renameat,renameat2", nil},
		{"write,pwrite64,writev", []string{"*.log"}},
		{"write,pwrite64,writev", []string{"*.sst"}},
		{"write,pwrite64,writev", []string{"MANIFEST-*", "WITNESS"}},
		{"write,pwrite64,writev", []string{"snapshots/NEW"}},
	}
	readsOfFiles = []aim{
		{"read,pread64", []string{"*.sst"}},
		{"read,pread64", []string{"snapshots/*"}},
		{"read,pread64", []string{"*.log", "MANIFEST-*", "WITNESS"}},
	}
)

// failsFiles has calls on the node's files fail. A node whose writes fail ends with
// exit status 3 or does without them, as it does without a snapshot; what it can't
// read while it runs, it does without.
func failsFiles(name string, copies int, n *node, journalDir string, aims []aim) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		a, reason := pick(b, aims), pick(b, []string{"EIO", "ENOSPC"})
		if strings.HasPrefix(a.calls, "read") {
			reason = "EIO"
		}
		defer n.excuse()()
		ended, runs := n.running()
		if !runs {
			return nil
		}
		release, err := a.inject(ctx, n, journalDir, "error="+reason)
		b.whom = fmt.Sprintf("%s: %s of %s gives %s", n.name, a.calls, a.files, reason)
		if err != nil {
			return err
		}
		held, stop := context.WithTimeout(ctx, b.longest/2)
		defer stop()
		select {
		case <-ended:
			if status := n.lastStatus(); status != exitFailed {
				err = fmt.Errorf("exit status %d, want %d; its log ends with:\n%s", status, exitFailed, tail(n.logPath))
			}
		case <-held.Done():
		}
		release()
		ready, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWait)
		defer cancel()
		_ = rest(ready, time.Second) // what failed may show only now
		return errors.Join(err, n.awaitReady(ready))
	}}
}

// stallsFiles has calls on the node's files take long. Nothing else may come of it.
func stallsFiles(name string, copies int, n *node, journalDir string) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		a := pick(b, append(append([]aim{}, writesOfFiles...), readsOfFiles...))
		each := 50*time.Millisecond + time.Duration(b.dice.Int64N(int64(time.Second)))
		if _, runs := n.running(); !runs {
			return nil
		}
		release, err := a.inject(ctx, n, journalDir, "delay_enter="+strconv.FormatInt(each.Microseconds(), 10))
		b.whom = fmt.Sprintf("%s: %s of %s takes %s", n.name, a.calls, a.files, each)
		if err != nil {
			return err
		}
		b.hold(ctx, 0.2, 0.6)
		release()
		return nil
	}}
}

// inject has strace get between a node and the kernel, until release is called or
// the node ends.
func (a *aim) inject(ctx context.Context, n *node, journalDir, what string) (release func(), err error) {
	args := []string{"-f", "-o", "/dev/null", "-p", strconv.Itoa(n.pid()), "-e", "inject=" + a.calls + ":" + what}
	for _, path := range a.paths(journalDir) {
		args = append(args, "-P", path)
	}
	cmd := exec.CommandContext(ctx, "strace", args...) //nolint:gosec // paths are ours
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.SysProcAttr = attributes()
	said, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(said)
	first := ""
	for lines.Scan() {
		if first += lines.Text() + "\n"; strings.Contains(first, " attached") {
			break
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines.Scan() { // strace tells of each thread
		}
		_ = cmd.Wait()
	}()
	if !strings.Contains(first, " attached") {
		<-done
		if _, runs := n.running(); !runs {
			return func() {}, nil
		}
		return nil, fmt.Errorf("strace: %s", first)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // one that has ended needs none
		<-done
	}, nil
}

// paths are the files that patterns match, and the next ones that the store will
// make: it numbers them.
func (a *aim) paths(journalDir string) (paths []string) {
	const next = 30
	for _, pattern := range a.files {
		names, err := filepath.Glob(filepath.Join(journalDir, pattern))
		if err != nil || len(names) == 0 {
			names = []string{filepath.Join(journalDir, pattern)}
		}
		paths = append(paths, names...)
		if before, after, numbered := strings.Cut(pattern, "*"); numbered && after != "" || before == "MANIFEST-" {
			for i := range next {
				paths = append(paths, filepath.Join(journalDir, fmt.Sprintf("%s%06d%s", before, newestNumber(journalDir)+1+i, after)))
			}
		}
	}
	return paths
}

// newestNumber is the greatest that a file of the store has in its name.
func newestNumber(journalDir string) (newest int) {
	entries, err := os.ReadDir(journalDir)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		digits := strings.Trim(e.Name(), "MANIFEST-.logst")
		if number, err := strconv.Atoi(digits); err == nil {
			newest = max(newest, number)
		}
	}
	return newest
}

// mayTrace tells whether there is a strace that the system lets trace.
func mayTrace(ctx context.Context) error {
	return command(ctx, "strace", "-o", "/dev/null", "true")
}
