package source

import "time"

// States of a source and of a shard.
const (
	StateWaiting = "waiting" // for the stream, or for the shards that this one came of
	StateReading = "reading"
	StateFailing = "failing" // and trying again
	StateEnded   = "ended"   // read to its end: the stream was divided otherwise

	// StateElsewhere is that of a shard which another node of the cluster reads.
	StateElsewhere = "elsewhere"
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
	Seed    *SeedStatus   `json:"seed,omitempty"` // of Amazon Connect, which has no shards
}

// ShardStatus is how a shard is doing.
type ShardStatus struct {
	Shard         string    `json:"shard"`
	Mode          string    `json:"mode"`           // polling or fan-out
	State         string    `json:"state"`          // waiting, reading, failing, ended or elsewhere
	Node          string    `json:"node,omitempty"` // that reads it, of a cluster, as far as this one knows
	WaitsFor      string    `json:"waitsFor,omitempty"`
	Trouble       string    `json:"trouble,omitempty"`
	BehindSeconds float64   `json:"behindSeconds"`   // what is read was written so long ago
	After         string    `json:"after,omitempty"` // the last record that was read
	ReadAt        time.Time `json:"readAt,omitzero"` // when the stream answered last
}

// SeedStatus is how the newest look at Amazon Connect went, or goes. Agents are
// counted once each, by what the answer about them meant.
type SeedStatus struct {
	Pass    int       `json:"pass"`            // which it is, from 1; 0: none has begun
	Doing   string    `json:"doing,omitempty"` // the operation that is being asked
	BeganAt time.Time `json:"beganAt,omitzero"`
	EndedAt time.Time `json:"endedAt,omitzero"` // it is not over without
	Failed  bool      `json:"failed,omitzero"`  // Status.Trouble says why

	Names  int `json:"names"`  // users whose names were read
	Agents int `json:"agents"` // answered about
	Of     int `json:"of"`     // as many there will be, as far as Amazon Connect has said

	New       int `json:"new"`
	Agreed    int `json:"agreed"`
	Newer     int `json:"newer"`     // of whom a stream has told otherwise meanwhile
	Disagreed int `json:"disagreed"` // of whom a stream had told otherwise, lately
	Outdated  int `json:"outdated"`  // of whom the floor knew something else, of long ago
	Left      int `json:"left"`      // who were on the floor, and are not

	SlowedDown int      `json:"slowedDown"`      // requests that were refused for coming too fast, and sent again
	Lacks      []string `json:"lacks,omitempty"` // actions that the credentials lack, so that names or queues are missing
}
