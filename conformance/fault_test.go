package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	domain "rollcall"
	program "rollcall/internal/process"
)

// The exit statuses of `rollcall serve` that these tests are about.
const (
	exitFailed   = 1 // it could not start
	exitTerminal = 3 // the journal failed
)

// ledger is what was posted and what became of it: requests of several logins
// each, of agents that are used once.
type ledger struct {
	name string // sets its agents apart from those of others

	mu           sync.Mutex
	requests     int
	newest       domain.Position // that was acknowledged
	acknowledged []string        // agents
	unknown      [][]string      // agents of requests of which nothing is known
}

// loginsEach is how many agents log in with one request.
const loginsEach = 3

// post posts one request.
func (l *ledger) post(ctx context.Context, t *testing.T, server *process) (ok bool) {
	t.Helper()
	l.mu.Lock()
	l.requests++
	request := l.requests
	l.mu.Unlock()
	var body []byte
	var agents []string
	for i := range loginsEach {
		agent := fmt.Sprintf("agent%s-%d-%d", l.name, request, i)
		document, err := json.Marshal(event(agent, agent, "LOGIN", 1, snapshot("voice", nil, status("available", "Available", "ROUTABLE", 1), nil)))
		if err != nil {
			t.Error(err)
			return false
		}
		agents, body = append(agents, agent), append(append(body, document...), '\n')
	}
	code, answer, err := server.post(ctx, "/v1/events", body)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil && code == http.StatusOK:
		var told struct{ Position string }
		err := json.Unmarshal([]byte(answer), &told)
		at, badPosition := domain.ParsePosition(told.Position)
		if err := errors.Join(err, badPosition); err != nil {
			t.Errorf("post: %s: %v", answer, err)
		}
		if l.newest.Before(at) {
			l.newest = at
		}
		l.acknowledged = append(l.acknowledged, agents...)
		return true
	case err == nil && code != http.StatusServiceUnavailable:
		t.Errorf("post: %d %s", code, answer)
	case err == nil && strings.Contains(answer, "nothing of the request was kept"):
	default:
		l.unknown = append(l.unknown, agents)
	}
	return false
}

// postMany posts requests by several writers, each until one of its requests is
// not acknowledged. It calls then when so many more were, and returns when all
// writers have ended.
func (l *ledger) postMany(t *testing.T, server *process, requests int, then func()) {
	t.Helper()
	const writers = 4
	reached := make(chan struct{})
	l.mu.Lock()
	enough := len(l.acknowledged) + loginsEach*requests
	l.mu.Unlock()
	var once sync.Once
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for l.post(t.Context(), t, server) {
				l.mu.Lock()
				if len(l.acknowledged) >= enough {
					once.Do(func() { close(reached) })
				}
				l.mu.Unlock()
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	select {
	case <-reached:
		then()
	case <-ended:
		t.Errorf("the server took no more events before it was meant to:\n%s", server.Log)
	}
	<-ended
}

// mustHold asks for everybody: who was acknowledged must be there, and of the
// other requests everybody or nobody.
func (l *ledger) mustHold(t *testing.T, server *process) {
	t.Helper()
	server.awaitFloor(t, l.newest)
	there := shown(t, server, append(slices.Concat(l.unknown...), l.acknowledged...))
	for _, agent := range l.acknowledged {
		if !there[agent] {
			t.Errorf("acknowledged event of %s is lost", agent)
		}
	}
	for _, agents := range l.unknown {
		n := 0
		for _, agent := range agents {
			if there[agent] {
				n++
			}
		}
		if n != 0 && n != len(agents) {
			t.Errorf("of the request with %s a part was kept: %d of %d events", agents[0], n, len(agents))
		}
	}
}

// awaitFloor waits until the server's floor is at a position or behind it.
func (p *process) awaitFloor(t *testing.T, want domain.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	for {
		page, err := program.GoodPage(ctx, p.Admin, "/debug/floor/digest")
		if err != nil {
			t.Fatalf("the floor does not come to %s: %v", want, err)
		}
		var digest struct{ Position string }
		err = json.Unmarshal(page, &digest)
		at, badPosition := domain.ParsePosition(digest.Position)
		if err := errors.Join(err, badPosition); err != nil {
			t.Fatal(err)
		}
		if !at.Before(want) {
			return
		}
	}
}

// shown tells which of the agents the server shows.
func shown(t *testing.T, server *process, agents []string) map[string]bool {
	t.Helper()
	client := sdkClient(server.target)
	there := make(map[string]bool)
	for batch := range slices.Chunk(agents, 100) {
		out, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{
			InstanceId: aws.String(instanceID), Filters: &types.UserDataFilters{Agents: batch},
		})
		if missing := new(types.ResourceNotFoundException); errors.As(err, &missing) {
			continue // nobody at all
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range out.UserDataList {
			there[*u.User.Id] = true
		}
	}
	return there
}

// serveInVain starts a server that must refuse to run, and gives what it says.
func serveInVain(t *testing.T, by []string, dataDir string, wantStatus int, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	cmd := serving(t, by, dataDir, flags...).Command(ctx)
	out, _ := cmd.CombinedOutput() // ProcessState has how it ended
	if status := cmd.ProcessState.ExitCode(); status != wantStatus {
		t.Errorf("exit status %d, want %d:\n%s", status, wantStatus, out)
	}
	return string(out)
}

// mustSay checks that a program said something.
func mustSay(t *testing.T, said string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("it does not say %q:\n%s", w, said)
		}
	}
}

// awaitEnd waits until the server ends by itself.
func (p *process) awaitEnd(t *testing.T, wantStatus int) {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != wantStatus {
		t.Errorf("rollcall serve ended with %v, want exit status %d", err, wantStatus)
	}
}
