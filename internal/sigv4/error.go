package sigv4

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Code is the name under which an AWS client knows a failure.
type Code string

// The codes. They are the names on the wire of AWS services that speak
// REST-JSON.
const (
	MissingAuthenticationToken Code = "MissingAuthenticationTokenException" // not signed at all
	IncompleteSignature        Code = "IncompleteSignatureException"        // a claim that can't be read
	InvalidSignature           Code = "InvalidSignatureException"           // a claim that isn't true
	UnrecognizedClient         Code = "UnrecognizedClientException"         // an unknown access key
	RequestExpired             Code = "RequestExpired"                      // a presigned URL past its end
)

// Error is why a request was not verified. Message is written for the client,
// in the words that Amazon uses, and holds no secret.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Status is the HTTP status that goes with the code. Amazon's documents give
// 403 for all but RequestExpired; some older services of other dialects answer
// IncompleteSignature with 400.
func (e *Error) Status() int {
	if e.Code == RequestExpired {
		return http.StatusBadRequest
	}
	return http.StatusForbidden
}

var (
	errMissingToken       = &Error{MissingAuthenticationToken, "Missing Authentication Token"}
	errUnrecognizedClient = &Error{UnrecognizedClient, "The security token included in the request is invalid."}
	errSignatureMismatch  = &Error{InvalidSignature, "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
	errTwoSignatures = &Error{InvalidSignature, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."}
)

// mismatch is the error for a signature that isn't right. A proxy that changes
// Host makes every signature wrong, so where there are signs of one the message
// says what the proxy must do.
func mismatch(r *http.Request) *Error {
	if !throughProxy(r) {
		return errSignatureMismatch
	}
	return invalid("%s A proxy passed the request on, and it arrived for the host '%s': if the client sent it to another, "+
		"the proxy must leave the Host header as it is, since the signature covers it.", errSignatureMismatch.Message, short(r.Host))
}

// throughProxy tells whether r shows that a proxy sent it: by what proxies add,
// or by HTTP/1.0, which some speak and no AWS client does.
func throughProxy(r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) {
		return true
	}
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

func incomplete(format string, args ...any) *Error {
	return &Error{Code: IncompleteSignature, Message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) *Error {
	return &Error{Code: InvalidSignature, Message: fmt.Sprintf(format, args...)}
}

// hashed stands for a header value in a message. An Authorization header that
// can't be read may hold a secret of another kind, so it is never repeated.
func hashed(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.StdEncoding.EncodeToString(sum[:])
}

const shortBytes = 64

// short is a value from the request, cut and made printable for a message.
func short(value string) string {
	if len(value) > shortBytes {
		value = value[:shortBytes] + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, value)
}

func iso(t time.Time) string { return t.UTC().Format(stampLayout) }

// minutes writes a skew as Amazon does: "5 min." It is a setting and so, as a
// rule, whole minutes.
func minutes(d time.Duration) string {
	return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) + " min."
}
