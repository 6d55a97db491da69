package connect

import "rollcall/connectapi"

// DescribeInstance: an instance of which events came, with what ListInstances says
// of it.
//
//	GET /instance/{InstanceId}
//
// Needs connect:DescribeInstance on the instance. Exceptions are
// InvalidRequestException, ResourceNotFoundException and InternalServiceException.
//
// Source: Amazon Connect API Reference, DescribeInstance; DIVERGENCES.md.
var describeInstance = spec[connectapi.DescribeInstanceInput, connectapi.DescribeInstanceOutput]{
	of: connectapi.DescribeInstance,
	answer: func(q *question, _ *connectapi.DescribeInstanceInput) (*connectapi.DescribeInstanceOutput, error) {
		return &connectapi.DescribeInstanceOutput{Instance: describedInstance(q.ARN)}, nil
	},
}
