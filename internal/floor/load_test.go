package floor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"rollcall"
)

// A snapshot whose blocks are sound one by one, and of which the first block of
// agents stands twice, is refused while further blocks are being unpacked. When
// Load returns nothing of it goes on: the race detector would see that.
func TestLoad_LeavesNoGoroutineBehind(t *testing.T) {
	data := twice(t, manyAgents(t, 15_000))
	for range 5 {
		if _, err := Load(bytes.NewReader(data), Options{}); err == nil {
			t.Fatal("a snapshot with agents that stand twice was loaded")
		}
	}
}

// manyAgents is a snapshot of so many agents, whose blocks don't compress to
// nothing.
func manyAgents(t *testing.T, n int) []byte {
	t.Helper()
	f := New(Options{})
	instance := rollcall.ARN{Partition: "aws", Region: "r", Account: "1", Instance: "i"}
	var records []rollcall.Record
	for i := range n {
		agent := instance.Child(rollcall.TypeAgent, fmt.Sprintf("agent-%08d-%08d-%08d", i*7919, i*104729, i))
		records = append(records, rollcall.Record{Position: rollcall.Position{Epoch: 1, Pack: uint64(i + 1)}, Event: &rollcall.Event{
			ID: rollcall.EventID(fmt.Sprint("event", i*31)), Type: rollcall.EventLogin, At: time.Unix(1.7e9, int64(i)*1e6).UTC(),
			Agent: agent, AgentARN: agent.String(), Instance: instance,
			Snapshot: &rollcall.Snapshot{Configuration: &rollcall.Configuration{Username: fmt.Sprint("user", i*13)}},
		}})
	}
	f.Apply(records)
	var b bytes.Buffer
	if _, err := f.WriteSnapshot(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// twice repeats the first block of agents, and numbers the blocks anew.
func twice(t *testing.T, data []byte) []byte {
	t.Helper()
	const headBytes = 8 // before the blocks
	out := bytes.Clone(data[:headBytes])
	number := uint32(0)
	put := func(block []byte) {
		block = bytes.Clone(block)
		binary.BigEndian.PutUint32(block[4:], number)
		number++
		binary.BigEndian.PutUint32(block[blockCRCOffset:], blockCRC(block[:blockHeaderBytes], block[blockHeaderBytes:]))
		out = append(out, block...)
	}
	agents := 0
	for rest := data[headBytes:]; len(rest) > 0; {
		n := blockHeaderBytes + int(binary.BigEndian.Uint32(rest[12:]))
		put(rest[:n])
		if kind(rest[0]) == kindAgents {
			if agents++; agents == 1 {
				put(rest[:n])
			}
		}
		rest = rest[n:]
	}
	if agents < 4 {
		t.Fatalf("%d blocks of agents are too few", agents)
	}
	return out
}
