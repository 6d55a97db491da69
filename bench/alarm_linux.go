package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// alarm wakes the one goroutine that has it at an instant, and no more than
// some 50 µs late when a processor is free. time.Sleep may be a millisecond late
// in a process that waits for its network meanwhile, and so would each request
// be, and each answer look slower by as much.
type alarm struct {
	fd   int
	file *os.File // of fd
}

func newAlarm() (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &alarm{fd: fd, file: os.NewFile(uintptr(fd), "timer")}, nil
}

// wait returns at the instant, or at once if that is over.
func (a *alarm) wait(at time.Time) {
	left := time.Until(at)
	if left <= 0 {
		return
	}
	var expirations [8]byte
	err := unix.TimerfdSettime(a.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(left))}, nil)
	if err == nil {
		_, err = a.file.Read(expirations[:])
	}
	if err != nil {
		time.Sleep(time.Until(at))
	}
}

func (a *alarm) close() { _ = a.file.Close() }
