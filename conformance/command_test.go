package conformance

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What `rollcall connect` prints is what the AWS CLI that is installed prints, of
// any operation, in pages of any size. Instants are left out: the AWS CLI of
// version 1 shows them as they come.
func TestCommand_PrintsWhatTheAWSCLIPrints(t *testing.T) {
	needCLI(t)
	dir := t.TempDir()
	server := serve(t, dir)
	server.put(t, smallFloor()...)
	reader := server.createKey(t, "--read", "--data-dir", dir)
	until(t, http.StatusOK, func() (int, string) { return reader.question(t) })
	for _, line := range []string{
		"list-users --instance-id INSTANCE --query UserSummaryList[].[Id,Username] --output json",
		"list-users --instance-id INSTANCE --page-size 1 --query UserSummaryList[].[Id,Username] --output text",
		"list-users --instance-id INSTANCE --page-size 2 --max-items 3 --query UserSummaryList[].Id --output text",
		"list-users --instance-id INSTANCE --max-results 4 --query length(UserSummaryList) --output text",
		"describe-user --instance-id INSTANCE --user-id ann --query User.{Username:Username,Names:IdentityInfo} --output table",
		"search-users --instance-id INSTANCE --search-criteria StringCondition={FieldName=Username,Value=b,ComparisonType=CONTAINS} --output table",
		"search-users --instance-id INSTANCE --page-size 3 --query [Users[].Id,ApproximateTotalCount] --output json",
		"get-current-user-data --instance-id INSTANCE --filters Agents=ann,bob --query UserDataList[].User --output text",
	} {
		words := strings.Fields(strings.ReplaceAll("connect "+line, "INSTANCE", instanceID))
		said := func(name string) string {
			cmd := exec.CommandContext(t.Context(), name, words...)
			cmd.Env = append(reader.environment(), "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1")
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("%s %s: %v", name, line, err)
			}
			return string(out)
		}
		if d := cmp.Diff(said("aws"), said(binary(t))); d != "" {
			t.Errorf("%s (-aws +rollcall):\n%s", line, d)
		}
	}
}
