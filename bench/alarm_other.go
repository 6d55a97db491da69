//go:build !linux

package main

import "time"

// alarm wakes the one goroutine that has it at an instant.
type alarm struct{}

func newAlarm() (*alarm, error) { return &alarm{}, nil }

// wait returns at the instant, or at once if that is over.
func (*alarm) wait(at time.Time) { time.Sleep(time.Until(at)) }

func (*alarm) close() {}
