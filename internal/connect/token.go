package connect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"slices"
	"strconv"
	"sync"
	"time"

	"rollcall"
)

// tokenLife is how long a page token is taken. Amazon Connect documents five
// minutes for GetCurrentMetricData and nothing for this operation.
const tokenLife = 5 * time.Minute

// pageToken is where a walk over pages stands. It says nothing about the rows:
// since ordinals are never reused, "after this ordinal" is enough for every
// agent who matches throughout to be returned exactly once.
type pageToken struct {
	ordinal  uint32
	epoch    rollcall.Epoch // ordinals mean something within one life of the journal
	issuedAt time.Time
}

// The sealed form is base64url without padding of
//
//	version 1 | ordinal 4 | epoch 8 | issued at, ms since 1970 8 | HMAC-SHA-256 32
//
// with big-endian integers. The HMAC is over what stands before it and the
// binding, which the token doesn't carry.
const (
	tokenVersion      = 1
	tokenPayloadBytes = 1 + 4 + 8 + 8
	tokenBytes        = tokenPayloadBytes + sha256.Size
)

var tokenEncoding = base64.RawURLEncoding.Strict()

// tokenKeys seal page tokens: the first seals, all open, so that two nodes may
// be given a new key one after the other.
type tokenKeys []*tokenKey

// tokenKey keeps keyed HMACs ready, since keying one costs as much as sealing a
// token.
type tokenKey struct{ macs sync.Pool } // of hash.Hash

func newTokenKey(secret []byte) *tokenKey {
	secret = slices.Clone(secret)
	return &tokenKey{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

// appendMAC appends the HMAC over both.
func (k *tokenKey) appendMAC(dst, payload, binding []byte) []byte {
	mac := k.macs.Get().(hash.Hash) //nolint:forcetypeassert // New makes nothing else
	mac.Reset()
	mac.Write(payload)
	mac.Write(binding)
	dst = mac.Sum(dst)
	k.macs.Put(mac)
	return dst
}

// Seal makes the token's text. Any node that has the key can open it.
func (k tokenKeys) Seal(t pageToken, binding []byte) string {
	b := append(make([]byte, 0, tokenBytes), tokenVersion)
	b = binary.BigEndian.AppendUint32(b, t.ordinal)
	b = binary.BigEndian.AppendUint64(b, uint64(t.epoch))
	b = binary.BigEndian.AppendUint64(b, uint64(t.issuedAt.UnixMilli()))
	b = k[0].appendMAC(b, b, binding)
	return tokenEncoding.EncodeToString(b)
}

// Open reads a token that was sealed with one of the keys over the same
// binding, not longer than tokenLife before now.
func (k tokenKeys) Open(text string, binding []byte, now time.Time) (pageToken, error) {
	var t pageToken
	if len(text) != tokenEncoding.EncodedLen(tokenBytes) {
		return t, errForeignToken(text)
	}
	b, err := tokenEncoding.DecodeString(text)
	if err != nil || len(b) != tokenBytes || b[0] != tokenVersion || !k.sealed(b, binding) {
		return t, errForeignToken(text)
	}
	t.ordinal = binary.BigEndian.Uint32(b[1:])
	t.epoch = rollcall.Epoch(binary.BigEndian.Uint64(b[5:]))
	t.issuedAt = time.UnixMilli(int64(binary.BigEndian.Uint64(b[13:])))
	if now.Sub(t.issuedAt) > tokenLife {
		return t, rollcall.Errorf(rollcall.CodeInvalid,
			"NextToken %s has expired: a token is good for %s. Leave NextToken out to start again.", quoted(text), tokenLife)
	}
	return t, nil
}

func (k tokenKeys) sealed(b, binding []byte) bool {
	var mac [sha256.Size]byte
	for _, key := range k {
		if hmac.Equal(b[tokenPayloadBytes:], key.appendMAC(mac[:0], b[:tokenPayloadBytes], binding)) {
			return true
		}
	}
	return false
}

func errForeignToken(text string) error {
	return rollcall.Errorf(rollcall.CodeInvalid,
		"NextToken %s isn't a token that this service gave for this InstanceId and these Filters. "+
			"Repeat both as they were, or leave NextToken out to start again.", quoted(text))
}

func errEpochToken(text string) error {
	return rollcall.Errorf(rollcall.CodeInvalid,
		"NextToken %s is of an earlier life of this service's journal. Leave NextToken out to start again.", quoted(text))
}

func quoted(value string) string { return strconv.Quote(rollcall.Shorten(value)) }

// appendTokenBinding appends what a token is bound to: the instance and the
// filters, normalised (ids, sorted, each once), so that the same question asked
// in another order or by ARNs is the same. How many rows a page has and who
// asks are not part of it.
func appendTokenBinding(dst []byte, instance rollcall.ARN, q *rollcall.Query) []byte {
	dst = appendCounted(dst, "GetCurrentUserData")
	dst = appendCounted(dst, instance.String())
	dst = appendList(dst, q.Queues)
	dst = appendList(dst, q.RoutingProfiles)
	dst = appendList(dst, q.Agents)
	dst = appendList(dst, q.HierarchyGroups)
	return binary.BigEndian.AppendUint16(dst, uint16(q.ContactStates))
}

func appendList[ID ~string](dst []byte, ids []ID) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ids)))
	for _, id := range ids {
		dst = appendCounted(dst, string(id))
	}
	return dst
}

func appendCounted(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
