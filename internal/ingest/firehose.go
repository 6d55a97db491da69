package ingest

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"rollcall"
	"rollcall/internal/body"
	"rollcall/internal/door"
)

// FirehosePath takes what Amazon Data Firehose delivers to an HTTP endpoint.
const FirehosePath = "/v1/firehose"

// The bounds of one delivery. Source: "HTTP endpoint delivery request and
// response specifications" in the Amazon Data Firehose Developer Guide: 64 MiB
// of records before they are base64, within three minutes.
const (
	firehoseBytes     = 100 << 20 // inflated
	firehoseTime      = 170 * time.Second
	firehoseTokenMost = 2 << 20 // of one member, which may be a record of 1,024,000 bytes in base64
	firehosePart      = 1 << 20 // of records, that are appended together
	firehoseIDMost    = 256     // of a request id, which is a UUID

	// What a delivery holds at once: the bytes being read and the text of a
	// record, its bytes, and the documents of a part.
	firehoseHolds = 4*firehoseTokenMost + 2*firehosePart
)

const (
	firehoseKeyHeader = "X-Amz-Firehose-Access-Key"
	firehoseIDHeader  = "X-Amz-Firehose-Request-Id"
)

// firehose takes the records of a delivery, which may be of any size, part by
// part. Its answer says that all are durable. What is no agent event is counted,
// logged and left out: Firehose would send the whole delivery again for hours
// because of it. A delivery that comes again changes nothing.
//
// It is never refused as too large, since Firehose throws away what is.
func (in *Intake) firehose(c *door.Call) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), firehoseTime)
	defer cancel()
	r := c.Request.Clone(ctx)
	if key := r.Header.Get(firehoseKeyHeader); key != "" {
		r.Header.Set("Authorization", "Bearer "+key) // Firehose knows no other way to say it
	}
	claimed, err := in.o.Gate.Knock(r)
	if err != nil {
		return err
	}
	if c.Pass, err = in.o.Gate.Admit(r, nil); err != nil {
		return err
	}
	share := in.budget.Open(claimed)
	defer share.Close()
	if !share.Take(firehoseHolds) {
		return in.errNotRead(&body.Error{Fault: body.NoRoom})
	}
	sent := body.Stream(c, c.Request, firehoseTime)
	if strings.EqualFold(strings.TrimSpace(r.Header.Get("Content-Encoding")), "gzip") {
		inflated, err := gzip.NewReader(&bounded{from: sent, left: firehoseBytes}) // which may inflate to nothing for ever
		if err != nil {
			return rollcall.Errorf(rollcall.CodeMalformed, "the body is not gzip, which its Content-Encoding says").WithCause(err)
		}
		sent = inflated
	}
	d := &delivery{intake: in, ctx: ctx, call: c, batch: in.newParts(c.Pass)}
	defer d.batch.close()
	defer func() { // of a delivery that ends badly, too: parts of it may be kept
		in.audit(c, d.batch.begun)
		d.batch.log(ctx, c.ID)
	}()
	if err := d.read(&bounded{from: sent, left: firehoseBytes}); err != nil {
		return err
	}
	if err := d.batch.keep(ctx); err != nil {
		return err
	}
	_ = http.NewResponseController(c).SetWriteDeadline(time.Now().Add(door.StreamPatience)) // the delivery may have taken longer than a request may
	return c.WriteJSON(http.StatusOK, firehoseAnswer{RequestID: cmp.Or(sentID(r), d.requestID), Timestamp: in.o.Now().UnixMilli()})
}

// firehoseAnswer is the only answer that Firehose understands, to all deliveries.
type firehoseAnswer struct {
	RequestID    string `json:"requestId"`
	Timestamp    int64  `json:"timestamp"` // milliseconds since 1970
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// sentID is how Firehose calls the request in its header; empty for what it
// never says.
func sentID(r *http.Request) string {
	id := r.Header.Get(firehoseIDHeader)
	if len(id) > firehoseIDMost {
		return ""
	}
	return id
}

// firehoseDialect is how errors are told to Firehose.
var firehoseDialect = door.Dialect{
	IDHeader: "X-Request-Id",
	WriteError: func(w http.ResponseWriter, id string, err error) (code string, failed error) {
		status, code, message := door.Explain(err)
		if status == http.StatusRequestEntityTooLarge {
			status = http.StatusBadRequest
		}
		if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		c, _ := w.(*door.Call)
		answer, err := json.Marshal(firehoseAnswer{
			RequestID: cmp.Or(sentID(c.Request), id), Timestamp: c.StartedAt.UnixMilli(), ErrorMessage: message,
		}, jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return code, fmt.Errorf("encode the answer: %w", err)
		}
		return code, door.SendJSON(w, status, answer)
	},
}

// delivery is a delivery that is read.
type delivery struct {
	intake    *Intake
	ctx       context.Context //nolint:containedctx // of the one call that reads it
	call      *door.Call
	batch     *parts
	requestID string
}

// read goes over {"requestId":…,"timestamp":…,"records":[{"data":BASE64},…]},
// and takes each record when it has come. Nothing may stand behind it: gzip tells
// only at its end whether what came before was whole.
func (d *delivery) read(from *bounded) error {
	dec := jsontext.NewDecoder(from, jsontext.AllowDuplicateNames(true)) // else it would keep all names
	from.passed = dec.InputOffset
	there := false
	err := eachMember(dec, func(name string) error {
		switch name {
		case "requestId":
			id, err := dec.ReadToken()
			if err == nil && (id.Kind() != '"' || len(id.String()) > firehoseIDMost) {
				err = fmt.Errorf("requestId is no text of at most %d bytes", firehoseIDMost)
			}
			d.requestID = id.String()
			return err
		case "records":
			there = true
			return d.records(dec)
		}
		return dec.SkipValue()
	})
	if err == nil && !there {
		err = errors.New("it has no records")
	}
	return d.malformed(err)
}

func (d *delivery) records(dec *jsontext.Decoder) error {
	if err := expect(dec, '['); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		var record struct {
			Data *string `json:"data"`
		}
		if err := json.UnmarshalDecode(dec, &record); err != nil {
			return err
		}
		if record.Data == nil {
			d.batch.refuse(leftMalformed, "it has no data")
			continue
		}
		data, err := base64.StdEncoding.DecodeString(*record.Data)
		if err != nil {
			d.batch.refuse(leftMalformed, "its data is no base64")
			continue
		}
		if err := d.batch.take(d.ctx, data); err != nil {
			return &takeError{err}
		}
	}
	_, err := dec.ReadToken()
	return err
}

func expect(dec *jsontext.Decoder, kind jsontext.Kind) error {
	token, err := dec.ReadToken()
	if err == nil && token.Kind() != kind {
		err = fmt.Errorf("found %s, expected %s", token.Kind(), kind)
	}
	return err
}

// takeError is an error of a record that could be read.
type takeError struct{ error }

// malformed says what was wrong with a delivery as a whole.
func (d *delivery) malformed(err error) error {
	var taken *takeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &taken):
		return taken.error
	case errors.Is(err, errDeliveryTooLarge):
		return rollcall.Errorf(rollcall.CodeInvalid, "%v", errDeliveryTooLarge)
	case d.ctx.Err() != nil:
		return rollcall.Errorf(rollcall.CodeUnavailable, "the delivery did not arrive within %s; what came is kept, so send it again", firehoseTime).WithCause(err)
	}
	return rollcall.Errorf(rollcall.CodeMalformed, `the delivery can't be read: want {"requestId":…,"timestamp":…,"records":[{"data":BASE64},…]}`).WithCause(err)
}

var errDeliveryTooLarge = fmt.Errorf("the delivery has more than %d bytes, or a record of more than %d: no delivery of Firehose has", firehoseBytes, firehoseTokenMost)

// bounded is a body of which no more than left is read, and no more than one
// token that is too large for a record is held.
type bounded struct {
	from   io.Reader
	left   int64
	read   int64
	passed func() int64 // how much of it the reader has done with
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 || b.passed != nil && b.read-b.passed() > firehoseTokenMost {
		return 0, errDeliveryTooLarge
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.read += int64(n)
	return n, err
}
