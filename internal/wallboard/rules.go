package wallboard

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"rollcall"
)

// Limits of a rules file.
const (
	maxRulesBytes = 64 << 10
	maxRules      = 50
	maxStatuses   = 50
	maxLimit      = 24 * time.Hour
)

// Measures are what a rule may hold against its limits: how long an agent has
// been doing something, or how long the floor has been in a state.
var measures = []string{
	"after-contact-work", "available", "custom-status", "error", "hold", "incoming", "nobody-available", "on-contact", "stale",
}

// Rules say what is a warning and what an alert.
type Rules struct {
	ClearAfter time.Duration // so long below its limit before an alert is over
	Recovered  time.Duration // so long it is shown as recovered then
	Rules      []Rule
}

// Rule is one of them. Warn and Alert are nil where there is no such limit; one
// of them is there.
type Rule struct {
	ID          string
	Measure     string
	Statuses    []string // of custom-status: these alone; empty: all
	Warn, Alert *time.Duration
}

//go:embed rules.yaml
var shippedRules []byte

// ReadRules reads a file of rules; without a path those that are shipped.
func ReadRules(path string) (*Rules, error) {
	if path == "" {
		return ParseRules(shippedRules)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxRulesBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	rules, err := ParseRules(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rules, nil
}

// ParseRules reads rules as rules.yaml has them. The error names the rule, the
// member and what it may be.
func ParseRules(data []byte) (*Rules, error) {
	if len(data) > maxRulesBytes {
		return nil, fmt.Errorf("the rules have more than %d bytes", maxRulesBytes)
	}
	var file struct {
		ClearAfter *string `yaml:"clear-after"`
		Recovered  *string `yaml:"recovered"`
		Rules      []struct {
			ID       string   `yaml:"id"`
			Measure  string   `yaml:"measure"`
			Statuses []string `yaml:"statuses"`
			Warn     *string  `yaml:"warn"`
			Alert    *string  `yaml:"alert"`
		} `yaml:"rules"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the rules can't be read: %w", err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the rules have more than one YAML document")
	}
	r := &Rules{ClearAfter: 10 * time.Second, Recovered: time.Minute}
	var wrong []error
	read := func(at string, text *string, into *time.Duration) bool {
		if text == nil {
			return false
		}
		var err error
		if *into, err = parseLimit(*text); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", at, err))
		}
		return true
	}
	read("clear-after", file.ClearAfter, &r.ClearAfter)
	read("recovered", file.Recovered, &r.Recovered)
	if len(file.Rules) > maxRules {
		return nil, fmt.Errorf("rules: there are %d, at most %d are allowed", len(file.Rules), maxRules)
	}
	for i, f := range file.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		if f.ID != "" {
			at += " (" + rollcall.Shorten(f.ID) + ")"
		}
		rule := Rule{ID: f.ID, Measure: f.Measure, Statuses: f.Statuses}
		var warn, alert time.Duration
		if read(at+": warn", f.Warn, &warn) {
			rule.Warn = &warn
		}
		if read(at+": alert", f.Alert, &alert) {
			rule.Alert = &alert
		}
		if err := rule.validate(r.Rules); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", at, err))
		}
		r.Rules = append(r.Rules, rule)
	}
	return r, errors.Join(wrong...)
}

func parseLimit(text string) (time.Duration, error) {
	limit, err := time.ParseDuration(text)
	if err != nil || limit < 0 || limit > maxLimit {
		return 0, fmt.Errorf("%q: want a duration from 0s to %s, as 90s or 5m", rollcall.Shorten(text), maxLimit)
	}
	return limit, nil
}

var ruleID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`) })

func (r *Rule) validate(before []Rule) error {
	switch {
	case !ruleID().MatchString(r.ID):
		return fmt.Errorf("id: %q: want 1 to 64 of a-z, 0-9 and -", rollcall.Shorten(r.ID))
	case slices.ContainsFunc(before, func(other Rule) bool { return other.ID == r.ID }):
		return errors.New("id: two rules have it")
	case !slices.Contains(measures, r.Measure):
		return fmt.Errorf("measure: %q: want one of %s", rollcall.Shorten(r.Measure), strings.Join(measures, ", "))
	case len(r.Statuses) > 0 && r.Measure != "custom-status":
		return fmt.Errorf("statuses: %s has none; they are for custom-status", r.Measure)
	case len(r.Statuses) > maxStatuses:
		return fmt.Errorf("statuses: there are %d, at most %d are allowed", len(r.Statuses), maxStatuses)
	case r.Warn == nil && r.Alert == nil:
		return errors.New("it has neither warn nor alert")
	case r.Warn != nil && r.Alert != nil && *r.Warn >= *r.Alert:
		return fmt.Errorf("warn: %s is not before alert, %s", *r.Warn, *r.Alert)
	}
	return nil
}
