//go:build !linux

package main

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
)

// Namespaces and small disks are Linux's. Elsewhere everything runs on
// loopback, and the faults that need more are left out.

const exitNotIsolated = 90

func isolate(context.Context, []string) (int, error) {
	return 0, fmt.Errorf("%w: %s has none", errNotIsolated, runtime.GOOS)
}

func isInside() bool { return false }

func settleIn(context.Context) error { return errNotIsolated }

func attributes() *syscall.SysProcAttr { return nil }

func newNetworkAttributes() *syscall.SysProcAttr { return nil }

type disk struct{ dir string }

func openDisk(string, int64) (*disk, error) { return nil, errNotIsolated }

func (*disk) fill(int64) error { return errNotIsolated }

func (*disk) widen() error { return nil }

// A pause is a kill where there are no signals that pause.
const (
	signalPause  = syscall.SIGKILL
	signalResume = syscall.SIGTERM
)
