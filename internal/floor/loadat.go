package floor

import (
	"context"
	"fmt"
	"io"

	"rollcall"
)

// LoadAt is Load of the snapshot of a position. It reads to the end of r, so
// that a reader that verifies what it gives has verified all, and no further
// when ctx ends: a server that is asked to stop need not load a large one first.
func LoadAt(ctx context.Context, r io.Reader, at rollcall.Position, o Options) (*Floors, error) {
	r = &interruptible{ctx: ctx, r: r}
	floors, err := Load(r, o)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return nil, err
	}
	if floors.Position() != at {
		return nil, fmt.Errorf("the snapshot of %s holds the state at %s", at, floors.Position())
	}
	return floors, nil
}

// interruptible reads until ctx ends.
type interruptible struct {
	ctx context.Context //nolint:containedctx // an io.Reader takes none
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
