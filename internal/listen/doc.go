// Package listen is a port and its connections: what of them is bounded before
// any protocol looks at a request, so that nobody can shut others out by holding
// connections, or answers, or by saying nothing.
//
//   - There is a most of connections (connections.go), and of those that come
//     from one address. One more takes the place of the one that has been
//     without a request the longest, or whose request's body is awaited the
//     longest.
//   - A header must be there in time; what headers hold is bounded over all
//     connections (conn.go).
//   - A body that a protocol didn't read is not waited for, once it has answered
//     (exchange.go). How those are read that it does read is package body's.
//   - Whoever takes an answer too slowly is cut (conn.go).
//
// A large answer goes out in one write (onewrite.go). The certificate for TLS is
// read again when it changes (certificate.go).
package listen
