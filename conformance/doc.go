// Package conformance holds what only its tests use: the real clients
// (aws-sdk-go-v2, boto3, the AWS CLI, aws-sdk for JavaScript) asking the real
// rollcall binary with a real data directory. It is a module of its own, since
// the SDK's connect package takes minutes to compile and the product doesn't
// need it.
package conformance
