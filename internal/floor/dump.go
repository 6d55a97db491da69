package floor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"rollcall"
)

// Dump writes the whole state in a canonical form: a line of JSON for each
// instance, in the order of ids, with a line for each of its agents below, in
// the order of ordinals, and for what its events named. At rest, floors that applied the same journal dump
// the same bytes. While Apply runs, each instance is whole and of the position
// that its line tells.
func (f *Floors) Dump(w io.Writer) error {
	b := bufio.NewWriter(w)
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	for _, fl := range f.Instances() {
		if err := fl.dump(out); err != nil {
			return fmt.Errorf("dump %s: %w", fl.arn, err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	return nil
}

func (fl *Floor) dump(out *json.Encoder) error {
	page := fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, int(^uint32(0)))
	err := out.Encode(dumpedFloor{fl.arn.String(), page.Position.String(), page.Total})
	for _, a := range page.Agents {
		if err != nil {
			break
		}
		err = out.Encode((*dumpedAgent)(a)) //nolint:musttag // its names are the fields, see dumpedAgent
	}
	directory, _ := fl.Directory()
	for _, l := range []struct {
		kind string
		Listing
	}{{"queue", directory.Queues}, {"profile", directory.Profiles}, {"status", directory.Statuses}, {"group", directory.Groups}} {
		for _, r := range l.All {
			if err == nil {
				err = out.Encode(dumpedResource{l.kind, r}) //nolint:musttag // its names are the fields, as dumpedAgent's
			}
		}
	}
	return err
}

// dumpedFloor is the line of an instance.
type dumpedFloor struct {
	Instance string `json:"instance"`
	Position string `json:"position"`
	Agents   int    `json:"agents"`
}

// dumpedResource is the line of what events named.
type dumpedResource struct {
	Kind string `json:"kind"`
	*Resource
}

// dumpedAgent is the line of an agent: every field of the row under its Go
// name, so that one added later is compared without a change here.
type dumpedAgent rollcall.Agent
