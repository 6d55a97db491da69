package conformance

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"rollcall/connectapi"
	"rollcall/connectclient"
)

// A program that lists users, describes each, and searches, runs as it is, with
// boto3's paginators and a key that may read, for pages of any size.
func TestUsers_ProgramsPageThemWithBoto3(t *testing.T) {
	needBoto3(t)
	dir := t.TempDir()
	server := serve(t, dir)
	server.put(t, smallFloor()...)
	reader := server.createKey(t, "--read", "--data-dir", dir)
	until(t, http.StatusOK, func() (int, string) { return reader.question(t) })
	for size := 1; size <= 5; size++ {
		printed := runProgram(t, reader, nil, "python3", filepath.Join("python", "users.py"), instanceID, strconv.Itoa(size))
		var got struct {
			Listed, Modified, Described, Found []string
			Unknown                            string
		}
		if err := json.Unmarshal(printed, &got); err != nil {
			t.Fatal(err)
		}
		all := []string{"ann", "bob", "cay", "dan"}
		want := got
		want.Listed, want.Found = all, all
		want.Described = []string{"someone", "someone", "someone", "someone"}
		want.Modified = []string{"2026-03-02T09:00:01", "2026-03-02T09:00:02", "2026-03-02T09:00:03", "2026-03-02T09:00:04"}
		want.Unknown = `User "nobody" doesn't exist in this instance.`
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, d)
		}
	}
}

// The Go client pages them, too.
func TestUsers_TheGoClientPagesThem(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	c := connectclient.New(connectclient.Config{
		EndpointURL: server.URL, Region: "eu-west-2",
		Credentials: credentials.NewStaticCredentialsProvider(server.accessKeyID, server.secretAccessKey, ""),
	})
	var got []string
	for page, err := range connectclient.Pages(t.Context(), c, connectapi.ListUsers, &connectapi.ListUsersInput{InstanceID: instanceID, MaxResults: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.UserSummaryList {
			got = append(got, u.ID)
		}
	}
	if d := cmp.Diff([]string{"ann", "bob", "cay", "dan"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
