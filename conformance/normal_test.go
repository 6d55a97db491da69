package conformance

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// normal reads an answer as JSON into a form in which all clients agree:
// members without a value are gone, instants are milliseconds since 1970.
func normal(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, data)
	}
	return normalValue(t, "", v)
}

func normalValue(t *testing.T, name string, v any) any {
	t.Helper()
	switch v := v.(type) {
	case object:
		for key, member := range v {
			if member == nil || key == "ResultMetadata" || key == "ResponseMetadata" || key == "$metadata" {
				delete(v, key)
				continue
			}
			v[key] = normalValue(t, key, member)
		}
		return v
	case []any:
		for i := range v {
			v[i] = normalValue(t, name, v[i])
		}
		return v
	case float64:
		if strings.HasSuffix(name, "Timestamp") {
			return int64(math.Round(v * 1000))
		}
		return v
	case string:
		if strings.HasSuffix(name, "Timestamp") {
			at, err := time.Parse(time.RFC3339, v)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return at.UnixMilli()
		}
		return v
	default:
		return v
	}
}

// same compares a client's whole answer with the expected one.
func same(t *testing.T, want string, got []byte) {
	t.Helper()
	if diff := cmp.Diff(normal(t, []byte(want)), normal(t, got)); diff != "" {
		t.Errorf("answer differs (-want +got):\n%s", diff)
	}
}
