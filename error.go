package rollcall

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Code says what kind of failure an Error is. Each protocol has one table from
// codes to its own statuses and names; nothing else turns an error into an
// answer.
type Code string

// The codes.
const (
	CodeInvalid      Code = "invalid"      // the request can't be right, whoever sends it whenever
	CodeMalformed    Code = "malformed"    // the request can't be read: not JSON, a wrong type, a missing body
	CodeNotFound     Code = "not_found"    // what the request names does not exist here
	CodeUnsigned     Code = "unsigned"     // who asks can't be told
	CodeDenied       Code = "denied"       // who asks may not do this
	CodeTooLarge     Code = "too_large"    // the request is over a stated limit
	CodeThrottled    Code = "throttled"    // too many requests; the same one will do later
	CodeUnavailable  Code = "unavailable"  // the service can't do it now; the same one will do later
	CodeInternal     Code = "internal"     // our fault; the cause is logged and never sent
	CodeUnknownRoute Code = "unknown_path" // no operation has this path and method
)

// Error is a failure that a client may read. Message is written for that
// client: it names the member, the value and the limit, and holds no cause.
type Error struct {
	Code    Code
	Message string
	cause   error // for the log only
}

// Errorf makes an Error with a message for the client.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithCause keeps why it happened, for the log.
func (e *Error) WithCause(cause error) *Error {
	return &Error{Code: e.Code, Message: e.Message, cause: cause}
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.cause }

// ErrorCode is the code of err: CodeInternal for any error that isn't ours.
func ErrorCode(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// ErrorMessage is what a client may read of err: a fixed sentence for any
// error that isn't ours.
func ErrorMessage(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != CodeInternal {
		return e.Message
	}
	return "The service failed to answer this request. Try again; the server's log has the cause under this request's id."
}

// shortRunes is how much of an offending value an error message repeats.
const shortRunes = 64

// Shorten cuts a value for an error message, on a character's edge. Invalid
// UTF-8 becomes U+FFFD.
func Shorten(s string) string {
	n := 0
	for i := range s {
		if n == shortRunes {
			return toValid(s[:i]) + "…"
		}
		n++
	}
	return toValid(s)
}

func toValid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
