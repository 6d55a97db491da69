package v1

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"rollcall"
	"rollcall/internal/access"
)

// A ticket opens one stream for a client that can neither sign nor set headers,
// as a browser's EventSource, which would show a key or token in the URL.
const (
	ticketParameter = "ticket"
	ticketOpens     = 60 * time.Second // from when it is given until the stream begins
	ticketHolds     = 12 * time.Hour   // for which the client may come back with it
	maxTickets      = 20_000
	maxTicketsOfKey = 2_000
)

// ticket is what was promised to somebody.
type ticket struct {
	pass    access.Pass       // of who asked for it
	watch   [sha256.Size]byte // fingerprint of what it was given for, which may be long
	givenAt time.Time
	opened  bool
	seat    *seat // of its stream; nil while there is none
}

// fingerprint is that of a watch: its path, as it is sent, and its query without
// what may differ.
func fingerprint(path, question string) [sha256.Size]byte {
	return sha256.Sum256([]byte(path + "?" + question))
}

// tickets are those of this node: which of them opened a stream, no other knows.
// Clients come back with a ticket for hours, though, after a restart and to
// another node, so it says itself who asked for it, sealed. The text is base64url
// without padding of
//
//	process that gave it 8 | given at, ms since 1970 8 | drawn 8 | what Sealer.Seal made for these and the watch
type tickets struct {
	now     func() time.Time
	process [8]byte // drawn at the start
	sealer  Sealer  // nil: tickets are good here alone

	mu    sync.Mutex
	given map[string]*ticket // :: ticket -> what it opens
}

// Sealer knows senders again by what it sealed; access.Guard is one.
type Sealer interface {
	Seal(pass access.Pass, purpose []byte) []byte
	Unseal(remoteAddr string, sealed, purpose []byte) access.Pass
}

const ticketHead = 24 // bytes before what is sealed

// over tells whether the ticket opens nothing any more.
func (t *ticket) over(now time.Time) bool {
	age := now.Sub(t.givenAt)
	return age > ticketHolds || (!t.opened && age > ticketOpens)
}

// give makes a ticket for the watch.
func (t *tickets) give(pass access.Pass, path, question string) (text string, expiresAt time.Time, err error) {
	now := t.now()
	given := &ticket{pass: pass, watch: fingerprint(path, question), givenAt: now}
	b := append(make([]byte, 0, 128), t.process[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMilli()))
	b = b[:ticketHead]
	_, _ = rand.Read(b[ticketHead-8:]) // never fails: it ends the program instead
	if t.sealer != nil {
		b = append(b, t.sealer.Seal(pass, append(given.watch[:], b...))...)
	}
	text = base64.RawURLEncoding.EncodeToString(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	return text, now.Add(ticketOpens), t.add(text, given)
}

// add keeps a ticket, if there is room.
func (t *tickets) add(text string, given *ticket) error {
	now, ofKey := t.now(), 0
	for text, other := range t.given {
		if other.over(now) {
			delete(t.given, text)
		} else if other.pass.KeyID() == given.pass.KeyID() {
			ofKey++
		}
	}
	if len(t.given) >= maxTickets || ofKey >= maxTicketsOfKey {
		return rollcall.Errorf(rollcall.CodeThrottled, "this key has %d tickets, and all keys %d; ask again in a minute", ofKey, len(t.given))
	}
	if t.given == nil {
		t.given = make(map[string]*ticket)
	}
	t.given[text] = given
	return nil
}

// open gives the pass of who asked for the ticket, for a request that it was
// given for.
func (t *tickets) open(r *http.Request, text string) (access.Pass, error) {
	question, err := ticketQuestion(r.URL.RawQuery)
	if err != nil {
		return nil, errOtherQuestion
	}
	watch := fingerprint(r.URL.EscapedPath(), question)
	t.mu.Lock()
	defer t.mu.Unlock()
	given := t.given[text]
	if given == nil {
		if given = t.fromElsewhere(r, text, watch); given != nil {
			if err := t.add(text, given); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case given == nil || given.over(t.now()):
		return nil, rollcall.Errorf(rollcall.CodeUnsigned, "The ticket is not known here, or has expired: ask for another at /v1/watch-tickets.")
	case watch != given.watch:
		return nil, errOtherQuestion
	}
	pass, err := access.Renew(given.pass)
	if err != nil {
		return nil, err
	}
	return &ticketPass{pass, t, given}, nil
}

var errOtherQuestion = rollcall.Errorf(rollcall.CodeUnsigned, "The ticket was given for another question.")

// fromElsewhere gives a ticket that another process gave; nil if it gave none for
// this watch. Who had frames by it says so, as EventSource does when it comes
// back: that it had, only that process knows.
func (t *tickets) fromElsewhere(r *http.Request, text string, watch [sha256.Size]byte) *ticket {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < ticketHead || bytes.Equal(b[:8], t.process[:]) || t.sealer == nil {
		return nil
	}
	pass := t.sealer.Unseal(r.RemoteAddr, b[ticketHead:], append(watch[:], b[:ticketHead]...))
	if pass == nil {
		return nil
	}
	given := &ticket{pass: pass, watch: watch, givenAt: time.UnixMilli(int64(binary.BigEndian.Uint64(b[8:]))), opened: lastEventID(r) != ""}
	if given.over(t.now()) {
		return nil
	}
	return given
}

// ticketPass is the pass of a stream that a ticket opens.
type ticketPass struct {
	access.Pass
	of    *tickets
	given *ticket
}

// seat is the place of a ticket's stream. There is one.
type seat struct {
	taken atomic.Bool // by another stream: this one is over
	wake  func()      // its stream
}

// take is for a stream that begins: one that the ticket opened before is over. What
// is refused meanwhile ends no other. The stream leaves the seat when it ends.
func (p *ticketPass) take(wake func()) *seat {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if before := p.given.seat; before != nil {
		before.taken.Store(true)
		before.wake()
	}
	p.given.opened, p.given.seat = true, &seat{wake: wake}
	return p.given.seat
}

func (p *ticketPass) leave(s *seat) {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if p.given.seat == s {
		p.given.seat = nil
	}
}

// ticketQuestion is a query without what changes from one connection to the next.
func ticketQuestion(raw string) (string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", err
	}
	values.Del(ticketParameter)
	values.Del(lastEventIDParameter)
	return values.Encode(), nil
}

// giveTicket answers with a ticket.
func (s *service) giveTicket(q *request) error {
	var asked struct {
		Path string `json:"path"`
	}
	if err := json.Unmarshal(q.body, &asked, json.RejectUnknownMembers(true)); err != nil {
		return rollcall.Errorf(rollcall.CodeInvalid, `the body is not {"path":"/v1/instances/…/watch?…"}: %v`, err)
	}
	at, err := url.Parse(asked.Path)
	if err != nil || at.Host != "" || at.Scheme != "" || !isWatch(at.EscapedPath()) {
		return rollcall.Errorf(rollcall.CodeInvalid,
			"path: %q: want the path and query of a watch, as /v1/instances/INSTANCE/agents/watch?queue=QUEUE", rollcall.Shorten(asked.Path))
	}
	question, err := ticketQuestion(at.RawQuery)
	if err != nil {
		return rollcall.Errorf(rollcall.CodeInvalid, "path: the query can't be read: %v", err)
	}
	text, expiresAt, err := s.tickets.give(q.Pass, at.EscapedPath(), question)
	if err != nil {
		return err
	}
	return q.WriteJSON(http.StatusOK, struct {
		Ticket    string `json:"ticket"`
		ExpiresAt string `json:"expiresAt"`
	}{text, instant(expiresAt)})
}

// isWatch tells whether a path is one that tickets are for.
func isWatch(path string) bool {
	rest, ok := strings.CutPrefix(path, "/v1/instances/")
	if !ok {
		return false
	}
	_, what, _ := strings.Cut(rest, "/")
	return what == "agents/watch" || what == "summary/watch"
}
