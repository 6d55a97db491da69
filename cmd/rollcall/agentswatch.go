package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"golang.org/x/term"

	"rollcall/internal/ownclient"
)

// liveRoster is the agents whom a server pushes. One goroutine owns it.
type liveRoster struct {
	rows   map[string]json.RawMessage // :: agent id -> row as it came
	ahead  map[string]json.RawMessage // of a state that is not whole yet; nil while there is none
	synced bool                       // rows are what the server had
	ahead0 time.Duration              // how far the server's clock is ahead of ours

	cutOff time.Time // since when nothing comes; zero while it does
	reason error     // why
}

// take takes an event.
func (l *liveRoster) take(e ownclient.Event, now time.Time) error {
	var data struct {
		Agents []json.RawMessage `json:"agents"`
		Left   []string          `json:"left"`
		Time   time.Time         `json:"time"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("read a frame: %w", err)
	}
	switch e.Name {
	case "reset":
		l.ahead = make(map[string]json.RawMessage)
	case "state":
		if l.ahead == nil {
			l.ahead = make(map[string]json.RawMessage)
		}
		return put(l.ahead, data.Agents)
	case "change":
		for _, id := range data.Left {
			delete(l.rows, id)
		}
		return put(l.rows, data.Agents)
	case "synced":
		if l.ahead != nil {
			l.rows, l.ahead = l.ahead, nil
		}
		l.synced, l.ahead0 = true, data.Time.Sub(now)
	}
	return nil
}

func put(rows map[string]json.RawMessage, agents []json.RawMessage) error {
	for _, raw := range agents {
		var a struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return fmt.Errorf("read an agent: %w", err)
		}
		rows[a.ID] = raw
	}
	return nil
}

// keepFresh shows what the server pushes until ctx is done. Only a first
// connection that can't be had is an error: later the server may be back in a
// moment, and until then what is old is said to be.
func (r *roster) keepFresh(ctx context.Context, server *ownclient.Client, out io.Writer) error {
	l := &liveRoster{rows: make(map[string]json.RawMessage)}
	news := make(chan func() error) // what the reader has for the owner
	path := "/v1/instances/" + url.PathEscape(r.instance) + "/agents/watch"
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go r.listen(ctx, server, path, l, news)
	draw := time.NewTicker(r.every)
	defer draw.Stop()
	for drawn := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case take := <-news:
			if err := take(); err != nil {
				return err
			}
			if !l.synced || drawn {
				continue
			}
		case <-draw.C:
			if !l.synced {
				continue
			}
		}
		drawn = true
		if err := r.draw(l, out); err != nil {
			return err
		}
	}
}

// listen hands on what comes from the server, and comes back to it when it was
// cut off.
func (r *roster) listen(ctx context.Context, server *ownclient.Client, path string, l *liveRoster, news chan<- func() error) {
	hand := func(take func() error) {
		select {
		case news <- take:
		case <-ctx.Done():
		}
	}
	lastID := ""
	for pause := time.Second; ctx.Err() == nil; pause = min(2*pause, 10*time.Second) {
		events, refused, err := server.Watch(ctx, path, r.query(), lastID)
		if refused != nil {
			err = read(server, refused, nil)
		}
		if err == nil {
			pause = time.Second / 2
			hand(func() error { l.cutOff, l.reason = time.Time{}, nil; return nil })
			for e, failed := range events.All() {
				if err = failed; err != nil {
					break
				}
				e.Data = bytes.Clone(e.Data)
				lastID = events.LastID
				hand(func() error { return l.take(e, time.Now()) })
			}
			events.Close()
		}
		hand(func() error {
			if !l.synced && err != nil {
				return err
			}
			if l.ahead = nil; l.cutOff.IsZero() {
				l.cutOff = time.Now()
			}
			l.reason = err
			return nil
		})
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// draw shows the agents in place of what was shown before.
func (r *roster) draw(l *liveRoster, out io.Writer) error {
	ids := make([]string, 0, len(l.rows))
	for id := range l.rows {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare)
	agents := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		agents[i] = l.rows[id]
	}
	if r.output == "json" {
		if err := json.NewEncoder(escapedJSON{out}).Encode(agents); err != nil {
			return fmt.Errorf("write the agents: %w", err)
		}
		return nil
	}
	now := time.Now()
	t, err := r.lay(agents, now.Add(l.ahead0))
	if err != nil {
		return err
	}
	page := bytes.NewBufferString(t.String())
	fmt.Fprintf(page, "%d on the list", len(agents))
	if !l.cutOff.IsZero() {
		fmt.Fprintf(page, "; NO NEWS FOR %s", clock(now.Sub(l.cutOff)))
		if l.reason != nil {
			fmt.Fprintf(page, ": %s", harmless(l.reason.Error()))
		}
	}
	page.WriteByte('\n')
	return refresh(out, page.Bytes())
}

// refresh shows a page in place of the one before on a terminal, cut to its
// size; elsewhere pages follow each other.
func refresh(out io.Writer, page []byte) error {
	file, seen := terminal(out)
	if !seen {
		_, err := out.Write(append(page, '\n'))
		return err
	}
	if width, height, err := term.GetSize(int(file.Fd())); err == nil {
		page = clip(page, width, height)
	}
	page = bytes.ReplaceAll(page, []byte("\n"), []byte("\x1b[K\n"))
	_, err := fmt.Fprintf(file, "\x1b[H%s\x1b[J", page)
	return err
}
