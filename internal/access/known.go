package access

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"rollcall/connectapi"
)

// What a policy can name is data: lists that anybody can read and add to.
var (
	//go:embed actions.txt
	actionsText string
	//go:embed resources.txt
	resourcesText string

	actions   = sync.OnceValue(func() []known { return addAmazons(readNames(actionsText)) })
	resources = sync.OnceValue(func() []known { return readNames(resourcesText) })
	exact     = sync.OnceValue(func() map[string]bool { return lowerNames(actions()) }) // so that nearly no action need be looked for
)

// known is a line of a list: a name, and what belongs to it.
type known struct {
	name string
	rest []string
}

func readNames(text string) (list []known) {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			list = append(list, known{words[0], words[1:]})
		}
	}
	return list
}

// addAmazons adds all that IAM knows of Amazon Connect, also what is not served
// here: so a policy may stand here as it does there.
func addAmazons(list []known) []known {
	have := lowerNames(list)
	for action := range connectapi.Actions() {
		if !have[strings.ToLower(action)] {
			list = append(list, known{name: action})
		}
	}
	return list
}

func lowerNames(list []known) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, k := range list {
		set[strings.ToLower(k.name)] = true
	}
	return set
}

var (
	errAction   = errors.New(`want "*" or service:action, with wildcards in the action only`)
	errResource = errors.New(`want "*" or an ARN of six parts, arn:partition:service:region:account:resource, which may end early in "*"`)
)

// checkAction refuses what is no action, and what stands for none: a Deny with a
// slip in it would deny nothing.
func checkAction(s string) error {
	service, action, ok := strings.Cut(s, ":")
	if !ok || service == "" || action == "" || strings.ContainsAny(service, "*?") || strings.ContainsFunc(s, isBlankOrControl) {
		return errAction
	}
	if exact()[strings.ToLower(s)] {
		return nil
	}
	for _, a := range actions() {
		if matchPattern(s, a.name, true) {
			return nil
		}
	}
	names := make([]string, len(actions()))
	for i, a := range actions() {
		names[i] = a.name
	}
	return fmt.Errorf("there is no such action; the nearest is %s", nearest(s, names))
}

// checkResource refuses what is no ARN, and what no resource can be called.
func checkResource(s string) error {
	parts := strings.SplitN(s, ":", arnParts)
	if parts[0] != "arn" || len(parts) < 2 || strings.ContainsFunc(s, isBlankOrControl) ||
		len(parts) < arnParts && !strings.HasSuffix(s, "*") {
		return errResource
	}
	const service = 2
	if len(parts) > service && !matchPattern(parts[service], "connect", false) {
		return fmt.Errorf("resources of %s are not here; the nearest are arn:aws:connect:…", short(parts[service]))
	}
	if len(parts) < arnParts {
		return nil
	}
	part := parts[arnParts-1]
	for _, r := range resources() {
		if overlap(part, r.rest[0]) {
			return nil
		}
	}
	return fmt.Errorf("there is no such resource; the nearest is %s", nearestResource(part))
}

// nearestResource is the form of ARN that was most likely meant. People write
// Amazon's word for a kind of resource where its ARN has another.
func nearestResource(part string) string {
	segments := strings.Split(part, "/")
	forms := make([]string, len(resources()))
	for i, r := range resources() {
		forms[i] = r.rest[0]
		if len(segments) > 2 && segments[2] == r.name {
			return forms[i]
		}
	}
	if len(segments) > 1 {
		segments[1] = "ID"
	}
	if len(segments) > 3 {
		segments = append(segments[:3], "ID")
	}
	return nearest(strings.Join(segments, "/"), forms)
}

// overlap tells whether a pattern, with * for any characters and ? for any one,
// and a form, with ID for one or more but "/", can both mean one text.
func overlap(pattern, form string) bool {
	const one, more = 1, 2 // one character of an ID, and any number of them
	form = strings.ReplaceAll(form, "ID", string([]byte{one, more}))
	// at[j] tells whether what was read of the pattern reaches up to form[j:].
	at, next := make([]bool, len(form)+1), make([]bool, len(form)+1)
	at[0] = true
	skip := func(at []bool) {
		for j := range form {
			if at[j] && form[j] == more {
				at[j+1] = true
			}
		}
	}
	skip(at)
	for i := range len(pattern) {
		c := pattern[i]
		clear(next)
		if c == '*' {
			reached := false
			for j := range at {
				reached = reached || at[j]
				next[j] = reached
			}
		} else {
			for j := range form {
				fits := c == '?' || form[j] == c || form[j] <= more && c != '/'
				switch {
				case !at[j] || !fits:
				case form[j] == more:
					next[j] = true
				default:
					next[j+1] = true
				}
			}
		}
		skip(next)
		at, next = next, at
	}
	return at[len(form)]
}

// nearest gives the name that the fewest changes of a letter make of s, in
// either case; wildcards count as letters.
func nearest(s string, names []string) string {
	s = strings.ToLower(s)
	best, least := "", int(^uint(0)>>1)
	for _, name := range names {
		if d := distance(s, strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or changed to make b of
// a (Levenshtein).
func distance(a, b string) int {
	a = a[:min(len(a), maxCompared)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// maxCompared is how much of a name is compared, in bytes: no name is as long.
const maxCompared = 128
