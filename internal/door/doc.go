// Package door is where all requests come in, whatever API they are for. What
// they have in common is here, once: the request's id, the panic that fails its
// request alone, the budget of answers under way, web pages of other origins
// (package cors), one Outcome for metrics and one line for the log.
//
// A Door speaks one Dialect, which is how an API writes its errors and what it
// calls a request's id. A Handler answers a Call by writing to it, or returns an
// error; one that answers for as long as the client listens asks for a Stream.
//
// The package also has the manners that all of /v1, rollcall's own API, shares,
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
package door
