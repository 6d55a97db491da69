package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rollcall/internal/process"
)

// profile takes a CPU profile of a server while it is measured once, if the
// run was asked for profiles. Read it with go tool pprof.
func (r *run) profile(ctx context.Context, s *server, name string, measured func() (measure, error)) error {
	if !r.profiles {
		return nil
	}
	taken := make(chan error, 1)
	var profile []byte
	go func() {
		var err error
		profile, err = process.GoodPage(ctx, s.Admin, fmt.Sprintf("/debug/pprof/profile?seconds=%d", max(1, int(r.window.Seconds()))))
		taken <- err
	}()
	if _, err := measured(); err != nil {
		return err
	}
	if err := <-taken; err != nil {
		return err
	}
	path := filepath.Join(r.results, strings.Map(fileRune, name)+".pprof")
	r.tell("profile of the server: %s", path)
	return os.WriteFile(path, profile, 0o644) //nolint:gosec // results are for everybody
}

// fileRune keeps what file names have.
func fileRune(c rune) rune {
	if strings.ContainsRune(" /,'", c) {
		return '-'
	}
	return c
}
