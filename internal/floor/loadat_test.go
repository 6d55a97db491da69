package floor_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"rollcall"
	"rollcall/internal/floor"
)

// A server that is asked to end while it reads a large snapshot does not read
// it to its end.
func TestLoadAt_EndsWithItsContext(t *testing.T) {
	f := floor.New(floor.Options{})
	data := snapshot(t, f)
	for _, asked := range []bool{false, true} {
		ctx, end := context.WithCancel(t.Context())
		if asked {
			end()
		}
		_, err := floor.LoadAt(ctx, bytes.NewReader(data), f.Position(), floor.Options{})
		if asked != errors.Is(err, context.Canceled) || (!asked && err != nil) {
			t.Errorf("asked to end: %t; %v", asked, err)
		}
		end()
	}
}

func TestLoadAt_RefusesTheStateAtAnotherPosition(t *testing.T) {
	data := snapshot(t, floor.New(floor.Options{}))
	if _, err := floor.LoadAt(t.Context(), bytes.NewReader(data), rollcall.Position{Epoch: 1, Pack: 7}, floor.Options{}); err == nil {
		t.Error("the empty floor passes for the state at pack 7")
	}
}
