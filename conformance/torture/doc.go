// Command torture checks that rollcall loses nothing. It runs the real binary,
// writes numbered events through its nodes, breaks the machine around them at
// random, heals it, and then holds the journal and the floors against what the
// writers were told.
//
//	go run ./torture                    both topologies, five minutes
//	go run ./torture -topology cluster -duration 10m -seed 42
//
// # What is broken
//
// The topology "embedded" is one node with its journal on a small disk of its
// own (a tmpfs). It is killed, paused, stopped, its disk becomes full, a second
// process tries the same data directory, a bit is flipped in an old table or an old
// snapshot before a start (and flipped back later, for the check), and up to 16,000
// strangers connect and say nothing. Where there is a strace, writes, syncs, renames
// and reads of each kind of its files fail or take long.
//
// The topology "cluster" is three hosts, each with a NATS server (in a process
// of its own, sync_interval always) and a rollcall node. Processes of both
// kinds are killed and paused, the server that leads the journal's stream
// among them, one or all at once; hosts are cut off from the others, in one
// direction, from one other host, made slow, and unplugged; the disk of a NATS
// server becomes full.
//
// Which fault comes when, and for how long, is drawn from -seed. Faults overlap.
//
// # What must hold
//
// Writers number the events of each agent from 1 and send the next ones only
// when those before are acknowledged. An attempt whose outcome is unknown (a
// time-out, a broken connection) is repeated, mostly through another node; some
// requests are sent once only, whatever becomes of them. Afterwards:
//
//   - every acknowledged event is in the journal, at the position that the
//     acknowledgement named (lost, misplaced);
//   - for each agent the numbers rise (reversed), and what was acknowledged
//     before something else was sent lies before it, over all nodes (unordered);
//   - no event is there more often than it was sent, or at all when the answer
//     was that nothing was kept (excess), and nobody's else are (strangers);
//   - a request is there whole or not at all (torn);
//   - the first time an event is applied, a repetition is recognised and changes
//     nothing (unrecognised);
//   - all nodes reach the same floor, byte for byte, which is the one that a
//     replay of the journal gives, and reach it again after a restart
//     (differing);
//   - while all this goes on, no answer of a node goes back behind one that it
//     gave, nor behind an event that it said was visible (stale);
//   - a node that says it is ready shows all that was acknowledged, through
//     whichever node, up to a few seconds before, and an answer all that was up to
//     its X-Rollcall-Age before; a node that had no majority within its reach for
//     long enough says that it is not ready (understated);
//   - no process ends by itself, unless its disk is full or its files can't be
//     written, and then with exit status 3 (crashed), and once
//     healed every request is answered within a bounded time (unresolved).
//
// Each of these is a count in the report and must be 0, or the exit status is 1
// and the directory with all logs, the history of requests and the journal is
// kept. The exit status is 2 when the run could not be set up.
//
// # Where it runs
//
// On Linux everything runs in namespaces of its own (processes, mounts,
// network), made by the program for itself: nothing of the machine's network or
// disks is touched, and the kernel clears all away however the program ends.
// That takes root, or a system that gives user namespaces to anybody, and the
// programs ip, tc and nsenter. Where it can't be had the program says so, and
// runs on loopback without the faults of network and disk.
package main
