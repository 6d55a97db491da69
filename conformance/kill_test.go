package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// kills is how often the server is killed while events arrive.
const kills = 20

// TestKill_EveryAcknowledgedEventIsThereAfterRestart kills the server with
// SIGKILL at random moments while four writers post an agent's login each,
// and asks after each restart for every agent whose login was acknowledged.
func TestKill_EveryAcknowledgedEventIsThereAfterRestart(t *testing.T) {
	dataDir := t.TempDir()
	var acknowledged []string
	for life := range kills {
		server := serve(t, dataDir)
		mustShow(t, server, acknowledged)
		acknowledged = append(acknowledged, postUntilKilled(t, server, life)...)
	}
	server := serve(t, dataDir)
	mustShow(t, server, acknowledged)
	server.stop(t)
	t.Logf("%d kills, %d acknowledged events, 0 lost", kills, len(acknowledged))
}

// postUntilKilled posts until the server dies, and says what it acknowledged.
// The kill comes in the middle of the request after a random number of answers.
func postUntilKilled(t *testing.T, server *process, life int) []string {
	t.Helper()
	const writers = 4
	var mu sync.Mutex
	var acknowledged []string
	killAfter := 1 + rand.IntN(200)
	reached := make(chan struct{})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := 0; ; i++ {
				agent := fmt.Sprintf("life%d-writer%d-%d", life, w, i)
				login := event(agent, agent, "LOGIN", 1, snapshot("voice", nil, status("available", "Available", "ROUTABLE", 1), nil))
				body, err := json.Marshal(login)
				if err != nil {
					t.Error(err)
					return
				}
				code, _, err := server.post(t.Context(), "/v1/events", body)
				if err != nil {
					return // killed
				}
				if code != http.StatusOK {
					t.Errorf("post: status %d", code)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, agent)
				if len(acknowledged) == killAfter {
					close(reached)
				}
				mu.Unlock()
			}
		})
	}
	<-reached
	server.kill(t)
	wg.Wait()
	return acknowledged
}

func mustShow(t *testing.T, server *process, agents []string) {
	t.Helper()
	client := sdkClient(server.target)
	for batch := range slices.Chunk(agents, 100) {
		out, err := client.GetCurrentUserData(t.Context(), &connect.GetCurrentUserDataInput{
			InstanceId: aws.String(instanceID), Filters: &types.UserDataFilters{Agents: batch},
		})
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]bool{}
		for _, u := range out.UserDataList {
			shown[*u.User.Id] = true
		}
		for _, agent := range batch {
			if !shown[agent] {
				t.Errorf("acknowledged event of %s is lost", agent)
			}
		}
	}
}
