package awscli

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"rollcall/connectapi"
)

// serviceName is the only service there is, as a word of the command line.
const serviceName = "connect"

// kinServices are services of the AWS CLI with a name like it.
var kinServices = []string{"qconnect"}

// Where a name has words: before a capital with small letters behind it, and
// between a small letter or a digit and a capital.
var (
	capitalized = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(.)([A-Z][a-z]+)`) })
	acronym     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([a-z0-9])([A-Z])`) })
)

// dashed turns GetCurrentUserData into get-current-user-data, and
// StartWebRTCContact into start-web-rtc-contact.
func dashed(name string) string {
	return strings.ToLower(acronym().ReplaceAllString(capitalized().ReplaceAllString(name, "$1-$2"), "$1-$2"))
}

// option is a member's name as an option.
func option(m *connectapi.Member) string { return "--" + dashed(m.Name) }

// commands are the operations' names on the command line.
func commands() []string {
	var names []string
	for _, o := range connectapi.All {
		names = append(names, dashed(o.Name))
	}
	return names
}

// named finds the operation of a name on the command line, or gives nil.
func named(command string) *connectapi.Operation {
	i := slices.Index(commands(), command)
	if i < 0 {
		return nil
	}
	return connectapi.All[i]
}

// elsewhere are the operations that Amazon Connect has and rollcall hasn't, by
// their names on the command line.
func elsewhere() map[string]string {
	names := make(map[string]string) // :: list-contact-flows -> ListContactFlows
	for r := range connectapi.Amazon() {
		if connectapi.Find(r.Name) == nil {
			names[dashed(r.Name)] = r.Name
		}
	}
	return names
}
