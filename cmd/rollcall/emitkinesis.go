package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/spf13/pflag"

	"rollcall/internal/awscli/setup"
	"rollcall/internal/emit"
	stream "rollcall/internal/source/kinesis"
)

// streamTarget names the stream into which events go.
type streamTarget struct{ kinesis, endpoint string }

func (t *streamTarget) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&t.kinesis, "kinesis", "", "name or ARN of an Amazon Kinesis data stream into which the documents go, instead of a server")
	flags.StringVar(&t.endpoint, "kinesis-endpoint-url", "", "where Amazon Kinesis is, for a test double (default the Region's)")
}

// open reads how AWS's tools are set up here. Nothing is asked yet.
func (t *streamTarget) open(ctx context.Context) (*emit.Streamer, error) {
	named, err := stream.ParseStream(t.kinesis)
	if err != nil {
		return nil, fmt.Errorf("--kinesis: %w", err)
	}
	options := kinesis.Options{Region: named.Region}
	if t.endpoint != "" {
		if err := judgeEndpoint("--kinesis-endpoint-url", t.endpoint); err != nil {
			return nil, err
		}
		options.BaseEndpoint = &t.endpoint
	}
	settings, err := setup.Open(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	if options.Region == "" {
		region, ok, err := settings.Region()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errors.New("--kinesis: no Region is set: set AWS_REGION, or name the stream by its ARN")
		}
		options.Region = region
	}
	access, err := reachAWS(ctx, settings, options.Region)
	if err != nil {
		return nil, err
	}
	options.Credentials, options.HTTPClient = access.credentials[options.Region], stream.Whole(access.client)
	to := &emit.Streamer{API: kinesis.New(options)}
	if named.ARN != "" {
		to.ARN = &named.ARN
	} else {
		to.Name = &named.Name
	}
	return to, nil
}
