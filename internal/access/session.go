package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
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
// agents, as far as the key that it came from may, and do nothing else. Tickets
// are kept in memory alone, as hashes, and gone with the process. Of sessions
// nothing is kept: a token says itself until when it holds and for which key,
// sealed with the secrets that nodes share, so it outlives a restart and holds on
// every node. Sessions is safe for concurrent use.
type Sessions struct {
	keys  *Keys
	seals seals
	now   func() time.Time

	mu      sync.Mutex
	tickets map[[sha256.Size]byte]*session // not used yet
}

// session is read-only, and may be a ticket's that was not used yet.
type session struct {
	entry     *Entry // that it came from; nil for the server itself
	expiresAt time.Time
}

// NewSessions makes Sessions that end with the keys that they came from. Without
// a secret one is drawn, and the tokens are gone with the process.
func NewSessions(keys *Keys, secrets [][]byte, now func() time.Time) *Sessions {
	return &Sessions{keys: keys, seals: newSeals(secrets), now: now, tickets: make(map[[sha256.Size]byte]*session)}
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
	expiresAt = s.now().Add(SessionTime)
	return base64.RawURLEncoding.EncodeToString(seal{expiresAt, given.entry}.under(s.seals[0], ofSession)), expiresAt, nil
}

// ofSession is what the token of a session is sealed for.
var ofSession = []byte("a session of the wallboard")

// find gives the session of a token; nil for none.
func (s *Sessions) find(token string) *session {
	if s == nil {
		return nil
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil
	}
	says, ok := s.seals.open(sealed, ofSession, s.keys)
	if !ok || says.until.IsZero() {
		return nil
	}
	if found := (&session{says.entry, says.until}); !s.over(found) {
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
