package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rollcall",
		Short: "Who is on the floor, and what each agent is doing right now",
		Long: `rollcall keeps the present state of contact centre floors. It takes the agent
events that Amazon Connect publishes, or the same JSON from anything else, and
answers Amazon Connect's GetCurrentUserData for any number of askers.`,
		Example: `  rollcall demo                        a server with a simulated floor; the quickest look
  rollcall serve                       the server
  rollcall emit events.jsonl           put agent events into a server
  rollcall agents                      who is on the floor, as a table
  rollcall journal export backup.gz    the whole journal, as agent events
  rollcall connect help                the AWS CLI's command`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if told, err := cmd.Flags().GetBool("version"); told || err != nil {
				return printVersion(cmd, nil)
			}
			return cmd.Help()
		},
	}
	// cobra's own flag wants a template, and with that the linker keeps every method there is: a fifth more.
	root.Flags().BoolP("version", "v", false, "version for rollcall")
	root.AddCommand(newServe(), newDemo(), newSimulate(), newEmit(), newAgents(), newInstances(), newJournal(), newConnect(), newKey(), newToken(), newVersion(), newMan())
	root.AddCommand(newNames()...)
	root.AddCommand(newSources(), newSeed())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Run, cmd.RunE = nil, helpOn
		case "completion":
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return misused(cmd, fmt.Errorf("unknown shell %q: there are bash, fish, powershell and zsh", args[0]))
				}
				return cmd.Help()
			}
		}
	}
	sameFlags(root)
	return root
}

// helpOn is "help COMMAND".
func helpOn(cmd *cobra.Command, args []string) error {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 && about.HasSubCommands() {
		return misused(cmd, fmt.Errorf("unknown command %q", strings.Join(args, " ")))
	}
	about.InitDefaultHelpFlag()
	return about.Help()
}

// misused ends a command whose line can't be right with a pointer to its help.
func misused(cmd *cobra.Command, err error) error {
	return &exitError{status: exitMisused, err: fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
}

// someArgs wants at least one word, which is what is said of it.
func someArgs(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("want %s: %s", what, cmd.UseLine())
		}
		return nil
	}
}

// noArgs refuses words that the command has no use for.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	return nil
}
