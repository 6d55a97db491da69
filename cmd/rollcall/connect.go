package main

import "github.com/spf13/cobra"

// newConnect stands for the AWS CLI's command in help, completion and man
// pages. It never runs: run hands such command lines to package awscli before
// cobra sees them.
func newConnect() *cobra.Command {
	return &cobra.Command{
		Use:   "connect get-current-user-data",
		Short: "The AWS CLI's command, against rollcall or Amazon Connect",
		Long: `connect is the AWS CLI v2's command for Amazon Connect: the same options, output
formats, errors and exit statuses. It asks a rollcall server if
AWS_ENDPOINT_URL_CONNECT or --endpoint-url names one, else Amazon Connect itself.

"rollcall connect help" and "rollcall connect get-current-user-data help" tell
its options.`,
		Example: `  rollcall connect get-current-user-data --instance-id INSTANCE --filters Queues=QUEUE
  rollcall connect get-current-user-data --instance-id INSTANCE --filters Agents=AGENT \
      --query 'UserDataList[].Status.StatusName' --output text`,
		DisableFlagParsing: true,
		ValidArgs:          []string{"get-current-user-data", "help"},
		Run:                func(*cobra.Command, []string) {},
	}
}
