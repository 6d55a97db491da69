package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// rostered is what the programs print of more users than one question may name.
type rostered struct {
	Roster   [][]string
	Statuses map[string]string
	Queues   any
}

func (to target) roster(t *testing.T, instance string) (r rostered) {
	t.Helper()
	if err := json.Unmarshal(runProgram(t, to, nil, "python3", filepath.Join("programs", "roster.py"), instance, "100"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (to target) floorByQueue(t *testing.T, instance string) (online map[string]float64) {
	t.Helper()
	var printed struct{ Online map[string]float64 }
	if err := json.Unmarshal(runProgram(t, to, nil, "python3", filepath.Join("programs", "floor_by_queue.py"), instance, "100"), &printed); err != nil {
		t.Fatal(err)
	}
	return printed.Online
}

// A roster of 250 users is read by hundreds, here and through a server that has
// none of it, sends on what it is asked, and has keys of its own.
func TestPrograms_ReadACrowdHereAndSentOn(t *testing.T) {
	needBoto3(t)
	there := serve(t, t.TempDir())
	var crowd []object
	for i := range 250 {
		s := snapshot([]string{"voice", "omni"}[i%2], nil, status("available", "Available", "ROUTABLE", 1), nil)
		crowd = append(crowd, event(fmt.Sprint("crowd-", i), fmt.Sprint("user-", i), "LOGIN", 1, s))
	}
	there.put(t, crowd...)
	t.Setenv("AWS_ACCESS_KEY_ID", there.accessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", there.secretAccessKey)
	front := serve(t, t.TempDir(), "--forward", region+"="+there.URL, "--forward-prefer", "ListInstances")
	for name, to := range map[string]target{"here": there.target, "sent on": front.target} {
		t.Run(name, func(t *testing.T) {
			r := to.roster(t, instanceID)
			if len(r.Roster) != 250 {
				t.Fatalf("%d users, want 250", len(r.Roster))
			}
			for i, row := range r.Roster {
				if want := []string{fmt.Sprint("user-", i), []string{"Voice only", "All channels"}[i%2], "Available", "ROUTABLE"}; fmt.Sprint(row) != fmt.Sprint(want) {
					t.Errorf("row %d is %v, want %v", i, row, want)
				}
			}
			if got := to.floorByQueue(t, instanceID); got["sales"] != 250 || got["support"] != 125 {
				t.Errorf("online by queue %v", got)
			}
		})
	}
}

// The same programs run against `rollcall demo`, as it says to set them up, while
// its floor changes.
func TestPrograms_RunAgainstTheDemo(t *testing.T) {
	needBoto3(t)
	cmd := exec.CommandContext(t.Context(), binary(t), "demo", "--agents", "400", "--rate", "60", "--listen", "127.0.0.1:0", "--admin-listen", "")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	said := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(said, "emit\n") {
		said += lines.Text() + "\n"
	}
	go func() { // whoever writes is not held up
		for lines.Scan() {
		}
	}()
	find := func(expression string) string {
		found := regexp.MustCompile(expression).FindStringSubmatch(said)
		if found == nil {
			t.Fatalf("the demo doesn't say %s:\n%s", expression, said)
		}
		return found[1]
	}
	to := target{
		URL:         find(`AWS_ENDPOINT_URL_CONNECT=(\S+)`),
		accessKeyID: find(`AWS_ACCESS_KEY_ID=(\S+)`), secretAccessKey: find(`AWS_SECRET_ACCESS_KEY=(\S+)`),
	}
	instance := find(`--instance-id (\S+)`)
	for {
		if r := to.roster(t, instance); len(r.Roster) > 100 { // its people come in bit by bit
			break
		}
	}
	if online := to.floorByQueue(t, instance); len(online) < 2 {
		t.Errorf("online by queue %v", online)
	}
}

// What rollcall lacks altogether is sent on to another emulator, moto: an instance
// is made, described, and deleted there.
func TestPrograms_ForwardToMoto(t *testing.T) {
	needBoto3(t)
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import moto.server, flask").CombinedOutput(); err != nil {
		t.Skipf("skipped: moto's server is not installed (pip install 'moto[server]'): %v %s", err, out)
	}
	address := freeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	moto := exec.CommandContext(t.Context(), "python3", "-m", "moto.server", "-H", host, "-p", port)
	if err := moto.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = moto.Wait()
	}()
	t.Cleanup(func() {
		_ = moto.Process.Kill()
		<-ended
	})
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			break
		}
		select {
		case <-ended:
			t.Skip("skipped: moto's server doesn't run here")
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "moto")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "moto")
	front := serve(t, t.TempDir(), "--forward", region+"=http://"+address, "--forward-writes")
	got := strings.TrimSpace(string(runProgram(t, front.target, nil, "python3", filepath.Join("programs", "instances.py"))))
	if want := `{"alias": "rollcall", "tags": {"made": "here"}, "gone": "gone", "forwarded": ["true", "true", "true", "true", "true"]}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
