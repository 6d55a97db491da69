package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
)

// signingKey is what a secret becomes for one day, Region and service. It
// keeps keyed HMACs ready, since keying one costs as much as a signature.
type signingKey struct {
	secret string // that it was derived from
	key    []byte
	macs   sync.Pool // of hash.Hash, keyed with key
}

// deriveSigningKey is the chain of four HMACs that the standard prescribes.
func deriveSigningKey(secret, day, region, service string) *signingKey {
	key := []byte("AWS4" + secret)
	for _, part := range [...]string{day, region, service, terminator} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return &signingKey{secret: secret, key: key}
}

// sign signs the string in s.text. The hexadecimal signature lies in s until
// s is used again.
func (k *signingKey) sign(s *scratch) []byte {
	mac, ok := k.macs.Get().(hash.Hash)
	if !ok {
		mac = hmac.New(sha256.New, k.key)
	}
	mac.Write(s.text)
	hex.Encode(s.hexSum[:], mac.Sum(s.sum[:0]))
	mac.Reset()
	k.macs.Put(mac)
	return s.hexSum[:]
}

// generationEntries bounds how many signing keys are cached: at most two
// generations of this many.
const generationEntries = 512

// signingKeys caches signing keys. Only a request whose signature was right
// gets its key cached, so nobody without a secret can crowd others out. When
// the newer generation is full it becomes the older one, and the older one is
// forgotten: what is in use moves along, yesterday's keys do not.
type signingKeys struct {
	mu    sync.RWMutex
	newer map[scopeKey]*signingKey // :: whose key, day and Region -> signing key
	older map[scopeKey]*signingKey // :: the same, of the generation before
}

type scopeKey struct{ accessKeyID, day, region string }

// find gives the signing key for a credential, derived anew if it isn't cached
// or if the secret has changed since.
func (k *signingKeys) find(c credential, service, secret string) (key *signingKey, cached bool) {
	at := scopeKey{c.accessKeyID, c.day, c.region}
	k.mu.RLock()
	key, cached = k.newer[at]
	if !cached {
		key = k.older[at] // and move it along
	}
	k.mu.RUnlock()
	if key == nil || key.secret != secret {
		return deriveSigningKey(secret, c.day, c.region, service), false
	}
	return key, cached
}

// keep caches the signing key of a request that was verified with it.
func (k *signingKeys) keep(c credential, key *signingKey) {
	at := scopeKey{strings.Clone(c.accessKeyID), strings.Clone(c.day), strings.Clone(c.region)} // they point into a request
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.newer == nil || len(k.newer) >= generationEntries {
		k.older, k.newer = k.newer, make(map[scopeKey]*signingKey)
	}
	k.newer[at] = key
}
