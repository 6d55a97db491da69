package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// Filter says which events of a journal are meant. Members that are zero leave
// nothing out; all others must hold.
type Filter struct {
	From, To     rollcall.Position // both included
	Since, Until time.Time         // by the events' own instants; Until is not included
	Instances    []string          // ids or ARNs
	Agents       []string          // ids or ARNs
	Own          bool              // also rollcall's own events, which no server takes
}

// Dump writes the agent events that pass, one a line, as they are in the
// journal, up to the newest when it begins. It gives their number. It goes on
// behind packs that are damaged; the error, which is journal.ErrDamaged, then names
// them, the first few.
// Events of a place that was trimmed, or of another epoch, are an error.
func Dump(ctx context.Context, log journal.Log, out io.Writer, f Filter, progress Progress) (written uint64, err error) {
	from, err := f.begin(log)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	var missing Report
	err = scanPast(ctx, log, from, progress, func(p journal.Pack) error {
		if !f.To.IsZero() && f.To.Before(p.Position(0)) {
			return errEnough
		}
		n, err := f.writePack(w, p)
		written += n
		return err
	}, func(d *journal.DamageError) {
		missing.damaged(d)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if len(missing.Findings) > 0 {
		err = errors.Join(err, missing.missing())
	}
	return written, errors.Join(err, w.Flush())
}

// missing says what is not in what was written.
func (r *Report) missing() *journal.DamageError {
	const most = 10
	var list []string
	for _, f := range r.Findings[:min(most, len(r.Findings))] {
		list = append(list, f.String())
	}
	if more := uint64(len(r.Findings)-len(list)) + r.Unlisted; more > 0 {
		list = append(list, fmt.Sprintf("and %d more findings, see rollcall journal check", more))
	}
	return &journal.DamageError{Reason: "missing in what was written: " + strings.Join(list, "; ")}
}

// errEnough ends a scan before its end.
var errEnough = errors.New("enough")

// begin is a place from which a Tail yields From and what follows.
func (f *Filter) begin(log journal.Log) (rollcall.Position, error) {
	start, epoch := log.Start(), log.Epoch()
	for _, p := range []rollcall.Position{f.From, f.To} {
		if !p.IsZero() && p.Epoch != epoch {
			return start, fmt.Errorf("%w: %s, where the journal's epoch is %s", journal.ErrForeignEpoch, p, epoch)
		}
	}
	switch {
	case f.From.IsZero() || f.From.Pack == start.Pack+1:
		return start, nil
	case f.From.Pack <= start.Pack:
		return start, journal.ValidateStart(f.From, start)
	}
	return journal.BehindPack(epoch, f.From.Pack-1), nil
}

// writePack writes a line for each record that passes.
func (f *Filter) writePack(w *bufio.Writer, p journal.Pack) (written uint64, err error) {
	for i, record := range p.Records {
		passes, err := f.passes(p, i)
		if err != nil {
			return written, err
		}
		if !passes {
			continue
		}
		line, err := replay.Line(record)
		if err != nil {
			return written, fmt.Errorf("read the event at %s: %w", p.Position(i), err)
		}
		if err := writeLine(w, line); err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}

func writeLine(w *bufio.Writer, line []byte) error {
	if _, err := w.Write(line); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

func (f *Filter) passes(p journal.Pack, i int) (bool, error) {
	position := p.Position(i)
	if position.Before(f.From) || !f.To.IsZero() && f.To.Before(position) || !f.Own && replay.Own(p.Records[i]) {
		return false, nil
	}
	if f.Since.IsZero() && f.Until.IsZero() && len(f.Instances)+len(f.Agents) == 0 {
		return true, nil
	}
	about, err := describe(p, i)
	if newer, ok := errors.AsType[*agentevent.NewerError](err); ok {
		return false, newer
	}
	if err != nil {
		return false, nil //nolint:nilerr // unreadable: nobody knows what it is about
	}
	at, instance, agent := about.At, about.Instance, rollcall.ARN{}
	if e := about.Event; e != nil {
		at, instance, agent = e.At, e.Instance, e.Agent
	}
	return !at.Before(f.Since) && (f.Until.IsZero() || at.Before(f.Until)) &&
		names(f.Instances, string(instance.Instance), instance.String()) && names(f.Agents, agent.ID, agent.String()), nil
}

// names tells whether one of the words is the id or the ARN; no words name
// everything.
func names(words []string, id, arn string) bool {
	return len(words) == 0 || slices.Contains(words, id) || slices.Contains(words, arn)
}

// WriteEvents writes the agent events of a pack, one a line, and gives their
// number.
func WriteEvents(w *bufio.Writer, p journal.Pack) (uint64, error) { return (&Filter{}).writePack(w, p) }
