//go:build !race

package sigv4_test

import (
	"net/http"
	"testing"
)

// The race detector makes pools forget at random, so this is only true without.
func TestVerify_AllocatesNothingForAKnownKey(t *testing.T) {
	body := []byte(allQueues)
	r := sdkSigned(t, newRequest(t, http.MethodPost, userData, body), body)
	v := newVerifier()
	allocs := testing.AllocsPerRun(200, func() {
		if _, err := v.Verify(r, body, signedAt); err != nil {
			t.Fatal(err)
		}
	})
	if allocs >= 1 { // the collector may empty a pool now and then
		t.Errorf("%v allocations a request, want 0", allocs)
	}
}
