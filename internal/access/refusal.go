package access

import (
	"errors"
	"net/http"
	"strings"

	"rollcall"
	"rollcall/internal/sigv4"
)

// Refusal is a request that was not believed or not permitted, for metrics and
// the log. What a stranger sent in it is cut and may be anything.
type Refusal struct {
	Reason     string // one of Reasons
	KeyID      string // of the key or token; what the sender claims where it was not believed; may be empty
	Action     string // empty for a request that was not believed
	Resource   string // the ARN, likewise
	RemoteAddr string
}

// Act is something that was done for good, for the log.
type Act struct {
	KeyID, Action, Resource, RequestID, RemoteAddr string

	Err error // nil: it is done; else it may or may not be
}

// Reasons are all that Refusal.Reason can be.
var Reasons = []string{
	"MissingAuthenticationToken", "IncompleteSignature", "InvalidSignature", "UnrecognizedClient", "RequestExpired",
	reasonToken, reasonPage, reasonDeny, reasonNoAllow,
}

const (
	reasonToken   = "UnknownToken" // of a bearer
	reasonPage    = "WebPage"      // of a server that asks nobody who they are
	reasonDeny    = "ExplicitDeny" // a policy forbids it
	reasonNoAllow = "NoAllow"      // no policy permits it
)

func (d Decision) reason() string {
	if d == DeniedExplicitly {
		return reasonDeny
	}
	return reasonNoAllow
}

// tell tells of a request that is not believed, and gives err back.
func (g *Guard) tell(r *http.Request, err error) error {
	if err == nil || g.refused == nil {
		return err
	}
	refusal := Refusal{Reason: reasonPage, RemoteAddr: r.RemoteAddr}
	var unverified *sigv4.Error
	switch {
	case errors.As(err, &unverified):
		refusal.Reason = strings.TrimSuffix(string(unverified.Code), "Exception")
		if claimed, err := g.verifier.VerifyClaim(r, g.now()); err == nil {
			refusal.KeyID = claimed
		}
	case rollcall.ErrorCode(err) == rollcall.CodeUnsigned:
		refusal.Reason = reasonToken
	}
	g.refused(refusal)
	return err
}
