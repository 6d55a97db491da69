package ingest

import "rollcall/internal/door"

// EventBridgePath takes what an API destination of Amazon EventBridge sends, which
// is one event a request, as POST /v1/events takes any body. EventBridge sends again, for up to
// 24 hours, what was answered with 429 or 5xx, and gives up on all else. It knows
// three ways to say who it is, of which one fits: a header with a value.
const EventBridgePath = "/v1/eventbridge"

func (in *Intake) eventBridge(c *door.Call) error {
	name := in.o.EventBridgeKeyHeader
	if name == "" || c.Request.Header.Get(name) == "" {
		return in.post(c)
	}
	r := c.Request.Clone(c.Request.Context())
	r.Header.Set("Authorization", "Bearer "+r.Header.Get(name))
	return in.take(c, r)
}
