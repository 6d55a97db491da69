package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/connect"
	"rollcall/internal/server"
	"rollcall/rollcalltest"
)

// isolated leaves no setting of this machine's AWS tools in force.
func isolated(t *testing.T, id, secret string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
		"AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none"),
	} {
		t.Setenv(name, value)
	}
}

// A server that has other keys is asked, with the credentials of the environment,
// about what isn't here; the sender's key is not known there.
func TestForward_SignsAnewForAnotherServer(t *testing.T) {
	amazon := rollcalltest.NewServer(t)
	amazon.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}})
	isolated(t, rollcalltest.AccessKeyID, rollcalltest.SecretAccessKey)
	settings := forwardSettings{to: []string{"us-east-1=" + amazon.URL + "/", "eu-west-1=http://127.0.0.1:1"}, timeout: connect.DefaultForwardTimeout}
	here := rollcalltest.NewServer(t, func(c *server.Config) {
		forward, err := settings.forwarding(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Forward, c.AccessKeyID, c.SecretAccessKey = forward, "AKRCHERE", "known-only-over-here"
	})
	ask := func(region string) (*connectclient.GetCurrentUserDataOutput, error) {
		c := connectclient.New(connectclient.Config{
			EndpointURL: here.URL, Region: region, MaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider("AKRCHERE", "known-only-over-here", ""),
		})
		return connectclient.Do(context.Background(), c, connectapi.GetCurrentUserData, &connectapi.GetCurrentUserDataInput{
			InstanceID: amazon.InstanceID, Filters: &connectapi.UserDataFilters{Queues: []string{"sales"}},
		})
	}
	if out, err := ask("us-east-1"); err != nil || len(out.UserDataList) != 1 || out.UserDataList[0].User.ID != "ann" {
		t.Errorf("%+v, %v", out, err)
	}
	var failed *connectclient.APIError
	if _, err := ask("eu-west-1"); !errors.As(err, &failed) || failed.Code != "BadGatewayException" {
		t.Errorf("of a Region where nobody listens: %v", err)
	}
}

func TestForward_SettingsThatCanNotBeMeant(t *testing.T) {
	isolated(t, "AKIA", "secret")
	for want, f := range map[string]forwardSettings{
		"is set without --forward":               {writes: true},
		"--forward-timeout is 0s: want 1s to 1h": {to: []string{"eu-west-1"}},
		"want an operation that is here":         {to: []string{"eu-west-1"}, prefer: []string{"ListContactFlows"}, timeout: connect.DefaultForwardTimeout},
		`--forward "Mars": want a Region`:        {to: []string{"Mars"}, timeout: connect.DefaultForwardTimeout},
		`--forward "mars=ftp://x": want a URL`:   {to: []string{"mars=ftp://x"}, timeout: connect.DefaultForwardTimeout},
		"the Region is there twice":              {to: []string{"eu-west-1", "eu-west-1=http://x"}, timeout: connect.DefaultForwardTimeout},
		"":                                       {timeout: connect.DefaultForwardTimeout},
	} {
		if got, err := f.forwarding(t.Context()); got != nil || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, %v, want %q", f, got, err, want)
		}
	}
	f := forwardSettings{to: []string{"eu-west-1", "cn-north-1"}, timeout: connect.DefaultForwardTimeout}
	got, err := f.forwarding(t.Context())
	if err != nil || got.Targets[0].URL.String() != "https://connect.eu-west-1.amazonaws.com" || got.Targets[1].URL.String() != "https://connect.cn-north-1.amazonaws.com.cn" {
		t.Errorf("%+v, %v", got, err)
	}
}
