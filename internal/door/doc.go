// Package door is the manners that all of /v1, rollcall's own HTTP API, shares,
// so that the package that takes events in and the one that answers questions
// look like one API without knowing each other:
//
//   - Answers are JSON with members in lowerCamelCase. An error is
//     {"error":{"code":…,"message":…,"requestId":…}}; code is a rollcall.Code
//     and decides the status, message is for people.
//   - Every answer carries its request's id in X-Request-Id, and the log has
//     the cause of a failure under the same id. No cause is ever sent.
//   - An unknown method is 405 with Allow; an unknown query parameter, one that
//     stands twice and an unknown value are refused, since whoever wrote them
//     meant something.
//   - A 503 and a 429 carry Retry-After.
//
// A Door turns Handlers, which return errors, into http.Handlers.
package door
