package sigv4_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"testing"
)

// BenchmarkVerify is a GetCurrentUserData request as the AWS SDK for Go sends
// it. Hold it against BenchmarkHMACChain: what is beyond is reading, writing
// the canonical request, hashing it and the body.
func BenchmarkVerify(b *testing.B) {
	body := []byte(allQueues)
	for name, r := range map[string]*http.Request{
		"header":    sdkSigned(b, newRequest(b, http.MethodPost, userData, body), body),
		"presigned": sdkPresigned(b, newRequest(b, http.MethodPost, userData+"?X-Amz-Expires=600", body), body),
	} {
		b.Run(name, func(b *testing.B) {
			v := newVerifier()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(r, body, signedAt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify_Parallel(b *testing.B) {
	body := []byte(allQueues)
	r := sdkSigned(b, newRequest(b, http.MethodPost, userData, body), body)
	v := newVerifier()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := v.Verify(r, body, signedAt); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkVerify_WrongSignature(b *testing.B) {
	r := signedPlainly()
	v := newVerifier()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(r, []byte("another body"), signedAt); err == nil {
			b.Fatal("another body was taken")
		}
	}
}

// BenchmarkHMACChain is the bare five HMACs of one signature: four derive the
// signing key, the fifth signs.
func BenchmarkHMACChain(b *testing.B) {
	toSign := make([]byte, 140)
	b.ReportAllocs()
	for b.Loop() {
		key := []byte("AWS4" + secret)
		for _, part := range []string{stamp[:8], region, "connect", "aws4_request"} {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(part))
			key = mac.Sum(nil)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write(toSign)
		mac.Sum(nil)
	}
}
