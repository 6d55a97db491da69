package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// report is what was found.
type report struct {
	plan                  plan
	floor                 string
	before, during, after phase
	attack                counts
	leftConnections       float64 // when the attack was over
}

// alone are the latencies before and after the attack together: machines have
// other things to do, and before or after alone may have been a bad moment.
func (r *report) alone() *latencies {
	all := &latencies{took: slices.Concat(r.before.took, r.after.took)}
	slices.Sort(all.took)
	return all
}

// ratio is by how much the good clients' p99 grew.
func (r *report) ratio() float64 {
	alone := r.alone().percentile(99)
	if alone == 0 {
		return 0
	}
	return float64(r.during.percentile(99)) / float64(alone)
}

// verdict says what is not as it should be.
func (r *report) verdict() error {
	var errs []error
	for _, p := range []struct {
		name string
		phase
	}{{"before", r.before}, {"during", r.during}, {"after", r.after}} {
		if p.failed > 0 {
			errs = append(errs, fmt.Errorf("%s the attack %d good requests failed; the first: %s", p.name, p.failed, p.why))
		}
		if p.unhealthy > 0 {
			errs = append(errs, fmt.Errorf("%s the attack the admin pages did not answer %d times", p.name, p.unhealthy))
		}
	}
	if ratio := r.ratio(); ratio > r.plan.Ratio {
		errs = append(errs, fmt.Errorf("p99 grew to %.2f times what it is without an attack; at most %.2f is good", ratio, r.plan.Ratio))
	}
	if r.leftConnections >= 100 {
		errs = append(errs, fmt.Errorf("a minute after the attack %.0f connections are left", r.leftConnections))
	}
	return errors.Join(errs...)
}

// write prints the table, as Markdown.
func (r *report) write(w io.Writer) {
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	printf("Floor: %s. Good clients: %g questions/s, signed, up to 100 agents an answer. %d cores for server, attacker and clients together.\n\n",
		r.floor, r.plan.Good, runtime.NumCPU())
	printf("Attack: %d idle connections, %d slow writers, %.0f requests/s of garbage (%d asked for).\n\n",
		r.attack.Idle, r.plan.Slow, float64(r.attack.Garbage)/r.attack.Seconds, r.plan.Garbage)
	printf("| | before | during | after |\n|---|---:|---:|---:|\n")
	row := func(name string, value func(p *phase) string) {
		printf("| %s | %s | %s | %s |\n", name, value(&r.before), value(&r.during), value(&r.after))
	}
	for _, percentile := range []float64{50, 90, 99, 99.9} {
		row(fmt.Sprintf("p%g", percentile), func(p *phase) string { return milliseconds(p.percentile(percentile)) })
	}
	row("answers", func(p *phase) string { return strconv.Itoa(len(p.took)) })
	row("failed", func(p *phase) string { return strconv.Itoa(p.failed) })
	row("server's memory, most", func(p *phase) string { return fmt.Sprintf("%.0f MiB", p.memory/(1<<20)) })
	row("goroutines, most", func(p *phase) string { return fmt.Sprintf("%.0f", p.goroutines) })
	row("connections, most", func(p *phase) string { return fmt.Sprintf("%.0f", p.connections) })
	row("server's cores", func(p *phase) string { return fmt.Sprintf("%.2f", p.cpu) })
	row("admin page, slowest", func(p *phase) string { return milliseconds(p.health) })
	printf("\np99 during is %.2f times the %s of before and after together: %s (at most %.2f).\n",
		r.ratio(), milliseconds(r.alone().percentile(99)), verdictWord(r.ratio() <= r.plan.Ratio), r.plan.Ratio)
	printf("Idle connections cut by the server: %d. Slow writers cut: %d, refused at once or when their time was over: %d. Garbage answered: %d of %d; %d could not be sent in time. Connections that could not be had: %d.\n",
		r.attack.IdleCut, r.attack.SlowCut, r.attack.SlowRefused, r.attack.Answered, r.attack.Garbage, r.attack.Missed, r.attack.Failed)
	printf("Connections left when the attack was over: %.0f.\n", r.leftConnections)
}

func verdictWord(good bool) string {
	if good {
		return "good"
	}
	return "too much"
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
