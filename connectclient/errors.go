package connectclient

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// APIError is an error the service answered with. An error whose code the
// operation declares is an exception of its own type, which errors.As finds as
// an APIError too.
type APIError struct {
	// Operation is the name of what was asked.
	Operation string
	// Code is the error's name, such as "ThrottlingException", or the HTTP
	// status in digits if the answer names none.
	Code string
	// Message is the service's explanation. It may be empty.
	Message string
	// Status is the HTTP status.
	Status int
	// RequestID names the request in the service's logs. It may be empty.
	RequestID string
}

func (e *APIError) Error() string {
	return "An error occurred (" + e.Code + ") when calling the " + e.Operation + " operation: " + e.Message
}

// As makes every exception, which embeds an APIError, also match a target of
// type **APIError.
func (e *APIError) As(target any) bool {
	t, ok := target.(**APIError)
	if ok {
		*t = e
	}
	return ok
}

// ErrorCode returns Code. The SDK's retryer asks for it.
func (e *APIError) ErrorCode() string { return e.Code }

// HTTPStatusCode returns Status. The SDK's retryer asks for it.
func (e *APIError) HTTPStatusCode() int { return e.Status }

// The exceptions that nearly all operations have, by the names that they have in the API.
//
//nolint:errname // the API's names
type (
	// InvalidRequestException says that the request is not valid (400).
	InvalidRequestException struct {
		*APIError
		// Reason details some requests that are not this operation's, by
		// name. It is nil as a rule.
		Reason map[string]string
	}
	// InvalidParameterException says that a parameter has a value the service does not take (400).
	InvalidParameterException struct{ *APIError }
	// ResourceNotFoundException says that there is no such instance (404).
	ResourceNotFoundException struct{ *APIError }
	// ThrottlingException says that there were too many requests (429).
	ThrottlingException struct{ *APIError }
	// InternalServiceException says that the service failed (500).
	InternalServiceException struct{ *APIError }
	// AccessDeniedException says that these credentials may not do this (403).
	AccessDeniedException struct{ *APIError }
)

// typed returns the exception an error is, or the error.
func typed(e *APIError, body errorBody) error {
	switch e.Code {
	case "InvalidRequestException":
		return &InvalidRequestException{e, body.Reason}
	case "InvalidParameterException":
		return &InvalidParameterException{e}
	case "ResourceNotFoundException":
		return &ResourceNotFoundException{e}
	case "ThrottlingException":
		return &ThrottlingException{e}
	case "InternalServiceException":
		return &InternalServiceException{e}
	case "AccessDeniedException":
		return &AccessDeniedException{e}
	}
	return e
}

// Err returns nil for an answer that is none of an error, else an APIError or
// an exception. Statuses from 301 on are errors: the operation has no redirects.
func (r *Response) Err() error {
	if r.Status < http.StatusMovedPermanently {
		return nil
	}
	e := &APIError{Operation: r.Operation, Status: r.Status, RequestID: r.Header.Get("X-Amzn-Requestid")}
	trimmed := bytes.TrimSpace(r.Body)
	if r.Status >= 500 && (len(trimmed) == 0 || bytes.HasPrefix(trimmed, []byte("<html>"))) {
		// A load balancer speaks, not the service.
		e.Code, e.Message = strconv.Itoa(r.Status), http.StatusText(r.Status)
		return e
	}
	body := decodeErrorBody(r.Body)
	e.Code, e.Message = body.code(r), body.message()
	return typed(e, body)
}

// errorBody is what services put into errors: two spellings of each name.
// Members are matched by their exact names.
type errorBody struct {
	members map[string]any
	Reason  map[string]string
}

func decodeErrorBody(raw []byte) errorBody {
	var b errorBody
	if len(raw) == 0 {
		return b
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		b.members = map[string]any{"message": string(raw)}
		return b
	}
	b.members, _ = v.(map[string]any)
	if reason, ok := b.members["Reason"].(map[string]any); ok {
		b.Reason = make(map[string]string, len(reason))
		for name, detail := range reason {
			b.Reason[name] = text(detail)
		}
	}
	return b
}

func (b errorBody) message() string { return text(b.first("message", "Message")) }

// code finds the error's name. A header is surer than a body, since a proxy
// may have changed the body; a namespace before it and a URL after it go.
func (b errorBody) code(r *Response) string {
	code := r.Header.Get("X-Amzn-Errortype")
	if code == "" {
		code = text(b.first("code", "Code"))
	}
	if code == "" {
		code, _, _ = strings.Cut(r.Header.Get("X-Amzn-Query-Error"), ";")
	}
	if code == "" {
		code = text(b.first("__type"))
	}
	if code == "" {
		return strconv.Itoa(r.Status)
	}
	code, _, _ = strings.Cut(code, ":")
	return code[strings.LastIndexByte(code, '#')+1:]
}

func (b errorBody) first(names ...string) any {
	for _, name := range names {
		if v, ok := b.members[name]; ok {
			return v
		}
	}
	return nil
}

// text is a string as it is, and anything else as JSON.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	raw, _ := json.Marshal(v) // came from JSON
	return string(raw)
}
