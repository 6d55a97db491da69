package conformance

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Programs that list what there is, describe it and ask for the floor by it run as
// they are, with boto3 and a key that may read, for pages of any size.
func TestPrograms_RunWithOneSetting(t *testing.T) {
	needBoto3(t)
	dir := t.TempDir()
	server := serve(t, dir)
	server.put(t, smallFloor()...)
	reader := server.createKey(t, "--read", "--data-dir", dir)
	until(t, http.StatusOK, func() (int, string) { return reader.question(t) })
	for name, sizes := range map[string]int{"floor_by_queue": 4, "roster": 3} {
		for size := 1; size <= sizes; size++ {
			got := strings.TrimSpace(string(runProgram(t, reader, nil, "python3", filepath.Join("programs", name+".py"), instanceID, strconv.Itoa(size))))
			if got != printed[name] {
				t.Errorf("%s, pages of %d:\n%s\nwant\n%s", name, size, got, printed[name])
			}
		}
	}
}

// printed is what the programs print: of queues, those that a contact or profile
// has; of statuses, those that somebody had, and not Lunch, which is bob's next one alone.
var printed = map[string]string{
	"floor_by_queue": `{"queues": [["outbound", "Outbound"], ["sales", "Sales"], ["support", "Support"]], "online": {"sales": 3.0, "support": 2.0}, "agents": ["ann", "bob", "cay"]}`,
	"roster": `{"roster": [["ann", "Voice only", "Available", "ROUTABLE"], ["bob", "All channels", "Available", "ROUTABLE"], ` +
		`["cay", "All channels", "Available", "ROUTABLE"]], "statuses": {"Available": "ROUTABLE", "Offline": "OFFLINE"}, ` +
		`"queues": {"voice": ["sales"], "omni": ["sales", "support"]}, "groups": {"site-1": "Leeds", "team-a": "Team A", "team-b": "Team B"}, "levels": 2}`,
}
