// Package simulate is a virtual contact centre. It emits agent events in the
// form in which Amazon Connect publishes them ("Agent event streams data
// model", Amazon Connect Administrator Guide), so that demonstrations, load
// tests and other people's test suites have a floor to look at without a
// telephone.
//
// # The idea
//
// A Centre is a discrete-event simulation: a heap of timers, and for each
// timer a method that says what happens then. Callers and other work arrive
// at lines (a queue and a channel) as Poisson processes; a line gives its
// oldest contact to the agent who has been idle longest; a contact then walks
// through the states of "About contact states"; agents work shifts, take
// breaks, choose a next status, miss calls. Whatever changes what an agent
// event would say about an agent publishes one, with a full snapshot.
//
// The arrival rates are derived from the roster, so that the floor is busy but
// not drowned whatever its size: about two thirds of the agents who are
// Available have a contact.
//
// # Time
//
// There is one clock, the time since Config.Start as the stream's timestamps
// tell it. Config.Rate shortens what people do (talking, breaks, shifts, the
// time between arrivals), so at rate 10 a call of five minutes lasts 30
// seconds of that clock. It does not touch what the transport promises: a
// HEART_BEAT follows 120 seconds of silence at every rate. Run hands an event
// over when the wall clock has reached its timestamp, hence no event is ever
// from the future; with a Start in the past Run emits as fast as the receiver
// takes events until it has caught up.
//
// # Repeatable
//
// Equal Configs give equal bytes. The roster (instance, agents, queues,
// routing profiles, statuses, hierarchy) depends on Seed and Agents alone;
// contact ids, event ids and what happens depend on Start too. So a second run
// with a later Start is a new day of the same people.
//
// # What it leaves out
//
// Agent events don't tell who waits in a queue; with Config.ContactEvents there are
// contact events, too, which do. A floor in the real world empties at night. This one does not:
// an agent is back about an hour after a shift, so that nine in ten are there
// at any time.
package simulate
