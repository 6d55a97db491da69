package server

import (
	"log/slog"
	"os"
	"time"
)

// ExitFailed is the exit status of a process whose journal failed: what was
// acknowledged is kept, and nothing more is taken.
const ExitFailed = 3

// failStopTime is how long a process whose journal failed still tells others.
// The reader of its log may be hanging, too.
const failStopTime = 500 * time.Millisecond

// EndProcess gives the FailStop of a program that is a server and nothing else:
// it logs the failure and ends the process. After a write or sync has failed
// nobody knows what is on the disk, until it is read again at the next start.
func EndProcess(log *slog.Logger) func(error) {
	return func(err error) {
		time.AfterFunc(failStopTime, func() { os.Exit(ExitFailed) })
		log.Error("the journal failed, and the server ends", slog.Any("error", err))
		os.Exit(ExitFailed)
	}
}
