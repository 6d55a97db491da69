// Package access tells who sends a request and what they may do.
//
// Who: a request is signed with an access key (package sigv4 verifies that) or,
// where the protocol takes them, carries a bearer token. A Guard is the Gate
// that protocols ask; the Pass that it gives stands for the sender of that one
// request, from that address, at that instant.
//
// What: every key and token has a policy in the JSON of AWS Identity and
// Access Management, evaluated as there. Nothing is permitted by default; an
// Allow statement permits, a Deny statement forbids whatever else is said.
// Each resource that a request names must be permitted. A key that the
// operator gave the server itself may do everything.
//
// What a policy can say is a part of what IAM knows: Effect, Action,
// NotAction, Resource, NotResource, and Condition with the string operators on
// connect:InstanceId, the address operators on aws:SourceIp and the date
// operators on aws:CurrentTime, each also with IfExists. Everything else
// (Principal, tags, policy variables, other keys and operators, an older
// Version) is refused when the policy is read, with its place in the file: a
// restriction that is silently ignored is a hole. So are actions and resources
// that don't exist; actions.txt and resources.txt have those that do.
//
// Keys and tokens live in one YAML file that only its owner may read. Functions
// here create, list and revoke them; a running server reads the file again when
// it changes. Tokens are kept as their SHA-256 only. Keys must be kept as they
// are, since verifying a signature needs the secret.
//
// Who may do something can still do it too often: a Throttle limits that.
//
// Sources: "IAM JSON policy elements reference", "Policy evaluation logic" and
// "Troubleshoot access denied error messages" in the AWS Identity and Access
// Management User Guide; "Actions, resources, and condition keys for Amazon
// Connect" in the Service Authorization Reference.
package access
