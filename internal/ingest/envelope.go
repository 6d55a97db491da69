package ingest

import (
	"bytes"
	"encoding/base64"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// Events reach a server in envelopes, too: AWS Lambda hands a function Kinesis
// records as {"Records":[{"kinesis":{"data":BASE64}}]}, which it may pass on as
// they are. Source: "Using Lambda to process records from Amazon Kinesis Data
// Streams" in the AWS Lambda Developer Guide.

// unwrap gives the documents in a Lambda event, one record a line, or the body
// itself if it is none.
func unwrap(body []byte) ([]byte, error) {
	if firstMember(body) != "Records" {
		return body, nil
	}
	var event struct {
		Records []struct {
			Kinesis struct {
				Data string `json:"data"`
			} `json:"kinesis"`
		} `json:"Records"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, rollcall.Errorf(rollcall.CodeMalformed, `the body begins as a Lambda event and is none: want {"Records":[{"kinesis":{"data":BASE64}},…]}`).WithCause(err)
	}
	var documents []byte
	for i, r := range event.Records {
		data, err := base64.StdEncoding.DecodeString(r.Kinesis.Data)
		if err != nil {
			return nil, rollcall.Errorf(rollcall.CodeMalformed, "Records[%d].kinesis.data is no base64", i)
		}
		documents = append(append(documents, data...), '\n')
	}
	return documents, nil
}

// firstMember is the name that an object begins with; empty if it is none.
func firstMember(body []byte) string {
	dec := jsontext.NewDecoder(bytes.NewReader(body[:min(len(body), 256)]))
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return ""
	}
	t, err := dec.ReadToken()
	if err != nil || t.Kind() != '"' {
		return ""
	}
	return t.String()
}

// aggregated is how records begin that the Kinesis Producer Library has put
// together.
var aggregated = []byte{0xF3, 0x89, 0x9A, 0xC2}

// recognize says what something that is no agent event is, as far as it is
// known; empty if it isn't.
func recognize(document []byte) string {
	if bytes.HasPrefix(document, aggregated) {
		return "records that the Kinesis Producer Library put together, which Amazon Connect never does"
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(document, &members); err != nil {
		return ""
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := members[name]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("records", "requestId"):
		return "a delivery of Amazon Data Firehose: that goes to " + FirehosePath
	case has("awslogs"), has("messageType", "logGroup"):
		return "a CloudWatch Logs subscription, not an agent event"
	case has("detail-type", "detail"):
		return "an EventBridge event, not an agent event"
	case has("AWSContactTraceRecordFormatVersion"), has("ContactId", "InitiationMethod"):
		return "a contact record, not an agent event"
	}
	return ""
}
