package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func sdkClient(url string) *connect.Client {
	return connect.New(connect.Options{
		Region:       region,
		BaseEndpoint: aws.String(url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretAccessKey}, nil
		}),
	})
}

func TestSDKForGo_AllFiltersWholeAnswers(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	client := sdkClient(server.URL)
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			var filters types.UserDataFilters
			if err := json.Unmarshal([]byte(q.filters), &filters); err != nil {
				t.Fatal(err)
			}
			out, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{
				InstanceId: aws.String(instanceID), Filters: &filters,
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(out)
			if err != nil {
				t.Fatal(err)
			}
			same(t, expected(q.agents), got)
		})
	}
}

func TestSDKForGo_ThePaginatorWalksAllPages(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	pages := connect.NewGetCurrentUserDataPaginator(sdkClient(server.URL), &connect.GetCurrentUserDataInput{
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

func TestSDKForGo_TypedExceptions(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	client := sdkClient(server.URL)
	ask := func(instance string, filters types.UserDataFilters, token *string) error {
		_, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{
			InstanceId: &instance, Filters: &filters, NextToken: token,
		})
		return err
	}
	var invalid *types.InvalidParameterException
	if err := ask(instanceID, types.UserDataFilters{}, nil); !errors.As(err, &invalid) {
		t.Errorf("no filter: %v", err)
	}
	if err := ask(instanceID, types.UserDataFilters{Queues: []string{"sales"}}, aws.String("forged")); !errors.As(err, &invalid) {
		t.Errorf("a forged token: %v", err)
	}
	var notFound *types.ResourceNotFoundException
	if err := ask("nowhere", types.UserDataFilters{Queues: []string{"sales"}}, nil); !errors.As(err, &notFound) {
		t.Errorf("an unknown instance: %v", err)
	}
}
