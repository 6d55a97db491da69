// Package awscli is the AWS CLI v2's command line, for the operations that
// rollcall has: `connect list-users` and its like, option for option and byte for
// byte, against any endpoint that speaks Amazon Connect's protocol.
//
// [Run] is one command from its words to its exit code. It goes through the same
// steps as the AWS CLI, in the same order, because that is the order in which
// things go wrong for the user:
//
//	run.go         the steps
//	options.go     the words: global options, service, operation (package argparse)
//	alias.go       the user's own words for commands
//	parameters.go  values of options: text, files, JSON, shorthand (package shorthand);
//	               lists in listparameter.go
//	cliinput.go    --cli-input-json and --cli-input-yaml
//	session.go     Region, credentials, retries, endpoint (package setup)
//	validate.go    what is checked before anything is sent
//	call.go        the request (package connectclient)
//	response.go    the answer, in the model's order
//	paginate.go    whether page after page is asked; walk.go walks, showpages.go shows
//	display.go     --query (package jmespath), --output (package output), the pager
//	encoding.go    in which encoding (package codec)
//	failure.go     errors and exit codes
//
// What an operation takes and gives, and how it pages, is data of package
// connectapi. Options, validation, skeletons, order of output, help and
// completion all come from there: a further operation is known here without a
// line.
//
// Where this package differs from the AWS CLI it is on purpose: its documentation
// is in our own words, and messages that are those of Python's own libraries
// (TLS, terminals, internal errors) are only alike in kind.
package awscli
