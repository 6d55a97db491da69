package main

import (
	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
)

// addTarget gives a command the options that say which server to talk to.
func addTarget(cmd *cobra.Command, o *ownclient.Options) {
	flags := cmd.Flags()
	flags.StringVar(&o.EndpointURL, "endpoint-url", "", "the server's address, as http://HOST:PORT (default: AWS_ENDPOINT_URL_CONNECT, then the AWS configuration)")
	flags.StringVar(&o.Region, "region", "", "the Region to sign for (default: the AWS configuration's, else "+ownclient.DefaultRegion+")")
	flags.StringVar(&o.Profile, "profile", "", "the AWS profile to take credentials and endpoint from")
}
