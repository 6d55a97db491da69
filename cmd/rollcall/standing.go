package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/archive"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/store"
)

// addDataDir gives a command the directory of a server that is stopped, on which
// it then works itself.
func addDataDir(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data-dir", "", "data directory of a server that is stopped, to work on instead of a running server")
}

// standing opens the journal of a server that is stopped for f, and closes it.
// changes tells that f may change it.
func standing(cmd *cobra.Command, dir string, changes bool, f func(*archive.Standing) error) error {
	ctx := cmd.Context()
	place := store.Place{DataDir: dir, Logger: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	open := func() (journal.Log, error) { return place.OpenExisting(ctx) }
	if changes {
		open = place.OpenToChange
	}
	log, err := open()
	if errors.Is(err, journal.ErrInUse) {
		return fmt.Errorf("%w; leave --data-dir out to ask the server that uses it, or stop it", err)
	}
	if err != nil {
		return err
	}
	s, err := archive.Stand(ctx, log)
	if err == nil {
		if err = f(s); changes {
			err = errors.Join(err, s.Close(ctx))
		}
	}
	return errors.Join(err, log.Close())
}

// shown is the instance as lists show it.
func shown(fl *floor.Floor) knownInstance {
	c := fl.Counts()
	return knownInstance{
		ID: string(fl.ARN().Instance), ARN: fl.ARN().String(), Agents: c.Agents, Online: c.Online, Contacts: c.Contacts, Bytes: c.Bytes,
	}
}

// removeStanding removes an instance from the journal of a server that is
// stopped.
func removeStanding(cmd *cobra.Command, dir, name string, yes bool) error {
	return standing(cmd, dir, true, func(s *archive.Standing) error {
		fl, err := s.Instance(name)
		if err != nil {
			return err
		}
		if !yes {
			if err := askForRemoval(cmd, []knownInstance{shown(fl)}, name); err != nil {
				return err
			}
		}
		position, err := s.RemoveInstance(cmd.Context(), fl)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "instance %s is removed, position %s\n", harmless(name), position)
		return nil
	})
}

// forgetStanding forgets agents, named by id or ARN, in the journal of a server
// that is stopped.
func (f *forgetting) forgetStanding(cmd *cobra.Command, agents []string) error {
	return standing(cmd, f.dataDir, true, func(s *archive.Standing) error {
		if all := s.Floors().Instances(); f.instance == "" && len(all) == 1 {
			f.instance = string(all[0].ARN().Instance)
		}
		if f.instance == "" {
			return misused(cmd, fmt.Errorf("the journal has %d instances: name one with --instance", len(s.Floors().Instances())))
		}
		fl, err := s.Instance(f.instance)
		if err != nil {
			return err
		}
		return f.each(cmd, agents, func(agent string) (string, error) {
			position, err := s.ForgetAgent(cmd.Context(), fl, agent, f.force, time.Now())
			return position.String(), err
		})
	})
}
