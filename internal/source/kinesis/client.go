package kinesis

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
)

// NewClient gives a client for a Source: it tries nothing twice, and is mended
// where the SDK is not for who reads much and long. HTTPClient must be set.
func NewClient(o kinesis.Options) *kinesis.Client {
	o.Retryer, o.HTTPClient = aws.NopRetryer{}, Whole(o.HTTPClient)
	return kinesis.New(o)
}

// Whole has a client send each request as one. The SDK closes a request's body when
// the answer begins, and net/http, if it has not looked behind the body by then,
// takes that for a failed request and closes the connection under the answer
// (aws-sdk-go-v2#1825). A body in memory is sent, and done with, before.
func Whole(over kinesis.HTTPClient) kinesis.HTTPClient { return whole{over} }

type whole struct{ kinesis.HTTPClient }

func (w whole) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil } // for a connection that was closed before
		r.Body, _ = r.GetBody()
	}
	return w.HTTPClient.Do(r)
}

// alone gives a subscription a codec of its own: a client has one for all streams
// of events, and it is not for several goroutines.
func alone(o *kinesis.Options) { o.Protocol = awsjson.New11(schemas.Kinesis_20131202) }
