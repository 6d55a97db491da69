package main

import (
	"github.com/spf13/cobra"

	"rollcall/internal/awscli"
)

// newConnect stands for the AWS CLI's command in help, completion and man
// pages. It never runs: run hands such command lines to package awscli before
// cobra sees them.
func newConnect() *cobra.Command {
	return &cobra.Command{
		Use:   "connect OPERATION",
		Short: "The AWS CLI's command, against rollcall or Amazon Connect",
		Long: `connect is the AWS CLI v2's command for Amazon Connect: the same options, output
formats, paging, errors and exit statuses. It asks a rollcall server if
AWS_ENDPOINT_URL_CONNECT or --endpoint-url names one, else Amazon Connect itself.

"rollcall connect help" lists the operations, and one with help behind it, such as
"rollcall connect get-current-user-data help", tells its options.`,
		Example: `  rollcall connect get-current-user-data --instance-id INSTANCE --filters Queues=QUEUE
  rollcall connect get-current-user-data --instance-id INSTANCE --filters Agents=AGENT \
      --query 'UserDataList[].Status.StatusName' --output text
  rollcall connect list-users --instance-id INSTANCE --max-items 20`,
		DisableFlagParsing: true,
		ValidArgsFunction: func(_ *cobra.Command, words []string, begun string) ([]string, cobra.ShellCompDirective) {
			return awscli.Complete(words, begun), cobra.ShellCompDirectiveNoFileComp
		},
		Run: func(*cobra.Command, []string) {},
	}
}
