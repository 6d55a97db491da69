package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write a man page for each command into a directory",
		Example: `  rollcall man /usr/local/share/man/man1
  man rollcall-serve`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // manual pages are for everybody to read
				return err
			}
			header := &doc.GenManHeader{Section: "1", Source: "rollcall"}
			cmd.Root().DisableAutoGenTag = true // the pages don't depend on the day
			forMan(cmd.Root())
			if err := doc.GenManTree(cmd.Root(), header, args[0]); err != nil {
				return fmt.Errorf("write the man pages: %w", err)
			}
			return nil
		},
	}
}

// forMan adds to each page what holds for all commands.
func forMan(cmd *cobra.Command) {
	cmd.Long = strings.TrimRight(cmd.Long, "\n") + manEnvironment
	for _, sub := range cmd.Commands() {
		forMan(sub)
	}
}

const manEnvironment = `

ENVIRONMENT: commands that talk to a server find it and sign as AWS tools do: AWS_ENDPOINT_URL_CONNECT,
AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE, AWS_REGION, ~/.aws/config and
~/.aws/credentials. Settings of the server are also read from ROLLCALL_ and the flag's name, as ROLLCALL_DATA_DIR.

EXIT STATUS: 0 done; 1 it could not be done, or not all of it; 2 the command line can't be right; 3 the server's
journal failed; 4 a journal is damaged; 130 interrupted.`
