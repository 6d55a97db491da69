// Package connect speaks the Amazon Connect REST-JSON dialect: to any AWS SDK
// and to the AWS CLI this service is Amazon Connect, for the operations that it
// has.
//
// There is one door, serve. Every request passes it, and every answer and every
// error leaves by it:
//
//	route      method and path -> operation, segment by segment, as they were sent
//	Knock      who says they ask? Nobody else's body of any size is taken in.
//	read       the body, if the operation has one, bounded in size and time
//	Admit      who asks? The gate verifies the signature over the body.
//	decode     labels, query and JSON -> the operation's request. What can't be
//	           read is an InvalidRequestException.
//	locate     the instance that the request names
//	Permit     may the key do that, to every resource that the request names?
//	throttle   does it ask too often?
//	forward    what isn't here, if there is somebody to ask: a Forwarding
//	judge      what can't be right is an InvalidParameterException that names
//	           every fault at once.
//	answer     the operation's own: open the page token, Select from the floor
//	write      one buffer, one Write
//
// What an operation takes and gives is in package connectapi. Here it is a file,
// op_<name>.go, and the comment at its head is its specification. What Amazon Connect does is documented only in part; each
// choice made where it is silent is in DIVERGENCES.md with the reason.
//
// The package knows the wire's names and nothing below it does: EncodeUserData
// turns a row into the bytes of an answer, and is handed to the floor, which
// calls it once for each change rather than once for each question.
package connect
