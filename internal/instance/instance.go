// Package instance finds the instance that a request is about, the same way for
// every protocol, and keeps quiet about instances that are not the sender's
// business.
//
// A request names an instance by its id or its ARN. The ARN of another account
// or Region names an instance that isn't here, whatever its id. Whoever may not
// ask about an instance must not learn whether it is here, nor in whose
// account: Permit gives them the very answer that would come if it weren't.
package instance

import (
	"strings"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/floor"
)

// Place is the instance that a request is about.
type Place struct {
	ARN   rollcall.ARN // the instance's own, or what the request calls one that isn't here
	Floor *floor.Floor // nil when it isn't here

	floors *floor.Floors
	byID   bool // the request names it by its id alone
}

// Find finds the instance called name, an id or an ARN. why says what is wrong
// with a name that can be no instance's, and is empty for all others.
func Find(floors *floor.Floors, name string) (p Place, why string) {
	p = Place{floors: floors}
	id := rollcall.InstanceID(name)
	if strings.HasPrefix(name, "arn:") {
		arn, ok := rollcall.ParseARN(name)
		if !ok || arn.Type != "" {
			return p, "want an instance's id, or its ARN: arn:aws:connect:REGION:ACCOUNT:instance/ID"
		}
		p.ARN, id = arn, arn.Instance
	} else {
		if !rollcall.ValidID(name) {
			return p, `want an instance's id (printable characters without "/") or its ARN`
		}
		p.byID = true
	}
	found, ok := floors.Floor(id)
	switch {
	case ok && (p.byID || p.ARN == found.ARN()):
		p.ARN, p.Floor = found.ARN(), found
	case p.byID:
		p.ARN = stranger(floors, id)
	}
	return p, ""
}

// anyone stands for an account and a Region that can't be told. A policy's "*"
// reaches it, a policy that names an account or a Region doesn't.
const anyone = "*"

// Anywhere stands for whichever instance a request means that names none.
func Anywhere() Place {
	return Place{ARN: rollcall.ARN{Partition: "aws", Region: anyone, Account: anyone, Instance: anyone}}
}

// stranger is the ARN of an instance of which only the id is known. If all
// instances here are of one account and Region, it is taken to be of those.
func stranger(floors *floor.Floors, id rollcall.InstanceID) rollcall.ARN {
	unknown := Anywhere().ARN
	unknown.Instance = id
	home, one := floors.Home()
	if !one {
		return unknown
	}
	home.Instance = id
	return home
}

// Quota is whose quota a question is counted against: that of the instance, or,
// for all instances that aren't here, one together. Names that are made up get
// nobody a quota of their own.
func (p Place) Quota() rollcall.ARN {
	if p.Floor == nil {
		return stranger(p.floors, anyone)
	}
	return p.ARN
}

// Permit asks whether the sender may do the action to what the request names.
// resources gives that as seen from an instance; nil, or none, stands for the
// instance itself.
//
// Whoever is denied an instance that is here and was named by its id gets the
// answer that would come if it weren't here, unless that would be "not found":
// then a policy denies just this one, and it is no secret. Nor is it to who may
// ask about another of the resources named.
func (p Place) Permit(pass access.Pass, action string, resources func(instance rollcall.ARN) []rollcall.ARN) error {
	if pass.Unlimited() {
		return nil
	}
	if resources == nil {
		resources = func(rollcall.ARN) []rollcall.ARN { return nil }
	}
	named := resources(p.ARN)
	denied := pass.Allow(action, p.ARN, named...)
	if denied == nil || p.Floor == nil || !p.byID {
		return denied
	}
	for _, resource := range named {
		if access.May(pass, action, p.ARN, resource) {
			return denied
		}
	}
	unknown := stranger(p.floors, p.ARN.Instance)
	if err := pass.Allow(action, unknown, resources(unknown)...); err != nil {
		return rollcall.Errorf(rollcall.ErrorCode(err), "%s", rollcall.ErrorMessage(err)).WithCause(denied)
	}
	return denied
}
