package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	service "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source/kinesis"
)

// noStream is a Kinesis without the stream.
type noStream struct{ kinesis.API }

func (noStream) DescribeStreamSummary(context.Context, *service.DescribeStreamSummaryInput, ...func(*service.Options)) (*service.DescribeStreamSummaryOutput, error) {
	return nil, &types.ResourceNotFoundException{}
}

// A source that reads nothing yet makes no server unready, and is told of: on
// /readyz, and to whoever may see sources.
func TestSources_AreToldOf(t *testing.T) {
	c := onDisk(t)
	stream, err := kinesis.ParseStream("events")
	if err != nil {
		t.Fatal(err)
	}
	c.Kinesis = []kinesis.Options{{Stream: stream, API: noStream{}}}
	s := run(t, c)
	for {
		answer := get(t, s.admin()+"/readyz")
		if answer.status != http.StatusOK {
			t.Fatalf("/readyz: %d %s", answer.status, answer.body)
		}
		if strings.Contains(answer.body, "kinesis:events is not read: the stream does not exist yet") {
			break
		}
	}
	answer := s.send(http.MethodGet, "/v1/sources", "", nil)
	var told struct {
		Sources []struct{ Source, State, Trouble string }
	}
	if err := json.Unmarshal([]byte(answer.body), &told); err != nil || answer.status != http.StatusOK {
		t.Fatalf("/v1/sources: %d %s, %v", answer.status, answer.body, err)
	}
	if len(told.Sources) != 1 || told.Sources[0].Source != "kinesis:events" || told.Sources[0].State != "waiting" {
		t.Errorf("/v1/sources tells %+v", told.Sources)
	}
}
