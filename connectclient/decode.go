package connectclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
)

// decodeOutput reads an answer. An empty one, or one that is no JSON, is an
// empty page, as it is for boto3.
func decodeOutput(body []byte) (*GetCurrentUserDataOutput, error) {
	out := new(GetCurrentUserDataOutput)
	if !json.Valid(body) {
		return out, nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return nil, fmt.Errorf("decode %s answer: %w", operation, err)
	}
	return out, nil
}

// UnmarshalJSON decodes the service's form, with its timestamp in epoch seconds.
func (s *AgentStatus) UnmarshalJSON(raw []byte) error {
	var w struct {
		StatusStartTimestamp timestamp `json:"StatusStartTimestamp"`
		StatusARN            string    `json:"StatusArn"`
		StatusName           string    `json:"StatusName"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*s = AgentStatus{StatusStartTimestamp: time.Time(w.StatusStartTimestamp), StatusARN: w.StatusARN, StatusName: w.StatusName}
	return nil
}

// UnmarshalJSON decodes the service's form, with its timestamps in epoch seconds.
func (c *AgentContact) UnmarshalJSON(raw []byte) error {
	var w struct {
		ContactID                 string           `json:"ContactId"`
		Channel                   Channel          `json:"Channel"`
		InitiationMethod          InitiationMethod `json:"InitiationMethod"`
		AgentContactState         ContactState     `json:"AgentContactState"`
		StateStartTimestamp       timestamp        `json:"StateStartTimestamp"`
		ConnectedToAgentTimestamp timestamp        `json:"ConnectedToAgentTimestamp"`
		Queue                     Reference        `json:"Queue"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*c = AgentContact{
		ContactID:                 w.ContactID,
		Channel:                   w.Channel,
		InitiationMethod:          w.InitiationMethod,
		AgentContactState:         w.AgentContactState,
		StateStartTimestamp:       time.Time(w.StateStartTimestamp),
		ConnectedToAgentTimestamp: time.Time(w.ConnectedToAgentTimestamp),
		Queue:                     w.Queue,
	}
	return nil
}

// timestamp decodes epoch seconds with a fraction, exact to the nanosecond
// where a float64 of seconds would be off by a hundred, and RFC 3339 text.
type timestamp time.Time

func (t *timestamp) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	s := strings.Trim(string(raw), `"`)
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		*t = timestamp(at)
		return nil
	}
	at, err := parseEpoch(s)
	if err != nil {
		return fmt.Errorf("timestamp %.40s: neither epoch seconds nor RFC 3339", s)
	}
	*t = timestamp(at)
	return nil
}

// Epoch seconds of the years 1 and 9999: time.Time can print no others.
const minEpoch, maxEpoch = -62135596800, 253402300799

func parseEpoch(s string) (time.Time, error) {
	f, _, err := big.ParseFloat(s, 10, 96, big.ToNearestEven)
	if err != nil {
		return time.Time{}, fmt.Errorf("parse epoch seconds: %w", err)
	}
	if f.Cmp(big.NewFloat(minEpoch)) < 0 || f.Cmp(big.NewFloat(maxEpoch)) > 0 {
		return time.Time{}, fmt.Errorf("parse epoch seconds: %.40s is out of range", s)
	}
	seconds, _ := f.Int64()
	fraction, _ := new(big.Float).Sub(f, new(big.Float).SetInt64(seconds)).Float64()
	return time.Unix(seconds, int64(math.Round(fraction*1e9))).UTC(), nil
}
