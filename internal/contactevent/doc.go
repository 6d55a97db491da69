// Package contactevent reads Amazon Connect's contact events, as EventBridge
// delivers them: bytes in, rollcall.ContactEvent out. It is the only package
// that knows this format. Sources: Amazon Connect Administrator Guide, "Amazon
// Connect contact events"; Amazon EventBridge User Guide, "AWS events".
//
// JSON is read as strictly as package agentevent reads it. The model is read
// leniently where the events in the world differ:
//
//   - What stands inside detail is written instanceArn and instanceARN, queueInfo
//     and QueueInfo: case is of no account there. A name may stand once all the
//     same, in whatever case.
//   - Whose the event is, says detail.instanceArn. The account and Region around
//     it are those of the bus. Published samples have the ARN with a colon too
//     many, arn:aws::connect:…, which is read as if it weren't there.
//   - Events of old name channels Voice and Chat, and have no enqueueTimestamp:
//     then the contact was enqueued when the event was published. A contact
//     without a channel is VOICE, the first there was.
//   - Types of events that we do not know are kept and say nothing about queues.
//     But whatever its type, an event that has detail.disconnectTimestamp, or
//     agentInfo.connectedToAgentTimestamp, is of a contact that waits no more.
//   - A null is the same as nothing. Members that we do not know are ignored.
package contactevent
