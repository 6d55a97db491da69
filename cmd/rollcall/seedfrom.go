package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"rollcall/connectclient"
	"rollcall/internal/source/connect"
)

// seedSettings say which instances of Amazon Connect a server is seeded from.
type seedSettings struct {
	instances []string
	endpoint  string
}

func (s *seedSettings) addFlags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&s.instances, "seed-from-connect", nil, "ARN of an Amazon Connect instance that is asked, at the start and once an hour, who is on its floor, with the credentials that AWS tools find; may be repeated")
	flags.StringVar(&s.endpoint, "seed-endpoint-url", "", "where Amazon Connect is that is seeded from, if not at Amazon")
}

// open gives what asks; what can't be meant is named.
func (s *seedSettings) open(ctx context.Context) ([]connect.Options, error) {
	var wrong error
	if s.endpoint != "" {
		wrong = judgeEndpoint("--seed-endpoint-url", s.endpoint)
		if len(s.instances) == 0 {
			wrong = errors.Join(wrong, errors.New("--seed-endpoint-url is set without --seed-from-connect"))
		}
	}
	var all []connect.Options
	paces := make(map[string]*connect.Pace) // :: account and Region
	named := make(map[string]bool)
	for _, text := range s.instances {
		instance, err := connect.ParseInstance(text)
		if err == nil && named[instance.String()] {
			err = fmt.Errorf("instance %s is there twice", instance)
		}
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("--seed-from-connect: %w", err))
			continue
		}
		named[instance.String()] = true
		of := instance.Account + " " + instance.Region
		if paces[of] == nil {
			paces[of] = connect.NewPace(connect.AmazonsPace)
		}
		access, err := openAWS(ctx, defaultAWSTimeout, instance.Region)
		if err != nil {
			return nil, errors.Join(wrong, fmt.Errorf("--seed-from-connect: %w", err))
		}
		all = append(all, connect.Options{Instance: instance, Pace: paces[of], Client: connectclient.Config{
			EndpointURL: s.endpoint, Region: instance.Region, Credentials: access.credentials[instance.Region], HTTPClient: access.client,
			UserAgent: "rollcall/" + version(),
		}})
	}
	return all, wrong
}
