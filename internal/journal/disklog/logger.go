package disklog

import (
	"context"
	"fmt"
	"log/slog"
)

// pebbleLogger is where Pebble writes: debug, but for what it calls fatal.
type pebbleLogger struct {
	*Log
}

// Infof implements pebble.Logger.
func (p pebbleLogger) Infof(format string, args ...any) { p.debug("info", format, args) }

// Errorf implements pebble.Logger: what matters of it comes as an event too.
func (p pebbleLogger) Errorf(format string, args ...any) { p.debug("error", format, args) }

func (p pebbleLogger) debug(level, format string, args []any) {
	if p.options.Logger.Enabled(context.Background(), slog.LevelDebug) {
		p.options.Logger.Debug("journal store", "level", level, "detail", fmt.Sprintf(format, args...))
	}
}

// Fatalf implements pebble.Logger. It must not return, and does not.
func (p pebbleLogger) Fatalf(format string, args ...any) {
	p.fs.stop(fmt.Errorf(format, args...))
	if !p.opened.Load() {
		p.options.FailStop(p.Err()) // Open will not come to give it
	}
	select {} // where the process goes on, its caller cannot
}
