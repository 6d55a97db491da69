package door

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rollcall"
	"rollcall/internal/sigv4"
)

// The one table from codes to statuses.
var statuses = map[rollcall.Code]int{
	rollcall.CodeMalformed:    http.StatusBadRequest,
	rollcall.CodeInvalid:      http.StatusBadRequest,
	rollcall.CodeUnsigned:     http.StatusUnauthorized,
	rollcall.CodeDenied:       http.StatusForbidden,
	rollcall.CodeNotFound:     http.StatusNotFound,
	rollcall.CodeUnknownRoute: http.StatusNotFound,
	rollcall.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	rollcall.CodeThrottled:    http.StatusTooManyRequests,
	rollcall.CodeInternal:     http.StatusInternalServerError,
	rollcall.CodeUnavailable:  http.StatusServiceUnavailable,
}

// codeMethod is what a client reads when a path is there and its method isn't.
const codeMethod = "method_not_allowed"

// retryAfter is in seconds, for answers that say "later".
const retryAfter = "1"

// Document is a document of a request that was not kept, and why.
type Document struct {
	Number int    `json:"number"`           // of the document in the request, from 1
	Offset int64  `json:"offset"`           // of the fault in the body, in bytes from 0
	Member string `json:"member,omitempty"` // that is at fault; empty for the document as a whole
	Reason string `json:"reason"`           // what was found and what was expected
}

// DocumentsError refuses a request for the documents in it. It is sent with
// rollcall.CodeInvalid.
type DocumentsError struct {
	Message   string
	Refused   int        // how many documents are refused
	Documents []Document // the first of them
}

// Error gives the message and the first document.
func (e *DocumentsError) Error() string {
	if len(e.Documents) == 0 {
		return e.Message
	}
	d := e.Documents[0]
	return fmt.Sprintf("%s: document %d: %s: %s", e.Message, d.Number, d.Member, d.Reason)
}

// methodError is a method that a route does not know.
type methodError struct{ method, route, allow string }

func (e *methodError) Error() string {
	return fmt.Sprintf("%s does not take the method %s; it takes %s", e.route, rollcall.Shorten(e.method), e.allow)
}

// panicError is a panic in a Handler.
type panicError struct {
	cause any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.cause) }

// failure is an error as it stands on the wire.
type failure struct {
	status int
	body   errorBody
}

type errorBody struct {
	Code         string     `json:"code"`
	Message      string     `json:"message"`
	RequestID    string     `json:"requestId"`
	RefusedCount int        `json:"refusedCount,omitzero"`
	Documents    []Document `json:"documents,omitempty"`
}

// failureFor turns any error into what the client gets. A cause is never part
// of it.
func failureFor(err error) failure {
	var (
		unverified *sigv4.Error
		documents  *DocumentsError
		method     *methodError
	)
	switch {
	case errors.As(err, &unverified):
		return failureOf(rollcall.CodeUnsigned, unverified.Error())
	case errors.As(err, &documents):
		f := failureOf(rollcall.CodeInvalid, documents.Message)
		f.body.RefusedCount, f.body.Documents = documents.Refused, documents.Documents
		return f
	case errors.As(err, &method):
		return failure{http.StatusMethodNotAllowed, errorBody{Code: codeMethod, Message: method.Error()}}
	case rollcall.ErrorCode(err) == rollcall.CodeInternal && isContextError(err):
		return failureOf(rollcall.CodeUnavailable, "the request could not be answered in time; try again")
	}
	return failureOf(rollcall.ErrorCode(err), rollcall.ErrorMessage(err))
}

// Explain tells what an error is to a client, in the words of our own API: no
// cause is part of it.
func Explain(err error) (status int, code, message string) {
	f := failureFor(err)
	return f.status, f.body.Code, f.body.Message
}

func failureOf(code rollcall.Code, message string) failure {
	status, ok := statuses[code]
	if !ok {
		status, code = http.StatusInternalServerError, rollcall.CodeInternal
	}
	return failure{status, errorBody{Code: string(code), Message: message}}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// ownDialect is that of /v1.
var ownDialect = Dialect{
	IDHeader: "X-Request-Id",
	WriteError: func(w http.ResponseWriter, id string, err error) (code string, failed error) {
		f := failureFor(err)
		f.body.RequestID = id
		return f.body.Code, f.write(w)
	},
}

func (f *failure) write(w http.ResponseWriter) error {
	switch f.status {
	case http.StatusUnauthorized:
		w.Header().Add("WWW-Authenticate", "AWS4-HMAC-SHA256")
		w.Header().Add("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", retryAfter)
	}
	body, err := marshal(struct {
		Error errorBody `json:"error"`
	}{f.body})
	if err != nil {
		return err
	}
	return SendJSON(w, f.status, body) // which no budget refuses
}
