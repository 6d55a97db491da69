package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeQueue: what events said of one queue, or an agent's own queue.
//
//	GET /queues/{InstanceId}/{QueueId}
//
// QueueId is the queue's id or its percent-encoded ARN. What events don't tell is
// left out: description, caller, hours, limit, status, tags.
//
// Needs connect:DescribeQueue on the queue. Exceptions are those of
// GetCurrentUserData; ResourceNotFoundException also for a queue that no event
// named.
//
// Source: Amazon Connect API Reference, DescribeQueue.
var describeQueue = spec[connectapi.DescribeQueueInput, connectapi.DescribeQueueOutput]{
	of: connectapi.DescribeQueue,
	resources: func(in *connectapi.DescribeQueueInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeQueue, in.QueueID)
	},
	judge: func(in *connectapi.DescribeQueueInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeQueue, "QueueId", in.QueueID)
	},
	answer: func(q *question, in *connectapi.DescribeQueueInput) (*connectapi.DescribeQueueOutput, error) {
		directory, _ := q.Floor.Directory()
		arn, _ := rollcall.ParseResource(q.ARN, rollcall.TypeQueue, in.QueueID)
		if r := directory.Queues.Find(arn.ID); r != nil && arn.Type == rollcall.TypeQueue {
			is := q.queue(r)
			return &connectapi.DescribeQueueOutput{Queue: &is}, nil
		}
		if a, ok := q.Floor.Agent(rollcall.AgentID(arn.ID)); ok && a.OwnQueue {
			own := ownQueue(q.ARN, a)
			return &connectapi.DescribeQueueOutput{Queue: &connectapi.Queue{QueueARN: own.ARN, QueueID: own.ID}}, nil
		}
		return nil, noSuch("Queue", in.QueueID)
	},
}
