package access

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/sigv4"
)

// GuardOptions are what a Guard is made of. Keys and Now must be given.
type GuardOptions struct {
	Keys *Keys
	Now  func() time.Time

	Regions              []string      // as in sigv4.Options
	MaxSkew              time.Duration // as in sigv4.Options
	AllowUnsignedPayload bool          // as in sigv4.Options

	// Anonymous believes everybody and permits everything, signed or not:
	// clients that can't but sign may sign with any key. Only web pages are
	// refused, but those of Origins; "*" is any.
	Anonymous bool
	Origins   []string

	// Sessions are believed where tokens are; nil: there are none.
	Sessions *Sessions
	// Secrets are those of Seal: the first seals, all open. Without any one is
	// drawn, and no other process opens what it seals.
	Secrets [][]byte

	// Refused is told of each request that is not believed or not permitted;
	// nil: nobody.
	Refused func(Refusal)
}

// Guard is the Gate of this server's protocols. It is safe for concurrent use.
type Guard struct {
	keys      *Keys
	now       func() time.Time
	verifier  *sigv4.Verifier
	anonymous bool
	local     localOnly // asked when anonymous
	sessions  *Sessions
	seals     seals
	refused   func(Refusal)
}

// NewGuard makes a Guard.
func NewGuard(o GuardOptions) *Guard {
	return &Guard{
		keys: o.Keys, now: o.Now, anonymous: o.Anonymous, local: localOnly{origins: o.Origins}, sessions: o.Sessions, seals: newSeals(o.Secrets), refused: o.Refused,
		verifier: sigv4.New(sigv4.Options{
			Service: "connect", Regions: o.Regions, Keys: o.Keys, MaxSkew: o.MaxSkew, AllowUnsignedPayload: o.AllowUnsignedPayload,
		}),
	}
}

// Knock refuses requests without a claim to a known key, as Gate says.
func (g *Guard) Knock(r *http.Request) (claimed string, err error) {
	if g.anonymous {
		err = g.local.check(r)
	} else {
		claimed, err = g.verifier.VerifyClaim(r, g.now())
	}
	return claimed, g.tell(r, err)
}

// Admit believes signed requests. Its errors are *sigv4.Error or, for a guard
// that is anonymous, have rollcall.CodeDenied.
func (g *Guard) Admit(r *http.Request, body []byte) (Pass, error) {
	p := &pass{keyID: "anonymous", remoteAddr: r.RemoteAddr, now: g.now(), refused: g.refused}
	if g.anonymous {
		if err := g.local.check(r); err != nil {
			return nil, g.tell(r, err)
		}
		return p, nil
	}
	identity, err := g.verifier.Verify(r, body, p.now)
	if err != nil {
		return nil, g.tell(r, err)
	}
	e := g.keys.key(identity.AccessKeyID)
	if e == nil { // revoked this instant
		return nil, g.tell(r, &sigv4.Error{Code: sigv4.UnrecognizedClient, Message: "The security token included in the request is invalid."})
	}
	return p.of(e, g), nil
}

// WithTokens is the Gate that believes bearer tokens, too. A token that isn't
// believed is an error with rollcall.CodeUnsigned.
func (g *Guard) WithTokens() Gate { return tokenGate{g} }

type tokenGate struct{ guard *Guard }

func (t tokenGate) Knock(r *http.Request) (claimed string, err error) {
	token, ok := bearerToken(r)
	if !ok || t.guard.anonymous {
		return t.guard.Knock(r)
	}
	if e := t.guard.keys.token(token); e != nil {
		return e.ID, nil
	}
	if session := t.guard.sessions.find(token); session != nil {
		return t.guard.sessions.current(session).ID, nil
	}
	return "", t.guard.tell(r, errUnknownToken)
}

var errUnknownToken = rollcall.Errorf(rollcall.CodeUnsigned, "The bearer token is not known here, or was revoked.")

func (t tokenGate) Admit(r *http.Request, body []byte) (Pass, error) {
	token, ok := bearerToken(r)
	if !ok || t.guard.anonymous {
		return t.guard.Admit(r, body)
	}
	p := &pass{remoteAddr: r.RemoteAddr, now: t.guard.now(), refused: t.guard.refused}
	if e := t.guard.keys.token(token); e != nil {
		return p.of(e, t.guard), nil
	}
	if p.session = t.guard.sessions.find(token); p.session != nil {
		return p.of(t.guard.sessions.current(p.session), t.guard), nil
	}
	return nil, t.guard.tell(r, errUnknownToken)
}

// bearerToken gives the token of RFC 6750, section 2.1.
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// pass is a sender who was believed.
type pass struct {
	keyID      string
	name       string
	policy     *Policy   // nil: may do everything
	remoteAddr string    // address and port, read only where there is a policy
	now        time.Time // when the request was admitted
	refused    func(Refusal)
	denied     bool // refused was told; each request is refused once

	entry   *Entry   // of the key or token, and who admitted it; nil for others
	session *session // that came from it, and may only read agents; nil for none
	guard   *Guard
}

func (p *pass) of(e *Entry, g *Guard) *pass {
	p.keyID, p.name, p.policy, p.entry, p.guard = e.ID, e.Name, e.Policy, e, g
	return p
}

// Renew gives the pass that its sender would get now, for what goes on for long
// after it was admitted: keys are revoked, and policies changed. The error says
// that the key or token is not in force any more.
func Renew(p Pass) (Pass, error) {
	own, ok := p.(*pass)
	if !ok || own.guard == nil {
		return p, nil
	}
	e := own.guard.keys.entry(own.keyID)
	if own.session != nil {
		if own.guard.sessions.over(own.session) {
			return nil, rollcall.Errorf(rollcall.CodeUnsigned, "The session is over, or the key that it came from was revoked.")
		}
		e = own.guard.sessions.current(own.session)
	}
	if e == nil || !e.sameSecret(own.entry) {
		return nil, rollcall.Errorf(rollcall.CodeUnsigned, "The key or token %s was revoked.", own.keyID)
	}
	renewed := &pass{session: own.session, remoteAddr: own.remoteAddr, now: own.guard.now(), refused: own.refused}
	return renewed.of(e, own.guard), nil
}

// KeyID names the access key or token.
func (p *pass) KeyID() string { return p.keyID }

// Unlimited tells that the sender may do everything.
func (p *pass) Unlimited() bool { return p.policy == nil && p.session == nil }

// Allow tells whether the sender may do the action to every resource, as Pass
// says.
func (p *pass) Allow(action string, instance rollcall.ARN, resources ...rollcall.ARN) error {
	decision, resource := p.decide(action, instance, resources)
	if decision == Allowed {
		return nil
	}
	if p.refused != nil && !p.denied {
		p.denied = true
		p.refused(Refusal{Reason: decision.reason(), KeyID: p.keyID, Action: action, Resource: resource.String(), RemoteAddr: p.remoteAddr})
	}
	return p.denial(action, resource, decision)
}

// May tells the same as Allow of somebody who did not ask: nobody hears of it.
func May(p Pass, action string, instance rollcall.ARN, resources ...rollcall.ARN) bool {
	if own, ok := p.(*pass); ok {
		decision, _ := own.decide(action, instance, resources)
		return decision == Allowed
	}
	return p.Allow(action, instance, resources...) == nil
}

// decide gives the first resource that is not permitted.
func (p *pass) decide(action string, instance rollcall.ARN, resources []rollcall.ARN) (Decision, rollcall.ARN) {
	if p.session != nil && action != ActionReadAgents {
		if len(resources) > 0 {
			return DeniedImplicitly, resources[0]
		}
		return DeniedImplicitly, instance
	}
	if p.policy == nil {
		return Allowed, instance
	}
	r := Request{Action: action, InstanceID: string(instance.Instance), SourceIP: p.sourceIP(), Now: p.now}
	if len(resources) == 0 {
		r.Resource = instance.String()
		return p.policy.Decide(&r), instance
	}
	for _, resource := range resources {
		r.Resource = resource.String()
		if decision := p.policy.Decide(&r); decision != Allowed {
			return decision, resource
		}
	}
	return Allowed, instance
}

// sourceIP is the address of whoever is at the other end of the connection: a
// proxy's, if there is one in front. What a proxy says in headers anybody can
// say.
func (p *pass) sourceIP() netip.Addr {
	addrPort, err := netip.ParseAddrPort(p.remoteAddr)
	if err != nil {
		return netip.Addr{} // not from the network
	}
	return addrPort.Addr().Unmap().WithZone("")
}

// denial is the error in Amazon's words.
func (p *pass) denial(action string, resource rollcall.ARN, decision Decision) error {
	reason := " because no identity-based policy allows the " + action + " action"
	if decision == DeniedExplicitly {
		reason = " with an explicit deny in an identity-based policy"
	}
	user := "arn:" + resource.Partition + ":iam::" + resource.Account + ":user/" + p.name
	return rollcall.Errorf(rollcall.CodeDenied, "%s",
		"User: "+user+" is not authorized to perform: "+action+" on resource: "+resource.String()+reason)
}
