package disklog_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"testing"

	"rollcall/internal/journal/disklog"
)

// holdDir makes the test program open the journal in that directory, say so,
// and hold it until its standard input ends.
const holdDir = "DISKLOG_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdDir); dir != "" {
		l, err := disklog.Open(dir, disklog.Options{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("holding")
		_, _ = io.Copy(io.Discard, os.Stdin)
		if err := l.Close(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	// A check of the model opens several stores: 30 instead of 100 by default.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
