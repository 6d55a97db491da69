package kinesistest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// request has the members of all operations.
type request struct {
	StreamName, StreamARN, ShardId, NextToken                string
	ShardIteratorType, StartingSequenceNumber, ShardIterator string
	Timestamp                                                float64
	Limit                                                    int
	ConsumerName, ConsumerARN                                string
	StartingPosition                                         struct {
		Type, SequenceNumber string
		Timestamp            float64
	}
	Records []struct {
		PartitionKey string
		Data         []byte
	}
}

type object = map[string]any

// operations are those that have an answer, which is no stream.
var operations = map[string]func(*Stream, *request) (object, error){
	"DescribeStreamSummary":  (*Stream).describeStreamSummary,
	"ListShards":             (*Stream).listShards,
	"GetShardIterator":       (*Stream).getShardIterator,
	"GetRecords":             (*Stream).getRecords,
	"PutRecords":             (*Stream).putRecords,
	"RegisterStreamConsumer": (*Stream).registerStreamConsumer,
	"DescribeStreamConsumer": (*Stream).describeStreamConsumer,
}

// ServeHTTP answers as the service does. Signatures are not looked at.
func (s *Stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	body, err := io.ReadAll(r.Body) // whole: only then the server notices that a client leaves
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&in) //nolint:musttag // members are named as the service names them
	}
	if err != nil {
		refuse(w, &refusal{"SerializationException", err.Error()})
		return
	}
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "Kinesis_20131202.")
	if operation == "SubscribeToShard" {
		s.subscribe(w, r, &in)
		return
	}
	answer, known := operations[operation]
	if !known {
		refuse(w, &refusal{"UnknownOperationException", operation})
		return
	}
	out, fault, err := s.answer(operation, answer, &in)
	if err != nil {
		refuse(w, err)
		return
	}
	if fault == Lost {
		panic(http.ErrAbortHandler)
	}
	body, err = json.Marshal(out)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if fault == Cut {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

func (s *Stream) answer(operation string, answer func(*Stream, *request) (object, error), in *request) (object, Fault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault, err := s.enter(operation, in)
	if err != nil {
		return nil, fault, err
	}
	out, err := answer(s, in)
	return out, fault, err
}

// refuse writes an exception.
func refuse(w http.ResponseWriter, err error) {
	is := new(refusal)
	if !errors.As(err, &is) {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	status := http.StatusBadRequest
	if is.code == "InternalFailureException" {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"__type": is.code, "message": is.message})
}

// epoch is an instant as the protocol has it, in seconds.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
