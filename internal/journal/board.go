package journal

import (
	"context"
	"errors"
)

// Board is what a Log has whose nodes can leave each other notes. Notes are no part
// of the journal: they may be lost at any time, and all that rests on them must
// stand without them.
type Board interface {
	// Node names this node among those of the log.
	Node() string

	// Notes gives all notes whose keys begin with prefix, a whole number of words.
	Notes(ctx context.Context, prefix string) (map[string]Note, error)

	// PutNote writes a note over the one of this revision; 0: where there is none.
	// It gives ErrNoteChanged when there is another. A note that nobody writes for
	// ten minutes is gone. Keys are words of letters, digits, '-', '_' and '=', with
	// dots between them.
	PutNote(ctx context.Context, key, text string, revision uint64) error

	// DropNote removes a note of this revision. A later one stays.
	DropNote(ctx context.Context, key string, revision uint64) error
}

// Note is what stands on a Board.
type Note struct {
	Text     string
	Revision uint64 // another with each time that it is written
}

// ErrNoteChanged tells that somebody else wrote, or removed, a note meanwhile.
var ErrNoteChanged = errors.New("the note was changed meanwhile")
