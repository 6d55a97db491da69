package ownclient

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// maxEventBytes bounds one event of a stream.
const maxEventBytes = 64 << 20

// Event is a server-sent event.
type Event struct {
	Name string
	Data []byte // valid until the next event is asked for
}

// Events is a stream of server-sent events.
type Events struct {
	body   io.ReadCloser
	LastID string // what the stream's server wants to hear when the client comes back
}

// Watch opens a stream. lastID is that of the stream before, or empty. An answer
// that is none is given instead.
func (c *Client) Watch(ctx context.Context, path string, query url.Values, lastID string) (*Events, *Response, error) {
	header := http.Header{"Accept": {"text/event-stream"}}
	if lastID != "" {
		header.Set("Last-Event-ID", lastID)
	}
	body, refused, err := c.Download(ctx, path, query, header)
	if body == nil {
		return nil, refused, err
	}
	return &Events{body: body, LastID: lastID}, nil, nil
}

// Download asks for an answer that goes on for long, and gives its body if the
// status is 200. Any other answer is given whole.
func (c *Client) Download(ctx context.Context, path string, query url.Values, header http.Header) (io.ReadCloser, *Response, error) {
	target := c.Endpoint + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		return nil, nil, fmt.Errorf("endpoint %q: %w", c.Endpoint, err)
	}
	unsigned := c.sign(ctx, req, nil)
	if unsigned != nil && !c.maybeAnonymous(req, unsigned) {
		return nil, nil, unsigned
	}
	maps.Copy(req.Header, header)
	client := *c.HTTP
	client.Timeout = 0
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, c.explain(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil, nil
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := readAnswer(resp.Body, c.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	return nil, &Response{Status: resp.StatusCode, Header: resp.Header, Body: answer}, nil
}

// Close ends the stream.
func (e *Events) Close() { _ = e.body.Close() }

// All gives the events until the stream ends, with the error that ended it: none
// if the server ended it in order.
func (e *Events) All() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := bufio.NewScanner(e.body)
		lines.Buffer(nil, maxEventBytes)
		var event Event
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ":")
			value = strings.TrimPrefix(value, " ")
			switch field {
			case "event":
				event.Name = value
			case "id":
				e.LastID = value
			case "data":
				event.Data = append(event.Data, value...)
			}
			if lines.Text() != "" {
				continue
			}
			if event.Name != "" && !yield(event, nil) {
				return
			}
			event = Event{Data: event.Data[:0]}
		}
		if err := lines.Err(); err != nil {
			yield(Event{}, fmt.Errorf("read the stream: %w", err))
		}
	}
}
