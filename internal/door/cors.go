package door

import "rollcall/internal/cors"

// Shared is what scripts of other origins may do in /v1.
func Shared(origins []string) cors.Policy {
	return cors.Policy{
		Origins: origins,
		Methods: "GET, HEAD, POST, DELETE",
		Sent: "authorization, content-type, content-encoding, x-amz-date, x-amz-security-token, x-amz-content-sha256, " +
			"x-rollcall-min-position",
		Read: "x-request-id, retry-after, x-rollcall-age, date",
	}
}
