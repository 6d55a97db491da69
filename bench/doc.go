// Command bench measures rollcall beside the limits of the machine and beside
// its rivals, in one run, and writes a table: docs/performance.md tells how it
// is read.
//
// # The idea
//
// A figure alone says little: this machine is shared, the next one is another.
// So each figure is a pair, ours and something beside it that does as little as
// can be done (a plain handler that writes the same bytes, the bare HMACs, the
// disk's own sync) or that others would use instead (Redis, PostgreSQL). Both
// are measured one after the other, ours first and last in turn, at least five
// times; the ratio is the median of the pairs' ratios.
//
// # The processes
//
// The driver (run.go) starts what it measures and stops it again: the real
// binary (server.go) on a data directory on disk, Redis and PostgreSQL (redis.go,
// postgres.go) on temporary directories, and itself again, with a word on the
// command line, for everything that must not share a heap with something else:
//
//	load    the load generator (load.go): asks one thing for a while, tells what it took
//	plain   the plain net/http handler (plain.go)
//	inside  floors without a journal, to weigh them and to change them fast (inside.go)
//
// These children end when their standard input does, so none outlives the
// driver. Clients and servers share the machine's cores, as do the rivals'.
//
// # The ruler
//
// What a question costs the server alone is measured by the ruler (ruler.go): for
// each kind of question and size of a floor the processor time of our process, user
// and system, beside that of the plain handler's, and what is allocated and, where
// perf can count, how many instructions. Requests are signed before, and what
// clients and neighbours spend is in neither column.
//
// # The floor
//
// All floors are house's (house.go): whatever their size, a queue or a team has
// a hundred agents, scattered over all ordinals, so that the same question has
// as many matches on a floor of ten thousand as on one of a million. It is
// filled as anybody would, by POST /v1/events.
package main
