package server

import (
	"errors"
	"fmt"
	"log/slog"

	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// mostFloorBytes is what no floor may take if the process is to live; 0 where
// that isn't known. What is accepted stays far below (Config.MaxFloorBytes); a
// journal from a larger machine may not.
func (c *Config) mostFloorBytes() int64 { return c.MemoryLimit / 4 * 3 }

// joinedBytes is what pages that are remembered may take: next to nothing of a
// process's memory, however small.
func (c *Config) joinedBytes() int {
	if c.MemoryLimit == 0 {
		return connect.DefaultJoinedBytes
	}
	return int(min(connect.DefaultJoinedBytes, c.MemoryLimit/32))
}

// noteFloorBytes says when the floor comes to take more than its budget, as one
// does that was accepted with a larger one, and ends the server before the
// machine would.
func (s *Server) noteFloorBytes() error {
	bytes, budget := s.floors.Counts().Bytes, s.config.MaxFloorBytes
	if most := s.config.mostFloorBytes(); most > 0 && bytes > most {
		return s.wayOut(&floor.TooLargeError{Bytes: bytes, Most: most})
	}
	over := budget > 0 && bytes > budget
	if over && !s.overBudget {
		s.config.Logger.Error("the floor takes more memory than its budget (--max-floor-bytes): nothing new is taken in until it takes less",
			slog.Int64("bytes", bytes), slog.Int64("max_floor_bytes", budget), slog.String("way_out", s.config.wayOut()))
	}
	s.overBudget = over
	return nil
}

// explainStart says what to do about what keeps the floor from being made.
func (s *Server) explainStart(err error) error {
	if tooLarge := new(floor.TooLargeError); errors.As(err, &tooLarge) {
		return s.wayOut(err)
	}
	return err
}

// wayOut says how to get past a floor that is too large.
func (s *Server) wayOut(err error) error { return fmt.Errorf("%w; %s", err, s.config.wayOut()) }

func (c *Config) wayOut() string {
	place := "--data-dir " + c.DataDir
	if c.Shared || c.Ephemeral {
		place = ""
	}
	return fmt.Sprintf("give the server more memory (--memory-limit, --max-floor-bytes), or take out what is too much, also while the server is stopped: "+
		"rollcall instances list|remove %[1]s, rollcall agents forget %[1]s", place)
}
