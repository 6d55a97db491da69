package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"rollcall/internal/durable"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// Suffixes of directories beside the one of an embedded journal.
const (
	ImportingSuffix = ".importing" // an import that is on its way, or was broken off
	emptySuffix     = ".empty"     // a journal without events that made room
)

// ImportDir imports into an embedded journal that becomes the one in dir when it
// is whole and synced. What is in dir stays until then, and must be nothing or a
// journal without events; no server may be using it. An import that was broken
// off is found beside dir and gone on with.
func ImportDir(ctx context.Context, dir string, o disklog.Options, in io.Reader, progress Progress) (is Imported, err error) {
	old, err := openEmpty(dir, o)
	if err != nil {
		return is, err
	}
	defer func() {
		if old != nil {
			err = errors.Join(err, old.Close())
		}
	}()
	log, err := disklog.Open(dir+ImportingSuffix, o)
	if err != nil {
		return is, err
	}
	is, err = Import(ctx, log, in, progress)
	if errors.Is(err, ErrNotEmpty) {
		err = fmt.Errorf("an import into %s was broken off: %w; to begin anew, remove that directory", dir+ImportingSuffix, err)
	}
	if err = errors.Join(err, log.Close()); err != nil {
		return is, err
	}
	if old != nil {
		err = old.Close()
		old = nil
	}
	if err == nil {
		err = replace(dir)
	}
	if err != nil {
		return is, fmt.Errorf("put what was imported in its place: %w", err)
	}
	return is, nil
}

// openEmpty opens the journal in dir, if there is one, so that nobody else does.
func openEmpty(dir string, o disklog.Options) (*disklog.Log, error) {
	o.ReadOnly = true
	log, err := disklog.Open(dir, o)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, journal.ErrDamaged):
		return nil, nil //nolint:nilnil // there is none, and none is needed
	case err != nil:
		return nil, err
	case log.End().Pack != 0:
		return nil, errors.Join(fmt.Errorf("%w: %s holds events up to %s", ErrNotEmpty, dir, log.End()), log.Close())
	}
	return log, nil
}

// replace makes what was imported the journal in dir.
func replace(dir string) error {
	if err := os.RemoveAll(dir + emptySuffix); err != nil {
		return err
	}
	if err := os.Rename(dir, dir+emptySuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := durable.Rename(dir+ImportingSuffix, dir); err != nil {
		return err
	}
	return os.RemoveAll(dir + emptySuffix)
}
