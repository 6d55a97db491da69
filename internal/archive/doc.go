// Package archive is the operator's work on a journal as a whole, whichever log
// it is in: to survey it, to check all of it, to write its events out for other
// programs (Dump), and to carry it from one log into another (Export, Import).
//
// # An export
//
// An export is lines of JSON, in UTF-8:
//
//	{"EventType":"ROLLCALL_EXPORT","Format":1,"Epoch":…,"State":…,"End":…}
//	agent event documents and rollcall's own events, in the journal's order
//	{"EventType":"ROLLCALL_EXPORT_END","Events":…,"SHA256":…}
//
// The agent events are such as a server takes: whoever sends an export to one
// (rollcall emit) leaves out the lines whose EventType begins with ROLLCALL_.
// Rollcall's own events (a forgotten agent, a removed instance) are there because
// without them the journal would make another floor. The last line tells an
// export that was cut off or changed from a whole one: SHA256 is that of all
// lines before it, each with its line feed.
//
// Where the journal still has its beginning, the export is all of its records.
// Where it was trimmed, the export begins with the state at the oldest snapshot
// that is sound (State is its position), as the events that make that state where
// nothing is known yet (floor.Restate), and goes on with what lies behind it. A
// brief export begins with the newest snapshot, wherever the journal begins: for
// who needs no history, and for a journal that is damaged before it.
//
// # What an import makes
//
// The journal of an import has an epoch of its own: positions and page tokens of
// the other are refused in it, never misread. It makes the same floors, but for
// what a restated state can't say: agents' ordinals have no holes where agents
// were forgotten, an instance of which every agent was forgotten is unknown, and
// so are queues, profiles, statuses and groups that no agent has, and since when
// the others are called as they are.
// Packs are cut anew and stamped with the time of the import.
//
// An import is made of an empty log or goes on with one that was broken off,
// which it knows by its records: they are those that the export begins with. Any
// other log is refused. An import into a directory (ImportDir) comes to be there
// whole or not at all.
package archive
