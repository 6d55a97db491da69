package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// seals are secrets that nodes share: what they seal, clients carry from one
// process to the next and from node to node. The first seals, all open.
type seals [][]byte

// newSeals draws a secret where none is given. What that seals no other process
// opens.
func newSeals(secrets [][]byte) seals {
	if len(secrets) == 0 {
		return seals{random(sha256.Size)}
	}
	return secrets
}

// seal says who somebody is: a key's holder or, until an instant, a session that
// came from the key or from the server itself. It is
//
//	until, ms since 1970 8; 0 for the key's holder | HMAC-SHA-256 32 | id of the key; none for the server itself
//
// with a big-endian integer. The HMAC is also over what it is for, and over what
// the key's holder is believed by, so that it holds no longer than that.
type seal struct {
	until time.Time // zero for the key's holder
	entry *Entry    // nil for the server itself
}

const sealBytes = 8 + sha256.Size // at least

func (s seal) under(secret, purpose []byte) []byte {
	until, id := uint64(0), ""
	if !s.until.IsZero() {
		until = uint64(s.until.UnixMilli())
	}
	b := binary.BigEndian.AppendUint64(nil, until)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("who somebody is\x00"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(purpose))))
	mac.Write(purpose)
	mac.Write(b)
	if s.entry != nil {
		id = s.entry.ID
		mac.Write(s.entry.hash[:])
		mac.Write([]byte(id + "\x00" + s.entry.secret))
	}
	return append(mac.Sum(b), id...)
}

// open gives who the sealed bytes say that somebody is. ok is false for bytes that
// were sealed for something else or with other secrets, and when the key is gone.
func (s seals) open(sealed, purpose []byte, keys *Keys) (_ seal, ok bool) {
	if len(sealed) < sealBytes {
		return seal{}, false
	}
	var says seal
	if until := binary.BigEndian.Uint64(sealed); until != 0 {
		says.until = time.UnixMilli(int64(until))
	}
	if id := string(sealed[sealBytes:]); id != "" {
		says.entry = keys.entry(id)
	}
	for _, secret := range s {
		if hmac.Equal(sealed, says.under(secret, purpose)) {
			return says, true
		}
	}
	return seal{}, false
}

// Seal gives bytes by which Unseal knows a sender again, in this process and in
// others that have the secrets: for the purpose alone, and as long as the key or
// token is in force that the sender was believed by. nil: the sender has none.
func (g *Guard) Seal(p Pass, purpose []byte) []byte {
	own, ok := p.(*pass)
	switch {
	case !ok || own.entry == nil:
		return nil
	case own.session != nil:
		return seal{own.session.expiresAt, own.session.entry}.under(g.seals[0], purpose)
	}
	return seal{entry: own.entry}.under(g.seals[0], purpose)
}

// Unseal gives the pass of the sender whom Seal sealed, as it is now; nil if that
// holds no more.
func (g *Guard) Unseal(remoteAddr string, sealed, purpose []byte) Pass {
	says, ok := g.seals.open(sealed, purpose, g.keys)
	if !ok {
		return nil
	}
	p := &pass{remoteAddr: remoteAddr, now: g.now(), refused: g.refused}
	if says.until.IsZero() {
		return p.of(says.entry, g)
	}
	if p.session = (&session{says.entry, says.until}); g.sessions == nil || g.sessions.over(p.session) {
		return nil
	}
	return p.of(g.sessions.current(p.session), g)
}
