// Package connectclient asks Amazon Connect, or a server that speaks its
// protocol, for the present state of agents: the operation GetCurrentUserData.
//
// It is the operation and nothing more. The SDK's package for Amazon Connect
// holds several hundred operations and takes minutes to compile; this one needs
// only the SDK's core, for credentials, signatures and retries.
//
// There are two layers. [Client.GetCurrentUserData] and [Client.Pages] take and
// return Go values, check what is sent as boto3 does, and give an exception of
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
// [Client.Do] is the layer below: a request body as bytes in, the answer as
// bytes out, signed and tried again as the first layer does it. The command
// line uses it, because it must send and show exactly what it was given.
//
// A Client is safe for use by many goroutines.
package connectclient
