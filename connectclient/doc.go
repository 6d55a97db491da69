// Package connectclient asks Amazon Connect, or a server that speaks its
// protocol, what the operations of package connectapi ask, above all for the
// present state of agents: GetCurrentUserData.
//
// The SDK's package for Amazon Connect holds several hundred operations and
// takes minutes to compile; this one needs only the SDK's core, for credentials,
// signatures and retries.
//
// There are two layers. [Do] and [Pages], and for the operation that is asked
// most [Client.GetCurrentUserData] and [Client.Pages], take and return Go values, check what is sent as boto3 does, and give an exception of
// the service as a Go error of its own type:
//
//	c := connectclient.New(connectclient.Config{
//		EndpointURL: "http://127.0.0.1:8420",
//		Region:      "eu-west-2",
//		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
//	})
//	out, err := c.GetCurrentUserData(ctx, &connectclient.GetCurrentUserDataInput{
//		InstanceID: instance,
//		Filters:    &connectclient.Filters{Queues: []string{queue}},
//	})
//	if limited, ok := errors.AsType[*connectclient.ThrottlingException](err); ok { … }
//
// Another operation goes the same way:
//
//	for page, err := range connectclient.Pages(ctx, c, connectapi.ListUsers, &connectapi.ListUsersInput{InstanceID: instance}) { … }
//
// [Client.Do] is the layer below: a request body as bytes in, the answer as
// bytes out, signed and tried again as the first layer does it. The command
// line uses it, because it must send and show exactly what it was given.
//
// A Client is safe for use by many goroutines.
package connectclient
