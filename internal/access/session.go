package access

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"rollcall"
)

// How long what a Sessions gives is good for.
const (
	TicketTime  = time.Hour
	SessionTime = 12 * time.Hour
)

// serverItself is the id of sessions that came from no key.
const serverItself = "wallboard"

// Sessions let web pages in for a while. Whoever runs the server gets a ticket,
// which is shown in a link and good for one session; the session's token may read
// agents, as far as the key that it came from may, and do nothing else. All are
// kept in memory alone, as hashes, and gone with the process. Sessions is safe for
// concurrent use.
type Sessions struct {
	keys *Keys
	now  func() time.Time

	mu      sync.Mutex
	tickets map[[sha256.Size]byte]*session // not used yet
	open    map[[sha256.Size]byte]*session // :: hash of the token -> its session
}

// session is read-only, and may be a ticket's that was not used yet.
type session struct {
	entry     *Entry // that it came from; nil for the server itself
	expiresAt time.Time
}

// NewSessions makes Sessions that end with the keys that they came from.
func NewSessions(keys *Keys, now func() time.Time) *Sessions {
	return &Sessions{keys: keys, now: now, tickets: make(map[[sha256.Size]byte]*session), open: make(map[[sha256.Size]byte]*session)}
}

// Ticket makes a ticket for a session that may read what the key may; with an id
// that is no key's, all.
func (s *Sessions) Ticket(keyID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := rand.Text()
	s.tickets[sha256.Sum256([]byte(text))] = &session{s.keys.entry(keyID), s.now().Add(TicketTime)}
	return text
}

// Open exchanges a ticket for the token of a session. A ticket opens one.
func (s *Sessions) Open(ticket string) (token string, expiresAt time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hash := sha256.Sum256([]byte(ticket))
	given := s.tickets[hash]
	delete(s.tickets, hash)
	if given == nil || s.over(given) {
		return "", expiresAt, rollcall.Errorf(rollcall.CodeUnsigned, "The ticket is not known here, was used, or is older than %s: sign in with a token.", TicketTime)
	}
	for hash, other := range s.open {
		if s.over(other) {
			delete(s.open, hash)
		}
	}
	token, expiresAt = rand.Text(), s.now().Add(SessionTime)
	s.open[sha256.Sum256([]byte(token))] = &session{given.entry, expiresAt}
	return token, expiresAt, nil
}

// find gives the session of a token; nil for none.
func (s *Sessions) find(token string) *session {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.open[sha256.Sum256([]byte(token))]; found != nil && !s.over(found) {
		return found
	}
	return nil
}

// over tells whether the time is up, or the key revoked.
func (s *Sessions) over(of *session) bool {
	if !s.now().Before(of.expiresAt) {
		return true
	}
	if of.entry == nil {
		return false
	}
	now := s.keys.entry(of.entry.ID)
	return now == nil || !now.sameSecret(of.entry)
}

// current is the key that the session came from, as it is now: its policy may
// have changed.
func (s *Sessions) current(of *session) *Entry {
	if of.entry == nil {
		return &Entry{ID: serverItself, Name: serverItself}
	}
	if now := s.keys.entry(of.entry.ID); now != nil {
		return now
	}
	return of.entry
}
