// Command allocs holds the allocations per operation of the hot functions'
// benchmarks against those that were accepted before, which stand in
// baseline.txt beside it. Unlike times they are the same on every machine and
// under every load, so this is what continuous integration asks of speed.
//
//	go run bench/allocs/main.go             # compare; in the module's root
//	go run bench/allocs/main.go -update     # accept what is
//
// So that they are the same: one processor, for a pool belongs to a processor;
// a collector that runs only when memory is short, for it empties the pools; and
// the least of several runs. Up to nine allocations must not grow at all, and
// more by a fifth at most: what an appender's packs and a table of strings with
// a hash of its own in each process come to differs by so much.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// hot are the packages that a question or an event passes through, but for
// those whose benchmarks wait for a disk.
var hot = []string{
	"./internal/access", "./internal/agentevent", "./internal/connect", "./internal/floor", "./internal/ingest",
	"./internal/journal", "./internal/journal/memlog", "./internal/sigv4",
}

const (
	// skipped are floors that take longer to fill than to measure, what others are
	// held against, and what shares a pool with itself.
	skipped = `/agents=[0-9]{6,}|HMACChain|SyntaxOnly|Parallel`
	// iterations are enough for the first one's to round away.
	iterations = "200x"
	// runs of each benchmark; the least counts.
	runs = "2"
	// memoryLimit is where the collector starts after all.
	memoryLimit = "2GiB"
)

func main() {
	update := flag.Bool("update", false, "write what is to the baseline")
	path := flag.String("baseline", "bench/allocs/baseline.txt", "the accepted allocations")
	flag.Parse()
	if err := check(*path, *update); err != nil {
		fmt.Fprintln(os.Stderr, "allocs:", err)
		os.Exit(1)
	}
}

func check(path string, update bool) error {
	now, err := benchmark()
	if err != nil {
		return err
	}
	if update {
		return os.WriteFile(path, now.text(), 0o644) //nolint:gosec // a file of the repository
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	accepted, err := parseBaseline(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	worse, notes := compare(accepted, now)
	for _, note := range notes {
		fmt.Println(note)
	}
	if len(worse) == 0 {
		fmt.Printf("%d benchmarks allocate no more than %s says\n", len(now), path)
		return nil
	}
	return fmt.Errorf("%s\nif that is as it should be: make bench-check UPDATE=1, and say why in the commit", strings.Join(worse, "\n"))
}

// allocations are what benchmarks allocate an operation.
type allocations map[string]int // :: package and benchmark -> allocations

func benchmark() (allocations, error) {
	args := []string{"test", "-run=^$", "-bench=.", "-skip=" + skipped, "-benchmem", "-cpu=1", "-count=" + runs, "-benchtime=" + iterations}
	cmd := exec.Command("go", append(args, hot...)...) //nolint:noctx // ends with the terminal
	cmd.Env = append(os.Environ(), "GOGC=off", "GOMEMLIMIT="+memoryLimit)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	now := parseBenchmarks(bytes.NewReader(out))
	if len(now) == 0 {
		return nil, errors.New("no benchmarks ran")
	}
	return now, nil
}

// parseBenchmarks reads what go test -benchmem -cpu=1 prints; of several runs of one
// benchmark, the one that allocated least.
func parseBenchmarks(r io.Reader) allocations {
	found := allocations{}
	pkg := ""
	for scan := bufio.NewScanner(r); scan.Scan(); {
		fields := strings.Fields(scan.Text())
		switch {
		case len(fields) == 2 && fields[0] == "pkg:":
			pkg = strings.TrimPrefix(fields[1], "rollcall/")
		case len(fields) > 2 && strings.HasPrefix(fields[0], "Benchmark") && fields[len(fields)-1] == "allocs/op":
			name := pkg + " " + fields[0]
			if n, err := strconv.Atoi(fields[len(fields)-2]); err == nil {
				if least, ok := found[name]; !ok || n < least {
					found[name] = n
				}
			}
		}
	}
	return found
}

// text is the baseline's: a line a benchmark, in order.
func (a allocations) text() []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(a)) {
		fmt.Fprintf(&b, "%s %d\n", name, a[name])
	}
	return b.Bytes()
}

func parseBaseline(r io.Reader) (allocations, error) {
	accepted := allocations{}
	scan := bufio.NewScanner(r)
	for scan.Scan() {
		fields := strings.Fields(scan.Text())
		if len(fields) != 3 {
			return nil, fmt.Errorf("line %q: want package, benchmark, allocations", scan.Text())
		}
		n, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", scan.Text(), err)
		}
		accepted[fields[0]+" "+fields[1]] = n
	}
	return accepted, scan.Err()
}

// slack is how far a number may be from the accepted one unremarked.
func slack(accepted int) int {
	if accepted < 10 {
		return 0
	}
	return accepted / 5
}

// compare tells what is worse than accepted, and what else is worth a line.
func compare(accepted, now allocations) (worse, notes []string) {
	for _, name := range slices.Sorted(maps.Keys(accepted)) {
		n, ok := now[name]
		switch limit := accepted[name] + slack(accepted[name]); {
		case !ok:
			worse = append(worse, name+": is gone; nothing watches it any more")
		case n > limit:
			worse = append(worse, fmt.Sprintf("%s: %d allocations an operation, %d were accepted", name, n, accepted[name]))
		case n < accepted[name]-slack(accepted[name]):
			notes = append(notes, fmt.Sprintf("%s: %d allocations an operation instead of %d; make bench-check UPDATE=1 holds on to that", name, n, accepted[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if _, ok := accepted[name]; !ok {
			notes = append(notes, name+": is new; make bench-check UPDATE=1 takes it in")
		}
	}
	return worse, notes
}
