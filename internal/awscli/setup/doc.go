// Package setup reads how AWS's tools are set up on this machine, once, by the
// rules of the AWS CLI: the environment, ~/.aws/config and ~/.aws/credentials,
// and what lies in the caches of both under ~/.aws. Our own commands use it as
// `rollcall connect` does, so that whoever has set up the AWS CLI for a server
// has nothing more to set up.
//
//	settings.go     single settings: the environment's before the profile's
//	shared.go       settings that every AWS client reads and refuses when they can't be meant
//	endpoint.go     where a service is
//	transport.go    how it is reached: proxies, certificates, time-outs
//	credentials.go  the order in which credentials are looked for
//	process.go role.go sso.go login.go container.go instance.go   one source each
//	cache.go        what is kept under ~/.aws for the next command, in the AWS CLI's own form
//	ask.go          asking the user for the code of a multi-factor device
//	held.go         credentials that last, and are asked for again in time
//
// The AWS SDK makes the calls (to STS, to single sign-on, to sign-in, to the
// instance's service); it reads nothing. Errors have the AWS CLI's texts.
package setup
