package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/spf13/pflag"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/connect"
)

// forwardSettings say what is sent on to Amazon Connect.
type forwardSettings struct {
	to      []string // REGION or REGION=URL
	writes  bool
	timeout time.Duration
	prefer  []string
}

func (f *forwardSettings) addFlags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.to, "forward", nil, "Region of Amazon Connect, or REGION=URL, to which operations and instances that aren't here are sent on, signed with the credentials that AWS tools find; may be repeated, then the Region of the request's signature picks")
	flags.BoolVar(&f.writes, "forward-writes", false, "send on what changes something, too, and not only what IAM calls List or Read")
	flags.DurationVar(&f.timeout, "forward-timeout", connect.DefaultForwardTimeout, "longest time for Amazon Connect's answer")
	flags.StringSliceVar(&f.prefer, "forward-prefer", nil, "operation that is here and is sent on all the same, such as DescribeUser; may be repeated")
}

// forwarding is what the settings say; nil if nothing is sent on. All that is
// wrong with them is named.
func (f *forwardSettings) forwarding(ctx context.Context) (*connect.Forwarding, error) {
	var wrong []error
	fault := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if len(f.to) == 0 && (f.writes || len(f.prefer) > 0) {
		fault("--forward-writes or --forward-prefer is set without --forward")
	}
	if f.timeout < time.Second || f.timeout > time.Hour {
		fault("--forward-timeout is %s: want 1s to 1h", f.timeout)
	}
	for _, name := range f.prefer {
		if connectapi.Find(name) == nil {
			fault("--forward-prefer %q: want an operation that is here, such as DescribeUser", rollcall.Shorten(name))
		}
	}
	var targets []connect.ForwardTarget
	for _, text := range f.to {
		target, err := parseForwardTarget(text)
		for _, other := range targets {
			if err == nil && other.Region == target.Region {
				err = errors.New("the Region is there twice")
			}
		}
		if err != nil {
			fault("--forward %q: %w", rollcall.Shorten(text), err)
		}
		targets = append(targets, target)
	}
	if len(wrong) > 0 || len(targets) == 0 {
		return nil, errors.Join(wrong...)
	}
	regions := make([]string, len(targets))
	for i := range targets {
		regions[i] = targets[i].Region
	}
	aws, err := openAWS(ctx, f.timeout, regions...)
	if err != nil {
		return nil, fmt.Errorf("--forward: %w", err)
	}
	return &connect.Forwarding{Targets: targets, Writes: f.writes, Prefer: f.prefer, Timeout: f.timeout, Client: aws.client, Sign: aws.sign}, nil
}

var regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`) })

func parseForwardTarget(text string) (connect.ForwardTarget, error) {
	region, at, given := strings.Cut(text, "=")
	target := connect.ForwardTarget{Region: region}
	if !regionName().MatchString(region) {
		return target, errors.New("want a Region such as eu-west-1, or REGION=URL")
	}
	if !given {
		at = connectclient.Endpoint(region, false, false)
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return target, errors.New("want a URL as https://HOST")
	}
	target.URL = u
	return target, nil
}

// awsAccess is how Amazon Connect is reached, and with which credentials.
type awsAccess struct {
	client      *http.Client
	signer      *v4.Signer
	credentials map[string]*aws.CredentialsCache // :: Region -> credentials
}

// defaultAWSTimeout bounds a question that is answered at once.
const defaultAWSTimeout = 30 * time.Second

// openAWSSettings reads how AWS's tools are set up here, for a server.
func openAWSSettings(timeout time.Duration) (*setup.Settings, error) {
	settings, err := setup.Open(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	settings.ConnectTimeout, settings.ReadTimeout = timeout, timeout
	settings.Ask = func(string) (string, error) {
		return "", errors.New("the credentials want a code from a device, and a server has nobody to ask")
	}
	return settings, nil
}

// openAWS reads how AWS's tools are set up here, for a server. The endpoints that
// it says are not looked at: such a setting is what points programs at this server.
func openAWS(ctx context.Context, timeout time.Duration, regions ...string) (*awsAccess, error) {
	settings, err := openAWSSettings(timeout)
	if err != nil {
		return nil, err
	}
	return reachAWS(ctx, settings, regions...)
}

// reachAWS finds the credentials for each Region, and whom to trust.
func reachAWS(ctx context.Context, settings *setup.Settings, regions ...string) (*awsAccess, error) {
	a := &awsAccess{signer: v4.NewSigner(), credentials: make(map[string]*aws.CredentialsCache)}
	for _, region := range regions {
		provider, err := settings.Credentials(ctx, region)
		if err != nil {
			return nil, err
		}
		a.credentials[region] = aws.NewCredentialsCache(provider)
	}
	bundle, err := settings.Bundle("", false)
	if err != nil {
		return nil, err
	}
	trust, err := setup.Trust(bundle)
	if err != nil {
		return nil, err
	}
	a.client = settings.HTTPClient(trust)
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if transport, ok := a.client.Transport.(*http.Transport); ok {
		transport.MaxIdleConnsPerHost = 256
		// Well before the other side closes a connection that is idle: a request that
		// meets with that fails, since nothing is tried twice.
		transport.IdleConnTimeout = 15 * time.Second
		transport.MaxResponseHeaderBytes = 64 << 10
	}
	return a, nil
}

// sign signs what no proxy changes on the way.
func (a *awsAccess) sign(ctx context.Context, r *http.Request, sum, region string) error {
	credentials, err := a.credentials[region].Retrieve(ctx)
	if err != nil {
		return err
	}
	signed := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, Header: make(http.Header)}
	if sent := r.Header["Content-Type"]; sent != nil {
		signed.Header["Content-Type"] = sent
	}
	if err := a.signer.SignHTTP(ctx, credentials, signed, sum, "connect", region, time.Now()); err != nil {
		return err
	}
	for _, name := range []string{"X-Amz-Date", "X-Amz-Security-Token", "Authorization"} {
		if v := signed.Header.Get(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	return nil
}
