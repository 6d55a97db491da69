package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// insideEnv is set in the environment of the process that runs in namespaces.
const insideEnv = "ROLLCALL_TORTURE_INSIDE"

// exitNotIsolated is how a process ends that could not set its namespaces up.
const exitNotIsolated = 90

// endWait is how long the isolated process may take to end when it is told to.
const endWait = 20 * time.Second

// isolate runs this program again with the same arguments in namespaces of its
// own, and gives its exit status. It is the first process there: however it
// ends, the kernel ends all others, and network and mounts vanish with them.
// errNotIsolated tells that the system does not let us.
func isolate(ctx context.Context, args []string) (status int, err error) {
	runtime.LockOSThread() // Pdeathsig is about the thread that starts the process
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...) //nolint:gosec // ourselves
	cmd.Env = append(os.Environ(), insideEnv+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = endWait
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
		Setpgid:    true, // Ctrl-C comes through us
	}
	if uid := os.Geteuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("%w: %w", errNotIsolated, err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case !errors.As(err, &exit):
		return 0, err
	case exit.ExitCode() == exitNotIsolated:
		return 0, errNotIsolated
	}
	return exit.ExitCode(), nil
}

// isInside tells whether this is the process that isolate started.
func isInside() bool { return os.Getenv(insideEnv) != "" }

// settleIn sets up what the new namespaces lack.
func settleIn(ctx context.Context) error {
	for _, program := range []string{"ip", "tc", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			return err
		}
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts our own: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return command(ctx, "ip", "link", "set", "lo", "up")
}

// attributes of every process that is started: it ends with us.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// newNetwork are those of a process with a network of its own.
func newNetworkAttributes() *syscall.SysProcAttr {
	a := attributes()
	a.Cloneflags = syscall.CLONE_NEWNET
	return a
}

const (
	signalPause  = syscall.SIGSTOP
	signalResume = syscall.SIGCONT
)
