package access

import (
	"net/http"

	"rollcall"
)

// Actions of our own. actions.txt tells on what, and knows Amazon's too, which are
// named by the operations.
const (
	ActionDebug        = "rollcall:Debug"
	ActionExport       = "rollcall:ExportJournal"
	ActionPutEvents    = "rollcall:PutEvents"
	ActionReadAgents   = "rollcall:ReadAgents"
	ActionReadSources  = "rollcall:ReadSources"
	ActionSeedAgents   = "rollcall:SeedAgents"
	ActionRemoveAgents = "rollcall:RemoveAgents"
)

// Everything is what a policy must permit an action on that is about the server as
// a whole: a pattern such as "*", which any instance of any account matches.
var Everything = rollcall.ARN{Partition: "aws", Region: "*", Account: "*", Instance: "*"}

// Gate tells who sends a request. Every protocol has one and asks it first.
type Gate interface {
	// Knock says who will not be believed, whatever the body: it is asked before
	// any of the body is read, so that only senders who name a key that is known
	// can make the server hold one. Its errors are those of Admit; without one
	// nobody is believed yet: claimed is the id of the key or token that the
	// sender says to have, "" where everybody is believed.
	Knock(r *http.Request) (claimed string, err error)
	// Admit verifies the request's signature (or bearer token, where the
	// protocol takes one) over the body that was read. Its error says who is
	// not believed, in a form that each protocol's error table knows.
	Admit(r *http.Request, body []byte) (Pass, error)
}

// Pass is a sender whose request was believed.
type Pass interface {
	// KeyID names the access key or token, for logs and quotas.
	KeyID() string
	// Unlimited tells that the sender may do everything: Allow never denies, so
	// nobody need find out what it would be asked.
	Unlimited() bool
	// Allow tells whether the sender may do the action to every one of the
	// resources, which all lie in the instance. With no resources it asks for
	// the instance itself. The error is a denial that a client may read.
	Allow(action string, instance rollcall.ARN, resources ...rollcall.ARN) error
}
