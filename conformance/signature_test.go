package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/internal/sigv4"
)

// oneKey is a sigv4.Keys.
type oneKey struct{ id, secret string }

func (k oneKey) Lookup(id string) (string, bool) { return k.secret, id == k.id }

// TestSignatures_EveryChangedBitIsRefused takes every request that the clients
// send for the questions, as it arrived, and changes each bit of the signature,
// of each signed header, of the path and of the body.
func TestSignatures_EveryChangedBitIsRefused(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		between := record(t, server.target)
		to := between.target
		to.sessionToken = "a session token/of+no=consequence"
		requests := []request{
			ask(instanceID, `{"Queues":["sales"],"ContactFilter":{"ContactStates":["CONNECTED_ONHOLD"]}}`),
			ask(base, `{"Agents":["Zoë","ann"]}`),
		}
		for i, got := range slices.Concat(c.send(t, between.target, requests[0]), c.send(t, to, requests[1])) {
			if got.Exception != "" {
				t.Fatalf("question %d: %s: %s", i, got.Exception, got.Message)
			}
		}
		v := sigv4.New(sigv4.Options{Keys: oneKey{server.accessKeyID, server.secretAccessKey}})
		all := between.take()
		if len(all) != len(requests) {
			t.Errorf("captured %d requests, want %d", len(all), len(requests))
		}
		changes := 0
		for _, right := range all {
			if _, err := v.Verify(right.request, right.body, time.Now()); err != nil {
				t.Fatalf("unchanged: %v\n%v", err, right.request.Header)
			}
			changes += refusesEveryChangedBit(t, v, right)
		}
		t.Logf("%d requests, %d changes of one bit, all refused", len(all), changes)
	})
}

// refusesEveryChangedBit gives how many bits it changed.
func refusesEveryChangedBit(t *testing.T, v *sigv4.Verifier, right *captured) (changes int) {
	t.Helper()
	refused := func(what string, r *http.Request, body []byte) {
		changes++
		if _, err := v.Verify(r, body, time.Now()); err == nil {
			t.Errorf("%s: taken\n%s %s %v", what, r.Method, r.URL, r.Header)
		}
	}
	forEachBit(right.body, func(bit int, changed []byte) {
		refused(fmt.Sprintf("body, bit %d", bit), right.request, changed)
	})
	for _, name := range signedHeaders(right.request) {
		forEachBit([]byte(right.request.Header.Get(name)), func(bit int, changed []byte) {
			r := right.with(nil)
			r.Header.Set(name, string(changed))
			refused(fmt.Sprintf("%s, bit %d", name, bit), r, right.body)
		})
	}
	forEachBit([]byte(right.request.Host), func(bit int, changed []byte) {
		r := right.with(nil)
		r.Host = string(changed)
		refused(fmt.Sprintf("host, bit %d", bit), r, right.body)
	})
	forEachBit([]byte(right.request.Method), func(bit int, changed []byte) {
		r := right.with(nil)
		r.Method = string(changed)
		refused(fmt.Sprintf("method, bit %d", bit), r, right.body)
	})
	forEachBit([]byte(right.request.URL.RequestURI()), func(bit int, changed []byte) {
		target, err := url.ParseRequestURI(string(changed))
		if err != nil {
			return // no server reads that
		}
		r := right.with(nil)
		r.URL = target
		refused(fmt.Sprintf("path, bit %d", bit), r, right.body)
	})
	return changes
}

// signedHeaders are the headers that the request signs, and what says so.
func signedHeaders(r *http.Request) []string {
	names := []string{"Authorization"}
	_, list, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	for name := range strings.SplitSeq(list, ";") {
		if len(r.Header.Values(name)) == 1 { // host is not among them
			names = append(names, name)
		}
	}
	return names
}

// forEachBit gives copies of b in which one bit differs.
func forEachBit(b []byte, change func(bit int, changed []byte)) {
	for bit := range 8 * len(b) {
		changed := bytes.Clone(b)
		changed[bit/8] ^= 1 << (bit % 8)
		change(bit, changed)
	}
}

// What the clients sign: if one of them begins to sign something else, this
// says so before a user does.
func TestSignatures_WhatTheClientsSign(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	want := map[string]string{
		"SDK for Go":         "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-date",
		"SDK for JavaScript": "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-user-agent",
		"boto3":              "content-type;host;x-amz-date",
		"AWS CLI":            "content-type;host;x-amz-date",
	}
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		between := record(t, server.target)
		c.send(t, between.target, ask(base, `{"Agents":["ann"]}`))
		for _, r := range between.take() {
			if path := r.request.URL.EscapedPath(); path != "/metrics/userdata/"+url.QueryEscape(base) {
				t.Errorf("path %s", path)
			}
			_, list, _ := strings.Cut(r.request.Header.Get("Authorization"), "SignedHeaders=")
			if list, _, _ = strings.Cut(list, ","); list != want[c.name] {
				t.Errorf("signs %s, want %s", list, want[c.name])
			}
		}
	})
}

// Presigned URLs, made by those clients that can.
func TestSignatures_PresignedURLs(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	const filters = `{"Filters":{"Agents":["ann"]}}`
	for _, c := range []struct {
		name    string
		needs   func(*testing.T)
		presign func(t *testing.T) string
		body    string // that it is for
		want    int
	}{
		{"SDK for Go", func(*testing.T) {}, func(t *testing.T) string {
			t.Helper()
			return presignByGo(t, server.target, filters)
		}, filters, http.StatusOK},
		{"SDK for JavaScript", needJavaScript, func(t *testing.T) string {
			t.Helper()
			return string(runProgram(t, server.target, nil, "node", filepath.Join("js", "presign.mjs"), instanceID, filters))
		}, filters, http.StatusOK},
		// It moves the body into the query, where no service looks for it: the
		// signature is right, and the request has no body.
		{"boto3", needBoto3, func(t *testing.T) string {
			t.Helper()
			return string(runProgram(t, server.target, nil, "python3", filepath.Join("python", "presign.py"), instanceID, filters))
		}, "", http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.needs(t)
			made, body := c.presign(t), c.body
			status, answer := send(t, made, body)
			if status != c.want {
				t.Fatalf("%d %s\n%s", status, answer, made)
			}
			if status == http.StatusOK {
				same(t, expected([]string{"ann"}), []byte(answer))
			}
			if status, answer := send(t, made, body+" "); status != http.StatusForbidden {
				t.Errorf("with another body: %d %s", status, answer)
			}
			if status, answer := send(t, strings.Replace(made, "X-Amz-Date=2", "X-Amz-Date=1", 1), body); !strings.Contains(answer, "Request has expired.") {
				t.Errorf("with an old date: %d %s", status, answer)
			}
		})
	}
}

func presignByGo(t *testing.T, to target, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to.URL+"/metrics/userdata/"+instanceID+"?X-Amz-Expires=60", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: to.accessKeyID, SecretAccessKey: to.secretAccessKey}
	made, _, err := v4.NewSigner().PresignHTTP(context.Background(), key, req, hex.EncodeToString(sum[:]), "connect", region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// send posts to a URL as it is.
func send(t *testing.T, to, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}
