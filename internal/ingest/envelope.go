package ingest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/agentevent"
)

// Events reach a server in envelopes, too: AWS Lambda hands a function Kinesis
// records as {"Records":[{"kinesis":{"data":BASE64}}]} and messages of an SQS queue
// as {"Records":[{"body":TEXT}]}, which it may pass on as they are. Source: "Using
// Lambda to process records from Amazon Kinesis Data Streams" and "Using Lambda with
// Amazon SQS" in the AWS Lambda Developer Guide.

// lambdaRecord is a record of a Lambda event, of one of the two kinds.
type lambdaRecord struct {
	Source  string `json:"eventSource"` // such as aws:kinesis
	Kinesis *struct {
		Data string `json:"data"`
	} `json:"kinesis"`
	Body *string `json:"body"`
}

// appendTo appends what the record holds; number is its own, for errors.
func (r *lambdaRecord) appendTo(documents []byte, number int) ([]byte, error) {
	switch {
	case r.Kinesis != nil:
		documents, err := base64.StdEncoding.AppendDecode(documents, []byte(r.Kinesis.Data))
		if err != nil {
			return nil, rollcall.Errorf(rollcall.CodeMalformed, "Records[%d].kinesis.data is no base64", number)
		}
		return documents, nil
	case r.Body != nil:
		return append(documents, *r.Body...), nil
	}
	return nil, rollcall.Errorf(rollcall.CodeMalformed, "Records[%d] of the Lambda event, from %q, has neither kinesis.data nor body: want records of a Kinesis stream or of an SQS queue",
		number, rollcall.Shorten(r.Source))
}

// unwrap gives the documents in a Lambda event, one record a line, or the body
// itself if it is none.
func unwrap(body []byte) ([]byte, error) {
	if !isLambda(body) {
		return body, nil
	}
	documents := make([]byte, 0, len(body)) // base64, and text in quotes, are longer
	dec := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	err := eachMember(dec, func(name string) error {
		if name != "Records" {
			return dec.SkipValue()
		}
		if err := expect(dec, '['); err != nil {
			return err
		}
		for i := 0; dec.PeekKind() != ']'; i++ {
			var record lambdaRecord
			if err := json.UnmarshalDecode(dec, &record); err != nil {
				return err
			}
			var err error
			if documents, err = record.appendTo(documents, i); err != nil {
				return err
			}
			documents = append(documents, '\n')
		}
		_, err := dec.ReadToken()
		return err
	})
	switch {
	case err == nil:
		return documents, nil
	case rollcall.ErrorCode(err) == rollcall.CodeMalformed:
		return nil, err
	}
	return nil, rollcall.Errorf(rollcall.CodeMalformed, `the body begins as a Lambda event and is none: want {"Records":[{"kinesis":{"data":BASE64}},…]} or {"Records":[{"body":TEXT},…]}`).WithCause(err)
}

// eachMember goes over the one object that dec reads. do is told each name, and
// reads the value.
func eachMember(dec *jsontext.Decoder, do func(name string) error) error {
	if err := expect(dec, '{'); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err == nil {
			err = do(name.String())
		}
		if err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	switch _, err := dec.ReadToken(); {
	case err == nil:
		return errors.New("something stands behind the object")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// isLambda tells whether a body begins as a Lambda event does.
func isLambda(body []byte) bool {
	const blanks = " \t\r\n"
	inside, is := bytes.CutPrefix(bytes.TrimLeft(body, blanks), []byte("{"))
	return is && bytes.HasPrefix(bytes.TrimLeft(inside, blanks), []byte(`"Records"`))
}

// aggregated is how records begin that the Kinesis Producer Library has put
// together.
var aggregated = []byte{0xF3, 0x89, 0x9A, 0xC2}

// gzipped is how gzip begins.
var gzipped = []byte{0x1f, 0x8b}

// telling are the members that recognize looks for.
var telling = []string{
	"records", "requestId", "awslogs", "messageType", "logGroup", "eventType", "contactId",
	"AWSContactTraceRecordFormatVersion", "ContactId", "InitiationMethod",
}

// recognizeAll names what is refused, where it is known.
func (in *Intake) recognizeAll(body []byte, refused []agentevent.Refusal) {
	for i := range refused {
		r := &refused[i]
		if _, what := recognizeRefused(body, r); what != "" {
			r.Member, r.Reason = "", "found "+what
		}
	}
}

// recognizeRefused is recognize for what was refused of a body.
func recognizeRefused(body []byte, r *agentevent.Refusal) (label, what string) {
	switch {
	case r.End > 0:
		return recognize(body[r.Start:r.End])
	case r.Number > 1:
		return "", ""
	}
	return recognize(body)
}

// What is left out, as metrics label it.
const (
	leftAggregated = "aggregated"
	leftDelivery   = "firehose_delivery"
	leftLogs       = "cloudwatch_logs"
	leftDetail     = "contact_event_detail"
	leftContact    = "contact_record"
	leftMalformed  = "malformed" // no JSON
	leftInvalid    = "invalid"   // an event that can't be right
)

// recognize says what something that is no agent event is, as far as it is
// known, with its label; empty if it isn't.
func recognize(document []byte) (label, what string) {
	if bytes.HasPrefix(document, aggregated) {
		return leftAggregated, "records that the Kinesis Producer Library put together, which Amazon Connect never does"
	}
	if bytes.HasPrefix(document, gzipped) {
		return leftLogs, "gzip, as a CloudWatch Logs subscription sends it, not an agent event"
	}
	there := make(map[string]bool, len(telling))
	dec := jsontext.NewDecoder(bytes.NewReader(document), jsontext.AllowDuplicateNames(true))
	err := eachMember(dec, func(name string) error {
		if slices.Contains(telling, name) {
			there[name] = true
		}
		return dec.SkipValue()
	})
	if err != nil {
		return "", ""
	}
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return !there[name] })
	}
	switch {
	case has("records", "requestId"):
		return leftDelivery, "a delivery of Amazon Data Firehose: that goes to " + FirehosePath
	case has("awslogs"), has("messageType", "logGroup"):
		return leftLogs, "a CloudWatch Logs subscription, not an agent event"
	case has("eventType", "contactId"):
		return leftDetail, "the detail of a contact event alone: want the EventBridge event that it is of, whole"
	case has("AWSContactTraceRecordFormatVersion"), has("ContactId", "InitiationMethod"):
		return leftContact, "a contact record, not an agent event"
	}
	return "", ""
}
