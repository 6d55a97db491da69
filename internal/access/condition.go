package access

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one key under one operator. All conditions of a statement must
// hold.
type condition struct {
	key      contextKey
	negated  bool // holds if no value matches
	ifExists bool // holds also if the request doesn't have the key
	values   []func(*Request) bool
}

// contextKey is what a condition is about.
type contextKey uint8

const (
	instanceID contextKey = iota
	sourceIP
	currentTime
)

// contextKeys are the keys by name. IAM gives no meaning to their case.
var contextKeys = map[string]contextKey{ // :: lower-case name -> key
	"connect:instanceid": instanceID,
	"aws:sourceip":       sourceIP,
	"aws:currenttime":    currentTime,
}

// operator is a condition operator: the key it is for, and what reads one of
// its values.
type operator struct {
	key     contextKey
	negated bool
	parse   func(string) (func(*Request) bool, error)
}

var operators = map[string]operator{ // :: name -> operator
	"StringEquals":              {instanceID, false, textValue(func(want, got string) bool { return want == got })},
	"StringNotEquals":           {instanceID, true, textValue(func(want, got string) bool { return want == got })},
	"StringEqualsIgnoreCase":    {instanceID, false, textValue(strings.EqualFold)},
	"StringNotEqualsIgnoreCase": {instanceID, true, textValue(strings.EqualFold)},
	"StringLike":                {instanceID, false, textValue(func(want, got string) bool { return matchPattern(want, got, false) })},
	"StringNotLike":             {instanceID, true, textValue(func(want, got string) bool { return matchPattern(want, got, false) })},

	"IpAddress":    {sourceIP, false, addressValue},
	"NotIpAddress": {sourceIP, true, addressValue},

	"DateEquals":            {currentTime, false, dateValue(func(c int) bool { return c == 0 })},
	"DateNotEquals":         {currentTime, true, dateValue(func(c int) bool { return c == 0 })},
	"DateLessThan":          {currentTime, false, dateValue(func(c int) bool { return c < 0 })},
	"DateLessThanEquals":    {currentTime, false, dateValue(func(c int) bool { return c <= 0 })},
	"DateGreaterThan":       {currentTime, false, dateValue(func(c int) bool { return c > 0 })},
	"DateGreaterThanEquals": {currentTime, false, dateValue(func(c int) bool { return c >= 0 })},
}

// holds tells whether the condition is met. A key that the request doesn't
// have matches nothing.
func (c *condition) holds(r *Request) bool {
	if c.key == sourceIP && !r.SourceIP.IsValid() || c.key == instanceID && r.InstanceID == "" {
		return c.ifExists || c.negated
	}
	matches := slices.ContainsFunc(c.values, func(match func(*Request) bool) bool { return match(r) })
	return matches != c.negated
}

// newConditions reads a Condition element; nil is one that isn't there.
func newConditions(v *value, path string) ([]condition, error) {
	if v == nil {
		return nil, nil
	}
	if v.kind != kindObject {
		return nil, v.refuse(path, "want an object, got %s", v)
	}
	var conditions []condition
	for _, m := range v.members {
		at := path + "." + short(m.name)
		name, ifExists := strings.CutSuffix(m.name, "IfExists")
		op, ok := operators[name]
		if !ok {
			return nil, fmt.Errorf("line %d: %s: the operator is not supported", m.line, at)
		}
		if m.value.kind != kindObject || len(m.value.members) == 0 {
			return nil, m.value.refuse(at, "want an object with a condition key")
		}
		of := len(conditions)
		for _, key := range m.value.members {
			c, err := newCondition(op, key, at+"."+short(key.name))
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(conditions[of:], func(other condition) bool { return other.key == c.key }) {
				return nil, fmt.Errorf("line %d: %s: the key is there twice", key.line, at+"."+short(key.name))
			}
			c.ifExists = ifExists
			conditions = append(conditions, c)
		}
	}
	return conditions, nil
}

func newCondition(op operator, key member, path string) (condition, error) {
	c := condition{negated: op.negated}
	var ok bool
	if c.key, ok = contextKeys[strings.ToLower(key.name)]; !ok {
		return c, fmt.Errorf("line %d: %s: the condition key is not supported; want connect:InstanceId, aws:SourceIp or aws:CurrentTime", key.line, path)
	}
	if c.key != op.key {
		return c, fmt.Errorf("line %d: %s: the operator is not for this key", key.line, path)
	}
	items, err := key.value.texts(path)
	if err != nil {
		return c, err
	}
	for _, item := range items {
		if strings.Contains(item.text, "${") {
			return c, item.refuse(path, "%s: %w", item, errPolicyVariable)
		}
		match, err := op.parse(item.text)
		if err != nil {
			return c, item.refuse(path, "%s: %w", item, err)
		}
		c.values = append(c.values, match)
	}
	return c, nil
}

func textValue(match func(want, got string) bool) func(string) (func(*Request) bool, error) {
	return func(want string) (func(*Request) bool, error) {
		if want == "" || len(want) > maxPattern {
			return nil, fmt.Errorf("want 1 to %d bytes", maxPattern)
		}
		return func(r *Request) bool { return match(want, r.InstanceID) }, nil
	}
}

var errAddress = errors.New("want an address or a range of addresses, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32")

func addressValue(s string) (func(*Request) bool, error) {
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		addr, err := netip.ParseAddr(s)
		if err != nil || addr.Zone() != "" {
			return nil, errAddress
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if prefix.Addr().Is4In6() { // addresses come unmapped, so it would never match
		return nil, errAddress
	}
	prefix = prefix.Masked()
	return func(r *Request) bool { return prefix.Contains(r.SourceIP) }, nil
}

var errDate = errors.New("want a date such as 2026-03-31, 2026-03-31T18:00:00Z, 2026-03-31T18:00+02:00, or seconds since 1970")

// dateLayouts are the forms of ISO 8601 in the W3C's note "Date and Time
// Formats". Parse takes fractions of a second by itself.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"}

// dateValue compares the request's time, to the second, with a date.
func dateValue(holds func(comparison int) bool) func(string) (func(*Request) bool, error) {
	return func(s string) (func(*Request) bool, error) {
		at, err := parseDate(s)
		if err != nil {
			return nil, err
		}
		return func(r *Request) bool { return holds(r.Now.Truncate(time.Second).Compare(at)) }, nil
	}
}

func parseDate(s string) (time.Time, error) {
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err != nil || seconds < 0 || len(s) < len("20060") { // four digits are a year
		return time.Time{}, errDate
	}
	return time.Unix(seconds, 0), nil
}
