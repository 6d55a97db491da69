package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	service "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/spf13/pflag"

	"rollcall/internal/source/kinesis"
)

// kinesisSettings say which streams a server reads.
type kinesisSettings struct {
	streams  []string
	endpoint string
	from     string
	fanOut   bool
	consumer string
}

// usualConsumer is what a consumer is called unless something else is said.
const usualConsumer = "rollcall"

func (k *kinesisSettings) addFlags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&k.streams, "kinesis", nil, "name or ARN of a Kinesis data stream that agent events are read from, in the Region and with the credentials that AWS tools find; may be repeated")
	flags.StringVar(&k.endpoint, "kinesis-endpoint-url", "", "where Kinesis is, if not at Amazon")
	flags.StringVar(&k.from, "kinesis-from", "trim-horizon", "where a stream begins that was never read: trim-horizon (the oldest record), latest, or an instant as 2026-01-31T08:00:00Z")
	flags.BoolVar(&k.fanOut, "kinesis-fan-out", false, "have shards sent by enhanced fan-out, which costs by shard and hour, instead of asking for records once a second; registers a consumer")
	flags.StringVar(&k.consumer, "kinesis-consumer", usualConsumer, "the consumer of --kinesis-fan-out; one that isn't there is registered, none is ever deregistered")
}

// judgeEndpoint says what is wrong with a setting that says where a service is.
func judgeEndpoint(flag, text string) error {
	if u, err := url.Parse(text); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s is %q: want a URL as https://HOST", flag, text)
	}
	return nil
}

// speakHTTP2 has a client offer HTTP/2, as subscriptions want it, with so much of
// each in memory that was sent and not read.
func speakHTTP2(c *http.Client) {
	if t, ok := c.Transport.(*http.Transport); ok {
		t.TLSNextProto, t.ForceAttemptHTTP2 = nil, true
		t.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 1 << 20}
	}
}

// open gives the sources; what can't be meant is named.
func (k *kinesisSettings) open(ctx context.Context) ([]kinesis.Options, error) {
	from, wrong := kinesis.ParseFrom(k.from)
	if wrong != nil {
		wrong = fmt.Errorf("--kinesis-from: %w", wrong)
	}
	var endpoint *string
	if k.endpoint != "" {
		wrong = errors.Join(wrong, judgeEndpoint("--kinesis-endpoint-url", k.endpoint))
		endpoint = &k.endpoint
	}
	consumer, err := kinesis.ParseConsumer(k.consumer)
	switch {
	case err != nil:
		wrong = errors.Join(wrong, fmt.Errorf("--kinesis-consumer: %w", err))
	case !k.fanOut && consumer != usualConsumer:
		wrong = errors.Join(wrong, errors.New("--kinesis-consumer is set without --kinesis-fan-out"))
	case !k.fanOut:
		consumer = ""
	}
	if len(k.streams) == 0 {
		if k.endpoint != "" {
			wrong = errors.Join(wrong, errors.New("--kinesis-endpoint-url is set without --kinesis"))
		}
		if k.fanOut {
			wrong = errors.Join(wrong, errors.New("--kinesis-fan-out is set without --kinesis"))
		}
		return nil, wrong
	}
	settings, err := openAWSSettings(defaultAWSTimeout)
	if err != nil {
		return nil, errors.Join(wrong, fmt.Errorf("--kinesis: %w", err))
	}
	usual, found, err := settings.Region()
	if err != nil {
		return nil, errors.Join(wrong, fmt.Errorf("--kinesis: %w", err))
	}
	var all []kinesis.Options
	named := make(map[string]bool) // :: stream and Region
	for _, text := range k.streams {
		stream, err := kinesis.ParseStream(text)
		region := stream.Region
		if region == "" {
			region = usual
		}
		switch is := stream.Name + " in " + region; {
		case err != nil:
		case stream.Region == "" && !found:
			err = fmt.Errorf("no Region is known for stream %s: set AWS_REGION, or name the stream by its ARN", stream.Name)
		case named[is]:
			err = fmt.Errorf("stream %s is there twice", is)
		default:
			named[is] = true
		}
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("--kinesis: %w", err))
			continue
		}
		access, err := reachAWS(ctx, settings, region)
		if err != nil {
			return nil, errors.Join(wrong, fmt.Errorf("--kinesis: %w", err))
		}
		if k.fanOut {
			speakHTTP2(access.client)
		}
		client := kinesis.NewClient(service.Options{
			Region: region, Credentials: access.credentials[region], HTTPClient: access.client, BaseEndpoint: endpoint,
		})
		all = append(all, kinesis.Options{Stream: stream, From: from, API: client, FanOut: consumer})
	}
	return all, wrong
}
