package emit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/ownclient"
)

// The bounds of one batch. A server refuses more than its journal can keep in
// one piece; a batch that it calls too large is cut in two.
const (
	batchBytes     = 1 << 20
	batchDocuments = 1000
)

// maxTries is how often one batch is sent before emit gives up: with the
// pauses between, about a minute of a server that is away or full.
const maxTries = 10

// Refused is a document that was not kept.
type Refused struct {
	Input  string // the name of the input
	Line   int    // where the document begins
	Member string // empty when the whole document is meant
	Reason string
}

// Summary is what became of the inputs.
type Summary struct {
	Kept     int
	Refused  int
	LeftOut  int    // lines of a journal that was written out which are no agent events
	Position string // of the newest event kept
}

// Emitter sends documents to one server, in order, one batch at a time.
type Emitter struct {
	Server    *ownclient.Client
	OnRefused func(Refused)                                    // called for each refused document
	OnSent    func(bytes int64)                                // bytes of the input done with; may be nil
	Wait      func(ctx context.Context, d time.Duration) error // between tries; nil waits for real

	summary  Summary
	batch    []Document
	bytes    int
	done     int64
	answered bool // the server answered once: an outage is worth waiting for
}

// Emit sends all documents of one input. The error says that the input could
// not be read or the server could not be made to answer; refused documents are
// no error.
func (e *Emitter) Emit(ctx context.Context, name string, r io.Reader) error {
	e.done = 0
	for doc, err := range Documents(r) {
		var syntax *SyntaxError
		switch {
		case errors.As(err, &syntax):
			e.refuse(Refused{Input: name, Line: syntax.Line, Reason: syntax.Reason})
			continue
		case err != nil:
			return readError(name, err)
		case isOwn(doc.Body):
			e.summary.LeftOut++
			continue
		}
		if err := e.add(ctx, name, doc); err != nil {
			return err
		}
	}
	return e.flush(ctx, name)
}

func readError(name string, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err // which names the input a second time
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// ownPrefix begins the EventType, or the detail-type, of what is rollcall's own in a
// journal that was written out: see packages archive and contactevent.
const ownPrefix = "ROLLCALL_"

// isOwn tells whether a document is rollcall's own, which no server takes.
func isOwn(document []byte) bool {
	if !bytes.Contains(document, []byte(`"`+ownPrefix)) {
		return false
	}
	var own struct {
		EventType  string `json:"EventType"`
		DetailType string `json:"detail-type"`
	}
	return json.Unmarshal(document, &own) == nil &&
		(strings.HasPrefix(own.EventType, ownPrefix) || strings.HasPrefix(own.DetailType, ownPrefix))
}

// Summary is what became of all inputs so far.
func (e *Emitter) Summary() Summary { return e.summary }

func (e *Emitter) add(ctx context.Context, name string, doc Document) error {
	value := jsontext.Value(doc.Body)
	// A document a line, so that the server can tell where a bad one ends.
	if err := value.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return fmt.Errorf("%s: line %d: %w", name, doc.Line, err)
	}
	doc.Body = value
	if len(e.batch) > 0 && (e.bytes+len(doc.Body) > batchBytes || len(e.batch) == batchDocuments) {
		if err := e.flush(ctx, name); err != nil {
			return err
		}
	}
	e.batch = append(e.batch, doc)
	e.bytes += len(doc.Body) + 1
	return nil
}

func (e *Emitter) flush(ctx context.Context, name string) error {
	batch := e.batch
	e.batch, e.bytes = e.batch[:0:0], 0
	if len(batch) == 0 {
		return nil
	}
	if err := e.Send(ctx, name, batch); err != nil {
		return err
	}
	if end := batch[len(batch)-1].End; e.OnSent != nil {
		e.OnSent(end - e.done)
		e.done = end
	}
	return nil
}

// answer is what POST /v1/events says, kept or not.
type answer struct {
	Accepted int              `json:"accepted"`
	Position string           `json:"position"`
	Refused  []answerDocument `json:"refused"`
	Error    struct {
		Message string `json:"message"`
	} `json:"error"`
}

type answerDocument struct {
	Number int    `json:"number"`
	Member string `json:"member"`
	Reason string `json:"reason"`
}

// Send sends documents that are at hand as one batch: each a line of JSON. The
// name and the documents' lines are for OnRefused.
func (e *Emitter) Send(ctx context.Context, name string, batch []Document) error {
	var body []byte
	for _, doc := range batch {
		body = append(append(body, doc.Body...), '\n')
	}
	resp, err := e.post(ctx, body)
	if err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(resp.Body, &a); err != nil {
		return fmt.Errorf("%s answered %s with no JSON; is it a rollcall server?", e.Server.Endpoint, http.StatusText(resp.Status))
	}
	switch {
	case resp.Status == http.StatusOK || resp.Status == http.StatusAccepted:
		e.count(name, batch, a)
		return nil
	case resp.Status == http.StatusRequestEntityTooLarge && len(batch) > 1:
		half := len(batch) / 2
		if err := e.Send(ctx, name, batch[:half]); err != nil {
			return err
		}
		return e.Send(ctx, name, batch[half:])
	case resp.Status == http.StatusRequestEntityTooLarge:
		e.refuse(Refused{Input: name, Line: batch[0].Line, Reason: a.Error.Message})
		return nil
	default:
		return fmt.Errorf("%s refused the events: %s", e.Server.Endpoint, a.Error.Message)
	}
}

func (e *Emitter) count(name string, batch []Document, a answer) {
	e.summary.Kept += a.Accepted
	if a.Position != "" {
		e.summary.Position = a.Position
	}
	for _, r := range a.Refused {
		line := 0
		if r.Number >= 1 && r.Number <= len(batch) {
			line = batch[r.Number-1].Line
		}
		e.refuse(Refused{Input: name, Line: line, Member: r.Member, Reason: r.Reason})
	}
	// The server lists a bounded number of refusals; what it left out counts all the same.
	e.summary.Refused += max(0, len(batch)-a.Accepted-len(a.Refused))
}

func (e *Emitter) refuse(r Refused) {
	e.summary.Refused++
	e.OnRefused(r)
}

// post sends one batch until the server has said what became of it.
func (e *Emitter) post(ctx context.Context, body []byte) (*ownclient.Response, error) {
	query := url.Values{"on-invalid": {"skip"}}
	for try := 1; ; try++ {
		resp, err := e.Server.Do(ctx, http.MethodPost, "/v1/events", query, body)
		e.answered = e.answered || err == nil
		switch {
		case err == nil && (try == maxTries || !passes(resp.Status)):
			return resp, nil
		case err != nil && (try == maxTries || !e.answered || ctx.Err() != nil || errors.Is(err, ownclient.ErrNoCredentials)):
			return nil, err
		}
		if err := sleep(ctx, e.Wait, pause(try, resp)); err != nil {
			return nil, err
		}
	}
}

// passes tells whether the same request may be answered otherwise later.
func passes(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// pause doubles from 100 ms to 10 s, with jitter, and heeds the server's word.
func pause(try int, resp *ownclient.Response) time.Duration {
	d := min(100*time.Millisecond<<(try-1), 10*time.Second)
	d = d/2 + rand.N(d/2+1) //nolint:gosec // jitter needs no secrecy
	if resp != nil {
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			d = max(d, time.Duration(min(seconds, 60))*time.Second)
		}
	}
	return d
}

// sleep waits by wait, or for real.
func sleep(ctx context.Context, wait func(context.Context, time.Duration) error, d time.Duration) error {
	if wait != nil {
		return wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
