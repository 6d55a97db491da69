// Package connect asks Amazon Connect who is on the floor, and keeps what it
// answers as seeds: for a floor that is whole from the start, before each agent
// has sent an event, and for what a stream has lost.
//
// A Seeder looks at one instance: when the server has started, once an hour, and
// when somebody wants it. A look reads the names of what the answers only give
// ids of, and then GetCurrentUserData, for all routing profiles, page by page.
// Amazon Connect allows two questions a second, for an account and Region, and
// all Seeders of an address keep to one Pace.
//
// A seed has less say than any event (rollcall.EventSeed). Its instant is that
// at which the page was asked for, less what the answer and the clocks may be
// behind (lag): a stream's event of that instant or a later one outdoes it,
// whichever comes first. So nothing is ever taken back that a stream has said,
// and where the floor agrees with the answer nothing is kept at all. What differs
// is counted by what it means: see Outcome.
//
// Whoever is on the floor and not in the answers has left it, if nothing was heard
// of the agent for so long that two heartbeats are missing.
//
// Sources: Amazon Connect API Reference (the operations, their limits and quotas).
package connect
