package source

import "time"

// States of a source and of a shard.
const (
	StateWaiting = "waiting" // for the stream, or for the shards that this one came of
	StateReading = "reading"
	StateFailing = "failing" // and trying again
	StateEnded   = "ended"   // read to its end: the stream was divided otherwise
)

// Modes in which a shard is read.
const (
	ModePolling = "polling"
	ModeFanOut  = "fan-out"
)

// Status is how a source is doing.
type Status struct {
	Source  string        `json:"source"`            // what is read, such as kinesis:NAME
	State   string        `json:"state"`             // waiting, reading or failing
	Trouble string        `json:"trouble,omitempty"` // what hinders it
	Shards  []ShardStatus `json:"shards"`
}

// ShardStatus is how a shard is doing.
type ShardStatus struct {
	Shard         string    `json:"shard"`
	Mode          string    `json:"mode"`  // polling or fan-out
	State         string    `json:"state"` // waiting, reading, failing or ended
	WaitsFor      string    `json:"waitsFor,omitempty"`
	Trouble       string    `json:"trouble,omitempty"`
	BehindSeconds float64   `json:"behindSeconds"`   // what is read was written so long ago
	After         string    `json:"after,omitempty"` // the last record that was read
	ReadAt        time.Time `json:"readAt,omitzero"` // when the stream answered last
}
