// Package pagetoken seals where a walk over pages stands, for all operations.
//
// A token says nothing about rows: since ordinals are never reused, "after this
// ordinal" is enough for whoever matches throughout to be returned exactly once.
// It is sealed over a binding that it doesn't carry (operation, instance and
// filters), so that it can't be carried to another question, where rows would
// be missing and nobody would notice. How many rows a page has and who asks are
// no part of it.
package pagetoken

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"sync"
	"time"

	"rollcall"
)

// Place is where a walk stands.
type Place struct {
	Ordinal  uint32         // of the last row returned
	Epoch    rollcall.Epoch // ordinals mean something within one life of the journal
	IssuedAt time.Time      // to the millisecond
}

// The sealed form is base64url without padding of
//
//	version 1 | ordinal 4 | epoch 8 | issued at, ms since 1970 8 | HMAC-SHA-256 32
//
// with big-endian integers. The HMAC is over what stands before it and the
// binding.
const (
	version      = 1
	payloadBytes = 1 + 4 + 8 + 8
	sealedBytes  = payloadBytes + sha256.Size
)

var encoding = base64.RawURLEncoding.Strict()

// Keys seal tokens: the first seals, all open, so that nodes may be given a new
// key one after the other.
type Keys []*key

// key keeps keyed HMACs ready, since keying one costs as much as sealing a
// token.
type key struct{ macs sync.Pool } // of hash.Hash

// New makes keys of secrets. Empty ones don't count; without any, a random key
// is drawn, whose tokens no other process opens.
func New(secrets ...[]byte) Keys {
	var keys Keys
	for _, secret := range secrets {
		if len(secret) > 0 {
			keys = append(keys, newKey(secret))
		}
	}
	if len(keys) == 0 {
		drawn := make([]byte, sha256.Size)
		_, _ = rand.Read(drawn) // never fails: it ends the program instead
		keys = Keys{newKey(drawn)}
	}
	return keys
}

func newKey(secret []byte) *key {
	secret = slices.Clone(secret)
	return &key{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

// appendMAC appends the HMAC over both.
func (k *key) appendMAC(dst, payload, binding []byte) []byte {
	mac := k.macs.Get().(hash.Hash) //nolint:forcetypeassert // New makes nothing else
	mac.Reset()
	mac.Write(payload)
	mac.Write(binding)
	dst = mac.Sum(dst)
	k.macs.Put(mac)
	return dst
}

// Seal makes the token's text, of characters that need no escape in JSON or a
// URL. Any node that has the key can open it.
func (k Keys) Seal(p Place, binding []byte) string {
	b := append(make([]byte, 0, sealedBytes), version)
	b = binary.BigEndian.AppendUint32(b, p.Ordinal)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Epoch))
	b = binary.BigEndian.AppendUint64(b, uint64(p.IssuedAt.UnixMilli()))
	b = k[0].appendMAC(b, b, binding)
	return encoding.EncodeToString(b)
}

// Open reads a token that was sealed with one of the keys over the same
// binding. ok is false for any other text.
func (k Keys) Open(text string, binding []byte) (p Place, ok bool) {
	if len(text) != encoding.EncodedLen(sealedBytes) {
		return p, false
	}
	b, err := encoding.DecodeString(text)
	if err != nil || len(b) != sealedBytes || b[0] != version || !k.sealed(b, binding) {
		return p, false
	}
	return Place{
		Ordinal:  binary.BigEndian.Uint32(b[1:]),
		Epoch:    rollcall.Epoch(binary.BigEndian.Uint64(b[5:])),
		IssuedAt: time.UnixMilli(int64(binary.BigEndian.Uint64(b[13:]))),
	}, true
}

func (k Keys) sealed(b, binding []byte) bool {
	var mac [sha256.Size]byte
	for _, key := range k {
		if hmac.Equal(b[payloadBytes:], key.appendMAC(mac[:0], b[:payloadBytes], binding)) {
			return true
		}
	}
	return false
}

// Bind begins a binding: an operation's question about an instance.
func Bind(dst []byte, operation string, instance rollcall.ARN) []byte {
	return AppendWord(AppendWord(dst, operation), instance.String())
}

// AppendQuery binds to a query, whose ids must be sorted and each there once, so
// that the same question in other words is the same.
func AppendQuery(dst []byte, q *rollcall.Query) []byte {
	dst = appendList(dst, q.Queues)
	dst = appendList(dst, q.RoutingProfiles)
	dst = appendList(dst, q.Agents)
	dst = appendList(dst, q.HierarchyGroups)
	dst = binary.BigEndian.AppendUint16(dst, uint16(q.ContactStates))
	if q.IncludeOffline {
		dst = append(dst, 1)
	}
	if q.Traits.Any() {
		dst = fmt.Appendf(dst, "%q", q.Traits)
	}
	return dst
}

func appendList[ID ~string](dst []byte, ids []ID) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ids)))
	for _, id := range ids {
		dst = AppendWord(dst, string(id))
	}
	return dst
}

// AppendWord binds to a word, whose end can't be mistaken.
func AppendWord(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
