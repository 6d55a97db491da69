package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"rollcall/internal/sigv4"
)

// repeat does something for a while and tells how long it takes. It allocates
// nothing itself.
func repeat(window time.Duration, do func(i int) error) (measure, error) {
	const block = 64 // between looks at the clock
	startedAt := time.Now()
	for n := 0; ; {
		for range block {
			if err := do(n); err != nil {
				return measure{}, err
			}
			n++
		}
		if took := time.Since(startedAt); took >= window {
			each := took / time.Duration(n)
			return measure{Requests: n, Took: took, PerSecond: float64(n) / took.Seconds(), P50: each, P99: each}, nil
		}
	}
}

// secrets finds the bench's key.
type secrets struct{}

func (secrets) Lookup(string) (string, bool) { return benchKey.Secret, true }

// measureSignature holds the verification of a signed question against the
// bare HMACs and hashes that are in one signature.
func (r *run) measureSignature(ctx context.Context) error {
	body := []byte(`{"Filters":{` + listFilter("Queues", groupQueueID(1), groupQueueID(2)) + `},"MaxResults":100}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:8420"+userDataPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := benchKey.sign(ctx, req, body); err != nil {
		return err
	}
	verifier := sigv4.New(sigv4.Options{Keys: secrets{}})
	now := time.Now()
	verify := func(int) error {
		_, err := verifier.Verify(req, body, now)
		return err
	}
	chain := func(int) error { return bareChain(body, now) }
	timed := func(do func(int) error) func() (measure, error) {
		return func() (measure, error) { return repeat(r.window/4, do) }
	}
	mine, others, err := r.alternate("signature", timed(verify), timed(chain))
	if err != nil {
		return err
	}
	micros := func(m measure) float64 { return float64(m.P50.Nanoseconds()) / 1000 }
	r.report.add("signature verified", "µs", "SHA-256 of body and request, chain of five HMACs", pairsOf(mine, others, micros), ratioAtMost(1.5))
	return nil
}

// canonicalBytes is how long the canonical request of a question is.
const canonicalBytes = 400

var sink [sha256.Size]byte

// bareChain is what the standard's formula costs by itself: the body's hash,
// the canonical request's, and the five HMACs that a signature is made of.
func bareChain(body []byte, now time.Time) error {
	sum := sha256.Sum256(body)
	var canonical [canonicalBytes]byte
	hex.Encode(canonical[:], sum[:])
	sum = sha256.Sum256(canonical[:])
	key := []byte("AWS4" + benchKey.Secret)
	for _, part := range []string{now.Format("20060102"), region, "connect", "aws4_request"} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(canonical[:140])
	mac.Sum(sink[:0])
	return nil
}
