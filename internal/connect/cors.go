package connect

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rollcall/connectapi"
	"rollcall/internal/cors"
)

// shared is what scripts of other origins may do here. Browsers ask about each
// header that the SDK for JavaScript adds. Where operations that aren't here are
// sent on, a page may ask for those, too.
func shared(origins []string, forwards bool) cors.Policy {
	methods := map[string]bool{http.MethodGet: true, http.MethodPost: true}
	sent := []string{
		"authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
		"x-amz-user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "x-rollcall-min-position", "x-rollcall-names",
	}
	// The date is for clients that correct their clock by it.
	read := []string{"x-amzn-requestid", "x-amzn-errortype", "retry-after", "x-rollcall-age", "x-rollcall-forwarded", "date"}
	if forwards {
		for r := range connectapi.Amazon() {
			methods[r.Method] = true
		}
		for _, name := range passedOn {
			if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(sent, name) {
				sent = append(sent, name)
			}
		}
		read = append(read, strings.ToLower(ownIDHeader))
	}
	return cors.Policy{
		Origins: origins, Methods: strings.Join(slices.Sorted(maps.Keys(methods)), ", "),
		Sent: strings.Join(sent, ", "), Read: strings.Join(read, ", "),
	}
}
