package server_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal/disklog"
)

// tailEvents lie behind the newest snapshot: about as many as half of what the
// default of --snapshot-every-bytes lets come together.
const tailEvents = 50_000

// BenchmarkStart is how long a server takes from nothing to ready, with so many
// agents: the newest snapshot and the events behind it are read from disk. The
// heap is what the server then holds.
func BenchmarkStart(b *testing.B) {
	for _, agents := range []int{1_000, 100_000, 1_000_000} {
		b.Run("agents="+strconv.Itoa(agents), func(b *testing.B) {
			c := settings()
			c.Ephemeral, c.DataDir = false, b.TempDir()
			fill(b, filepath.Join(c.DataDir, "journal"), agents)
			before := heapBytes()
			var after uint64
			for b.Loop() {
				s := run(b, c)
				b.StopTimer()
				if got := s.Counts().Agents; got != agents {
					b.Fatalf("%d agents are there, want %d", got, agents)
				}
				after = heapBytes()
				if err := s.end(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(after-before)/float64(agents), "heap-B/agent")
		})
	}
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fill makes a journal with logins of so many agents, a snapshot, and a tail.
func fill(b *testing.B, dir string, agents int) {
	b.Helper()
	log, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	floors := floor.New(floor.Options{})
	for from := 0; from < agents; from += 1000 {
		appendEvents(b, log, floors, agents, from, min(agents, from+1000))
	}
	if _, err := log.PutSnapshot(context.Background(), func(w io.Writer) (rollcall.Position, error) { return floors.WriteSnapshot(w) }); err != nil {
		b.Fatal(err)
	}
	for from := agents; from < agents+tailEvents; from += 1000 {
		appendEvents(b, log, floors, agents, from, from+1000)
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
}

// appendEvents makes some events durable, and applies them.
func appendEvents(b *testing.B, log *disklog.Log, floors *floor.Floors, agents, from, to int) {
	b.Helper()
	var body []byte
	for i := from; i < to; i++ {
		body = append(body, callEvent(i, i%agents)...)
	}
	limits := agentevent.DefaultLimits
	batch, err := agentevent.Decode(body, limits)
	if err != nil || len(batch.Refused) > 0 {
		b.Fatal(err, batch.Refused)
	}
	records := make([][]byte, len(batch.Documents))
	for i := range records {
		records[i] = batch.Documents[i].Record
	}
	at, err := log.Append(context.Background(), records)
	if err != nil {
		b.Fatal(err)
	}
	applied := make([]rollcall.Record, len(records))
	for i := range applied {
		position := at
		position.Event -= uint32(len(records) - 1 - i)
		e, err := agentevent.DecodeRecord(records[i])
		if err != nil {
			b.Fatal(err)
		}
		applied[i] = rollcall.Record{Position: position, Event: e}
	}
	floors.Apply(applied)
}

// callEvent is the n-th event: an agent of a centre of some size takes a call.
func callEvent(n, agent int) string {
	at := fmt.Sprintf("2026-03-02T09:%02d:%02d.%03dZ", n/60_000%60, n/1000%60, n%1000)
	if n >= 1_000_000 {
		at = fmt.Sprintf("2026-03-02T12:%02d:%02d.%03dZ", n/60_000%60, n/1000%60, n%1000)
	}
	return fmt.Sprintf(`{"AWSAccountId":"123456789012","InstanceARN":%[1]q,"AgentARN":"%[1]s/agent/%08[2]d-7c1e-4f8f-9a54-2f0d51e6c201","EventId":"%012[3]d-event",`+
		`"EventType":"STATE_CHANGE","EventTimestamp":%[4]q,"Version":"2017-10-01","CurrentAgentSnapshot":{`+
		`"AgentStatus":{"ARN":"%[1]s/agent-state/available","Name":"Available","Type":"ROUTABLE","StartTimestamp":%[4]q},"Configuration":{"Username":"agent-%08[2]d",`+
		`"FirstName":"Ada","LastName":"Example","AgentHierarchyGroups":{"Level1":{"ARN":"%[1]s/agent-group/site-%[5]d","Name":"Site %[5]d"}},`+
		`"RoutingProfile":{"ARN":"%[1]s/routing-profile/profile-%[6]d","Name":"Profile %[6]d","InboundQueues":[{"ARN":"%[1]s/queue/queue-%[7]d","Name":"Queue %[7]d"},`+
		`{"ARN":"%[1]s/queue/queue-%[8]d","Name":"Queue %[8]d"}],"Concurrency":[{"Channel":"VOICE","AvailableSlots":0,"MaximumSlots":1}]}},`+
		`"Contacts":[{"ContactId":"%012[3]d-contact","Channel":"VOICE","InitiationMethod":"INBOUND","State":"CONNECTED","StateStartTimestamp":%[4]q,`+
		`"ConnectedToAgentTimestamp":%[4]q,"Queue":{"ARN":"%[1]s/queue/queue-%[7]d","Name":"Queue %[7]d"}}]}}`,
		support, agent, n, at, agent%20, agent%200, agent%500, (agent+1)%500) + "\n"
}
