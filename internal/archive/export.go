package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// Exported is what an export holds.
type Exported struct {
	Epoch  rollcall.Epoch
	State  rollcall.Position // of the state that it begins with; zero for a journal that has its beginning
	End    rollcall.Position // of the last event
	Events uint64
}

// Export writes a journal out, up to the newest event when it begins; if it is to
// be brief, without what lies before the newest snapshot that is sound. A journal
// that is trimmed meanwhile gives journal.ErrTrimmed; then it can be exported
// again. See the package comment for the form.
func Export(ctx context.Context, log journal.Log, out io.Writer, brief bool, progress Progress) (Exported, error) {
	x := &exporter{out: bufio.NewWriterSize(out, 1<<16), sum: sha256.New()}
	x.is = Exported{Epoch: log.Epoch(), End: log.End()}
	state, err := stateFor(ctx, log, brief)
	if err != nil {
		return x.is, fmt.Errorf("begin with the state of a snapshot: %w", err)
	}
	from := log.Start()
	if state != nil {
		from = state.Position()
		x.is.State = from
	}
	if err := x.begin(); err != nil {
		return x.is, err
	}
	if err := x.restate(ctx, state); err != nil {
		return x.is, err
	}
	if err := scan(ctx, log, from, progress, x.pack); err != nil {
		if errors.Is(err, journal.ErrDamaged) {
			err = fmt.Errorf("an export has no holes; a brief one begins behind the damage if a snapshot does, and a dump writes all that can be read: %w", err)
		}
		return x.is, err
	}
	return x.is, x.end()
}

// exporter is one export on its way.
type exporter struct {
	out   *bufio.Writer
	sum   hash.Hash // of all lines so far
	is    Exported
	lives lives // empty for a journal that has its beginning
	line  []byte
}

func (x *exporter) begin() error {
	h := head{EventType: typeHead, Format: format, Epoch: x.is.Epoch.String(), End: x.is.End.String()}
	if !x.is.State.IsZero() {
		h.State = x.is.State.String()
	}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return x.write(line)
}

func (x *exporter) end() error {
	line, err := json.Marshal(foot{EventType: typeEnd, Events: x.is.Events, SHA256: hex.EncodeToString(x.sum.Sum(nil))})
	if err == nil {
		err = x.write(line)
	}
	if err != nil {
		return err
	}
	if err := x.out.Flush(); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

func (x *exporter) write(line []byte) error {
	x.sum.Write(line)
	x.sum.Write([]byte{'\n'})
	if err := writeLine(x.out, line); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

// restatedAtOnce is how many agents are taken from the floor at a time.
const restatedAtOnce = 1000

// restate writes the events that make a state.
func (x *exporter) restate(ctx context.Context, state *replay.State) error {
	if state == nil {
		return nil
	}
	x.lives = lives{}
	for _, fl := range state.Floors().Instances() {
		l := &life{owner: fl.ARN(), since: fl.Since()}
		x.lives[fl.ARN().Instance] = l
		page := floor.Page{More: true}
		for page.More {
			page = fl.Select(&rollcall.Query{IncludeOffline: true}, page.Next, restatedAtOnce)
			for _, a := range page.Agents {
				for _, e := range floor.Restate(fl.ARN(), a) {
					l.restated(e.At)
					x.line = agentevent.AppendDocument(x.line[:0], e)
					if err := x.event(x.line); err != nil {
						return err
					}
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	for _, record := range state.Restate() {
		if about, err := replay.Describe(record); err == nil {
			x.lives.beside(&about)
		}
		if err := x.record(record); err != nil {
			return fmt.Errorf("write the state: %w", err)
		}
	}
	return nil
}

func (x *exporter) record(record []byte) error {
	line, err := replay.Line(record)
	if err != nil {
		return err
	}
	return x.event(line)
}

func (x *exporter) event(line []byte) error {
	x.is.Events++
	return x.write(line)
}

// pack writes what lies in a pack.
func (x *exporter) pack(p journal.Pack) error {
	for i, record := range p.Records {
		about, err := describe(p, i)
		if newer, ok := errors.AsType[*agentevent.NewerError](err); ok {
			return fmt.Errorf("the event at %s: %w", p.Position(i), newer)
		}
		if err != nil {
			continue // it changes nothing, and would be refused
		}
		if about.Event == nil && !x.lives.beside(&about) {
			continue
		}
		if e := about.Event; e != nil {
			counts, changed := x.lives.follow(e)
			if !counts {
				continue
			}
			if changed {
				if record, err = agentevent.AppendControl(nil, e); err != nil {
					return fmt.Errorf("write the event at %s: %w", p.Position(i), err)
				}
			}
		}
		if err := x.record(record); err != nil {
			return fmt.Errorf("write the event at %s: %w", p.Position(i), err)
		}
	}
	return nil
}
