package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func sdkClient(to target, options ...func(*connect.Options)) *connect.Client {
	return connect.New(connect.Options{
		HTTPClient:   &http.Client{Transport: &wholeBodies{to: new(http.Transport)}},
		Region:       region,
		BaseEndpoint: aws.String(to.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: to.accessKeyID, SecretAccessKey: to.secretAccessKey, SessionToken: to.sessionToken}, nil
		}),
	}, options...)
}

// wholeBodies sends each body from memory of its own. The SDK's own reader (of
// smithy-go 1.28) is closed as soon as an answer is there, and net/http, which
// looks once more behind a body of more than 4 KB, takes that for a failed request
// and closes the connection, with the answer half read: now and then, where the
// server is fast.
type wholeBodies struct{ to http.RoundTripper }

func (w *wholeBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w.to.RoundTrip(r)
}

func sendByGo(t *testing.T, to target, requests ...request) []outcome {
	t.Helper()
	outcomes := make([]outcome, len(requests))
	for i, r := range requests {
		body, err := json.Marshal(r.Input)
		if err != nil {
			t.Fatal(err)
		}
		var input connect.GetCurrentUserDataInput
		if err := json.Unmarshal(body, &input); err != nil {
			t.Fatal(err)
		}
		client := sdkClient(to, func(o *connect.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = max(1, r.Attempts) })
		})
		out, err := client.GetCurrentUserData(t.Context(), &input)
		if err != nil {
			outcomes[i] = goException(t, err)
			continue
		}
		if outcomes[i].Answer, err = json.Marshal(out); err != nil {
			t.Fatal(err)
		}
	}
	return outcomes
}

func goException(t *testing.T, err error) outcome {
	t.Helper()
	var exception smithy.APIError
	var response *smithyhttp.ResponseError
	if !errors.As(err, &exception) || !errors.As(err, &response) {
		t.Fatalf("no answer: %v", err)
	}
	return outcome{
		Exception: exception.ErrorCode(), Message: exception.ErrorMessage(), Status: response.HTTPStatusCode(),
		Typed: strings.HasPrefix(fmt.Sprintf("%T", exception), "*types."),
	}
}

func TestSDKForGo_ThePaginatorWalksAllPages(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	pages := connect.NewGetCurrentUserDataPaginator(sdkClient(server.target), &connect.GetCurrentUserDataInput{
		InstanceId: aws.String(instanceID), MaxResults: aws.Int32(1),
		Filters: &types.UserDataFilters{Queues: []string{"sales"}},
	})
	var agents []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if *page.ApproximateTotalCount != 3 {
			t.Errorf("ApproximateTotalCount = %d, want 3", *page.ApproximateTotalCount)
		}
		for _, u := range page.UserDataList {
			agents = append(agents, *u.User.Id)
		}
	}
	if got, _ := json.Marshal(agents); string(got) != `["ann","bob","cay"]` {
		t.Errorf("walked over %s", got)
	}
}

// errors.As is how Go programs catch exceptions.
func TestSDKForGo_ExceptionsAreCaughtByType(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	client := sdkClient(server.target)
	ask := func(instance string, filters types.UserDataFilters) error {
		_, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{InstanceId: &instance, Filters: &filters})
		return err
	}
	var invalid *types.InvalidParameterException
	if err := ask(instanceID, types.UserDataFilters{}); !errors.As(err, &invalid) || invalid.ErrorMessage() == "" {
		t.Errorf("no filter: %v", err)
	}
	var notFound *types.ResourceNotFoundException
	if err := ask("nowhere", types.UserDataFilters{Queues: []string{"sales"}}); !errors.As(err, &notFound) {
		t.Errorf("an unknown instance: %v", err)
	}
	var response *smithyhttp.ResponseError
	if err := ask("nowhere", types.UserDataFilters{Queues: []string{"sales"}}); !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusNotFound {
		t.Errorf("an unknown instance: %v", err)
	}
}
