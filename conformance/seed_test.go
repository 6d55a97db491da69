package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A server that is seeded from another, as it would be from Amazon Connect, and is
// killed meanwhile, answers every question as that does.
func TestSeed_TheFloorIsWholeWithoutAnyEvent(t *testing.T) {
	there := serve(t, t.TempDir(), "--aws-quotas")
	there.put(t, smallFloor()...)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": secretAccessKey, "AWS_REGION": region,
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	dataDir := t.TempDir()
	seeded := func() *process {
		return serve(t, dataDir, "--seed-from-connect", base, "--seed-endpoint-url", there.URL, "--snapshot-every-bytes", "16KiB")
	}
	for _, operation := range []string{"SearchUsers", "GetCurrentUserData", "ListRoutingProfileQueues"} {
		server := seeded()
		for told := ""; !strings.Contains(told, `"doing": "`+operation) && !strings.Contains(told, `"endedAt"`); {
			told = rollcall(t, "sources", "--endpoint-url", server.URL, "--output", "json")
		}
		server.Kill()
	}
	server := seeded()
	printed := rollcall(t, "seed", "--endpoint-url", server.URL)
	if !strings.Contains(printed, "connect:"+base+"  3 ") {
		t.Errorf("rollcall seed printed\n%s", printed)
	}
	for _, q := range questions {
		status, answer, err := server.post(t.Context(), "/metrics/userdata/"+instanceID, fmt.Appendf(nil, `{"Filters":%s}`, q.filters))
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %s %v", q.name, status, answer, err)
		}
		same(t, expected(q.agents), []byte(answer))
	}
	server.stop(t)
}
