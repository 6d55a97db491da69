package conformance

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// One key that may put events sends ever new agents with as many contacts as a
// document may have, to a server in a control group of 512 MiB: it refuses in
// time and goes on, and it starts again.
func TestMemory_FatAgentsDoNotKillTheServer(t *testing.T) {
	by := inControlGroup(t, 512<<20)
	dir := t.TempDir()
	server := serveAs(t, by, dir)
	var code int
	var answer string
	for request := 0; code == 0 || code == http.StatusOK; request++ {
		if request == 400 {
			t.Fatal("12,000 fat agents were taken")
		}
		var body strings.Builder
		for i := range 30 {
			body.WriteString(fatAgent(fmt.Sprintf("fat-%d-%d", request, i)))
		}
		var err error
		if code, answer, err = server.post(t.Context(), "/v1/events?wait=visible", []byte(body.String())); err != nil {
			t.Fatalf("request %d: %v\n%s", request, err, server.Log)
		}
	}
	if code != http.StatusBadRequest || !strings.Contains(answer, "--max-floor-bytes") {
		t.Errorf("refused with %d %s", code, answer)
	}
	server.stop(t)
	server = serveAs(t, by, dir)
	server.stop(t)
}

// fatAgent is an event of an agent with 100 contacts and a profile of 200 queues
// that nobody else has.
func fatAgent(agent string) string {
	const instance = "arn:aws:connect:us-east-1:123456789012:instance/fat"
	contacts, queues := make([]string, 100), make([]string, 200)
	for i := range contacts {
		contacts[i] = fmt.Sprintf(`{"ContactId":"%s-%d-%s","State":"CONNECTED"}`, agent, i, strings.Repeat("c", 60))
	}
	for i := range queues {
		queues[i] = fmt.Sprintf(`{"ARN":"%s/queue/%s-%d","Name":"%[2]s %[3]d"}`, instance, agent, i)
	}
	return fmt.Sprintf(`{"AgentARN":"%s/agent/%s","EventType":"LOGIN","EventTimestamp":"2026-01-01T00:00:00Z","CurrentAgentSnapshot":{`+
		`"AgentStatus":{"ARN":"%[1]s/agent-state/a","Name":"Available"},"Configuration":{"RoutingProfile":{"ARN":"%[1]s/routing-profile/%[2]s","InboundQueues":[%[3]s]}},"Contacts":[%[4]s]}}`+"\n",
		instance, agent, strings.Join(queues, ","), strings.Join(contacts, ","))
}

// inControlGroup makes a control group of so much memory, without swap, and
// gives the program that puts the command behind it in there. Where that can't be
// done, the test is skipped.
func inControlGroup(t *testing.T, bytes int64) []string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("control groups are Linux's")
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(own)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		mount, file := "/sys/fs/cgroup", "memory.max"
		switch {
		case len(parts) != 3:
			continue
		case parts[1] == "memory":
			mount, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		case parts[1] != "":
			continue
		}
		for _, parent := range []string{filepath.Join(mount, parts[2]), mount} {
			group := filepath.Join(parent, "rollcall-test-"+strconv.Itoa(os.Getpid()))
			if os.Mkdir(group, 0o700) != nil {
				continue
			}
			t.Cleanup(func() { _ = os.Remove(group) })
			if os.WriteFile(filepath.Join(group, file), []byte(strconv.FormatInt(bytes, 10)), 0o600) == nil {
				_ = os.WriteFile(filepath.Join(group, "memory.swap.max"), []byte("0"), 0o600) // where there is such a thing
				return []string{"sh", "-c", `echo $$ > "$0"/cgroup.procs && exec "$@"`, group}
			}
		}
	}
	t.Skip("no control group with a memory limit can be made here: be root, on a machine that lets it")
	return nil
}
