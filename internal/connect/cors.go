package connect

import (
	"net/http"

	"rollcall/internal/cors"
)

// shared is what scripts of other origins may do here. Browsers ask about each
// header that the SDK for JavaScript adds.
func shared(origins []string) cors.Policy {
	return cors.Policy{
		Origins: origins,
		Methods: http.MethodGet + ", " + http.MethodPost,
		Sent: "authorization, content-type, x-amz-date, x-amz-security-token, x-amz-content-sha256, " +
			"x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request, x-rollcall-min-position, x-rollcall-names",
		// The date is for clients that correct their clock by it.
		Read: "x-amzn-requestid, x-amzn-errortype, retry-after, x-rollcall-age, x-rollcall-forwarded, date",
	}
}
