package server

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"rollcall/internal/floor"
)

// A server that is asked to end while it reads a large snapshot does not read
// it to its end.
func TestInterruptible_EndsWithItsContext(t *testing.T) {
	var snapshot bytes.Buffer
	at, err := floor.New(floor.Options{}).WriteSnapshot(&snapshot)
	if err != nil {
		t.Fatal(err)
	}
	for _, asked := range []bool{false, true} {
		ctx, end := context.WithCancel(t.Context())
		if asked {
			end()
		}
		_, err := readSnapshot(&interruptible{ctx: ctx, r: bytes.NewReader(snapshot.Bytes())}, at, floor.Options{})
		if asked != errors.Is(err, context.Canceled) || (!asked && err != nil) {
			t.Errorf("asked to end: %t; %v", asked, err)
		}
		end()
	}
}
