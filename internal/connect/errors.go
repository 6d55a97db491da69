package connect

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"rollcall"
	"rollcall/internal/sigv4"
)

// exception is an error as it stands on the wire.
type exception struct {
	Name       string // x-amzn-ErrorType, by which clients tell errors apart
	Status     int
	Message    string
	retryAfter int  // seconds; 0 for none
	lowerCase  bool // the body has "message", as Amazon's front door writes it
}

// The one table from codes to exceptions. The first five are those that the
// operation declares; the others are common to all AWS services. Source:
// Amazon Connect API Reference, GetCurrentUserData and Common Errors.
var exceptions = map[rollcall.Code]exception{
	rollcall.CodeMalformed:    {Name: "InvalidRequestException", Status: http.StatusBadRequest},
	rollcall.CodeTooLarge:     {Name: "InvalidRequestException", Status: http.StatusBadRequest},
	rollcall.CodeInvalid:      {Name: "InvalidParameterException", Status: http.StatusBadRequest},
	rollcall.CodeNotFound:     {Name: "ResourceNotFoundException", Status: http.StatusNotFound},
	rollcall.CodeThrottled:    {Name: "ThrottlingException", Status: http.StatusTooManyRequests, retryAfter: 1},
	rollcall.CodeInternal:     {Name: "InternalServiceException", Status: http.StatusInternalServerError},
	rollcall.CodeUnavailable:  {Name: "ServiceUnavailableException", Status: http.StatusServiceUnavailable, retryAfter: 1},
	rollcall.CodeDenied:       {Name: "AccessDeniedException", Status: http.StatusForbidden},
	rollcall.CodeUnsigned:     {Name: "MissingAuthenticationTokenException", Status: http.StatusForbidden, lowerCase: true},
	rollcall.CodeUnknownRoute: {Name: "UnknownOperationException", Status: http.StatusNotFound},
}

// exceptionFor turns any error into what the client gets. A cause is never
// part of it.
func exceptionFor(err error) exception {
	var unverified *sigv4.Error
	if errors.As(err, &unverified) {
		return exception{
			Name: string(unverified.Code), Status: unverified.Status(), Message: unverified.Message, lowerCase: true,
		}
	}
	var gateway *gatewayError
	if errors.As(err, &gateway) {
		return gateway.exception
	}
	e, ok := exceptions[rollcall.ErrorCode(err)]
	if !ok {
		e = exceptions[rollcall.CodeInternal]
	}
	e.Message = rollcall.ErrorMessage(err)
	return e
}

// declared is the error as the operation can have it: of those that declare no
// InvalidParameterException, what can't be right is an InvalidRequestException.
func (o *operation) declared(err error) error {
	if err == nil || rollcall.ErrorCode(err) != rollcall.CodeInvalid || slices.Contains(o.Errors, exceptions[rollcall.CodeInvalid].Name) {
		return err
	}
	return rollcall.Errorf(rollcall.CodeMalformed, "%s", rollcall.ErrorMessage(err)).WithCause(err)
}

// writeException answers with an error, in Amazon's way.
func writeException(w http.ResponseWriter, _ string, err error) (name string, failed error) {
	e := exceptionFor(err)
	return e.Name, e.write(w)
}

// write answers with the exception.
func (e *exception) write(w http.ResponseWriter) error {
	member := `{"Message":`
	if e.lowerCase {
		member = `{"message":`
	}
	body := append(appendString([]byte(member), e.Message), '}')
	h := w.Header()
	h.Set("X-Amzn-Errortype", e.Name)
	if e.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	return writeBody(w, e.Status, body)
}

// mediaType is shared by all answers.
var mediaType = []string{"application/json"}

// writeBody sends a JSON answer in one Write.
func writeBody(w http.ResponseWriter, status int, body []byte) error {
	writeHeader(w, status, len(body))
	_, err := w.Write(body)
	return err
}

func writeHeader(w http.ResponseWriter, status, size int) {
	h := w.Header() // whose keys are in their canonical form here, which Set would look for again
	h["Content-Type"] = mediaType
	h["Content-Length"] = []string{strconv.Itoa(size)}
	w.WriteHeader(status)
}
