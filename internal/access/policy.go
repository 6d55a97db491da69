package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Limits of a policy.
const (
	MaxPolicyBytes = 64 << 10
	maxStatements  = 200
	maxListed      = 1000 // values of one element
	maxPattern     = 2048 // bytes
)

// PolicyVersion is the one version of the policy language that is supported.
const PolicyVersion = "2012-10-17"

// PolicyAll permits everything.
const PolicyAll = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`

// AllowPolicy is the JSON of a policy that permits the actions on the
// resources, and nothing else.
func AllowPolicy(actions, resources []string) []byte {
	type allow struct {
		Effect   string   `json:"Effect"`
		Action   []string `json:"Action"`
		Resource []string `json:"Resource"`
	}
	policy, _ := json.Marshal(struct { // of strings alone, which never fails
		Version   string  `json:"Version"`
		Statement []allow `json:"Statement"`
	}{PolicyVersion, []allow{{"Allow", actions, resources}}})
	return policy
}

// Policy is a policy in the JSON of AWS Identity and Access Management. It is
// read-only and safe for concurrent use.
type Policy struct {
	statements []statement
	source     *value
}

// Request is one action on one resource, as a policy sees it.
type Request struct {
	Action     string     // "connect:GetCurrentUserData"
	Resource   string     // an ARN
	InstanceID string     // connect:InstanceId
	SourceIP   netip.Addr // aws:SourceIp; the zero Addr where there is none
	Now        time.Time  // aws:CurrentTime
}

// Decision is what a policy says about a request.
type Decision uint8

// The decisions.
const (
	DeniedImplicitly Decision = iota // no statement permits it
	Allowed
	DeniedExplicitly // a statement forbids it, whatever others permit
)

// statement is one of a policy's statements.
type statement struct {
	deny        bool
	actions     []pattern // of which one must match
	notAction   bool      // none must
	resources   []arnPattern
	notResource bool
	conditions  []condition
}

// Decide tells what p says about r.
func (p *Policy) Decide(r *Request) Decision {
	decision := DeniedImplicitly
	for i := range p.statements {
		s := &p.statements[i]
		if !s.applies(r) {
			continue
		}
		if s.deny {
			return DeniedExplicitly
		}
		decision = Allowed
	}
	return decision
}

func (s *statement) applies(r *Request) bool {
	action := func(p pattern) bool { return p.match(r.Action, true) }
	resource := func(p arnPattern) bool { return p.match(r.Resource) }
	if slices.ContainsFunc(s.actions, action) == s.notAction || slices.ContainsFunc(s.resources, resource) == s.notResource {
		return false
	}
	for i := range s.conditions {
		if !s.conditions[i].holds(r) {
			return false
		}
	}
	return true
}

// text is the policy as it was written, to tell it from another.
func (p *Policy) text() string {
	out, _ := yaml.Marshal(p.source.toYAML()) // of what came from YAML or JSON, which never fails
	return string(out)
}

// String sums the policy up in a line.
func (p *Policy) String() string {
	var b strings.Builder
	for i := range p.statements {
		if i > 0 {
			b.WriteString("; ")
		}
		p.statements[i].appendSummary(&b)
	}
	return b.String()
}

func (s *statement) appendSummary(b *strings.Builder) {
	word := func(is bool, yes, no string) string {
		if is {
			return yes
		}
		return no
	}
	b.WriteString(word(s.deny, "Deny ", "Allow "))
	b.WriteString(word(s.notAction, "all but ", ""))
	appendList(b, s.actions)
	b.WriteString(" on ")
	b.WriteString(word(s.notResource, "all but ", ""))
	appendList(b, s.resources)
	b.WriteString(word(len(s.conditions) > 0, " under conditions", ""))
}

func appendList[T fmt.Stringer](b *strings.Builder, list []T) {
	for i, item := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(item.String())
	}
}

// ParsePolicy reads a policy from JSON. The error names the line and the
// element that it is about.
func ParsePolicy(data []byte) (*Policy, error) {
	if len(data) > MaxPolicyBytes {
		return nil, fmt.Errorf("policy: %d bytes where %d are allowed", len(data), MaxPolicyBytes)
	}
	v, err := decodeJSON(data)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return newPolicy(v, "policy")
}

// newPolicy reads the policy that stands at path.
func newPolicy(v *value, path string) (*Policy, error) {
	if err := v.onlyMembers(path, "Version", "Id", "Statement"); err != nil {
		return nil, err
	}
	if err := checkVersion(v, path); err != nil {
		return nil, err
	}
	if id := v.get("Id"); id != nil && id.kind != kindText {
		return nil, id.refuse(path+".Id", "want a string, got %s", id)
	}
	path += ".Statement"
	list := v.get("Statement")
	if list == nil {
		return nil, v.refuse(path, "missing")
	}
	items := list.list
	if list.kind == kindObject { // one statement may stand without a list
		items = []*value{list}
	} else if list.kind != kindList || len(items) == 0 || len(items) > maxStatements {
		return nil, list.refuse(path, "want a statement, or a list of 1 to %d", maxStatements)
	}
	p := &Policy{source: v}
	sids := make(map[string]bool) // :: Sid -> used
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		s, err := newStatement(item, at, sids)
		if err != nil {
			return nil, err
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func checkVersion(v *value, path string) error {
	version := v.get("Version")
	switch {
	case version == nil:
		return v.refuse(path+".Version", "missing; want %q", PolicyVersion)
	case version.kind != kindText || version.text != PolicyVersion:
		return version.refuse(path+".Version", "want %q, got %s", PolicyVersion, version)
	}
	return nil
}

func newStatement(v *value, path string, sids map[string]bool) (statement, error) {
	var s statement
	if v.kind == kindObject && (v.get("Principal") != nil || v.get("NotPrincipal") != nil) {
		return s, v.refuse(path, "Principal and NotPrincipal are not supported: the policy belongs to the key that it stands with")
	}
	err := v.onlyMembers(path, "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if err != nil {
		return s, err
	}
	if sid := v.get("Sid"); sid != nil {
		if sid.kind != kindText || !isSid(sid.text) {
			return s, sid.refuse(path+".Sid", "want letters and digits, got %s", sid)
		}
		if sids[sid.text] {
			return s, sid.refuse(path+".Sid", "%s is there twice", sid)
		}
		sids[sid.text] = true
	}
	if s.deny, err = parseEffect(v, path); err != nil {
		return s, err
	}
	if s.actions, s.notAction, err = oneOf(v, path, "Action", checkAction, newPattern); err != nil {
		return s, err
	}
	if s.resources, s.notResource, err = oneOf(v, path, "Resource", checkResource, newARNPattern); err != nil {
		return s, err
	}
	s.conditions, err = newConditions(v.get("Condition"), path+".Condition")
	return s, err
}

func parseEffect(v *value, path string) (deny bool, err error) {
	effect := v.get("Effect")
	switch {
	case effect == nil:
		return false, v.refuse(path+".Effect", `missing; want "Allow" or "Deny"`)
	case effect.kind == kindText && effect.text == "Allow":
		return false, nil
	case effect.kind == kindText && effect.text == "Deny":
		return true, nil
	}
	return false, effect.refuse(path+".Effect", `want "Allow" or "Deny", got %s`, effect)
}

// oneOf reads the patterns of an element or of its Not form, of which exactly
// one must be there.
func oneOf[P any](v *value, path, name string, check func(string) error, compile func(string) P) (patterns []P, not bool, err error) {
	positive, negative := v.get(name), v.get("Not"+name)
	if (positive == nil) == (negative == nil) {
		return nil, false, v.refuse(path, "want one of %s and Not%s", name, name)
	}
	list, path := positive, path+"."+name
	if positive == nil {
		list, not, path = negative, true, strings.TrimSuffix(path, name)+"Not"+name
	}
	items, err := list.texts(path)
	if err != nil {
		return nil, false, err
	}
	for _, item := range items {
		if err := checkPattern(item.text, check); err != nil {
			return nil, false, item.refuse(path, "%s: %w", item, err)
		}
		patterns = append(patterns, compile(item.text))
	}
	return patterns, not, nil
}

func checkPattern(s string, check func(string) error) error {
	switch {
	case len(s) > maxPattern:
		return fmt.Errorf("longer than %d bytes", maxPattern)
	case strings.Contains(s, "${"):
		return errPolicyVariable
	case s == "*":
		return nil
	}
	return check(s)
}

var errPolicyVariable = errors.New("policy variables (${…}) are not supported")

func isBlankOrControl(r rune) bool { return r <= ' ' || r == 0x7f }

func isSid(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}
