package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"time"
)

// claim is a signature as anybody can make one who has seen a key's id: right
// in all but the signature itself, so that the server must hash the body.
func (a *attacker) claim() string {
	now := time.Now().UTC()
	var signature [32]byte
	_, _ = rand.Read(signature[:]) // documented never to fail
	return fmt.Sprintf("X-Amz-Date: %s\r\nAuthorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/connect/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s\r\n",
		now.Format("20060102T150405Z"), a.plan.KeyID, now.Format("20060102"), region, hex.EncodeToString(signature[:]))
}

// slowRequest is the beginning of a request, and what comes of it every
// second: of its header, of the body of a question, of events.
func (a *attacker) slowRequest(i int) (head, drip string) {
	host := "Host: " + a.plan.Address + "\r\n"
	switch i % 4 {
	case 0:
		return "POST /metrics/userdata/" + a.plan.Instance + " HTTP/1.1\r\n" + host + "X-Slow: ", "x"
	case 1:
		return "POST /metrics/userdata/" + a.plan.Instance + " HTTP/1.1\r\n" + host + "Content-Length: 200000\r\n\r\n", " " // unsigned
	case 2:
		return "POST /metrics/userdata/" + a.plan.Instance + " HTTP/1.1\r\n" + host + a.claim() + "Content-Length: 200000\r\n\r\n", " "
	default:
		return "POST /v1/events HTTP/1.1\r\n" + host + a.claim() + "Content-Length: 8000000\r\n\r\n", " "
	}
}

// garbageWorkers share the garbage among them, each on a connection of its own.
const garbageWorkers = 64

// sendGarbage sends the plan's number of requests a second, in beats of 10 ms.
func (a *attacker) sendGarbage(ctx context.Context) {
	due := make(chan struct{}, a.plan.Garbage) // a second's worth
	for i := range garbageWorkers {
		a.wg.Go(func() { a.garbageWorker(ctx, i, due) })
	}
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	defer close(due)
	began, handed := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		for want := int(time.Since(began).Seconds() * float64(a.plan.Garbage)); handed < want; handed++ {
			select {
			case due <- struct{}{}:
			default:
				a.missed.Add(1)
			}
		}
	}
}

func (a *attacker) garbageWorker(ctx context.Context, i int, due <-chan struct{}) {
	var conn net.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
	}()
	made := a.garbageRequests()
	answer := make([]byte, 4<<10)
	kind := i // so that not all workers send the same at once
	for range due {
		if conn == nil {
			if conn = a.dial(ctx, i); conn == nil {
				return
			}
		}
		if kind++; kind%(16*len(made)) == 0 {
			made = a.garbageRequests() // with another date and signature
		}
		a.garbage.Add(1)
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, err := conn.Write(made[kind%len(made)])
		if err == nil {
			var size int
			if size, err = conn.Read(answer); size > 0 {
				a.answered.Add(1)
				if bytes.Contains(answer[:size], []byte("Connection: close")) {
					err = net.ErrClosed
				}
			}
		}
		if err != nil {
			_ = conn.Close()
			conn = nil
		}
	}
}

// garbageRequests is one of each kind. Most leave the connection open, as an
// attacker would who wants to be quick.
func (a *attacker) garbageRequests() [][]byte {
	host := "Host: " + a.plan.Address + "\r\n"
	ask := "POST /metrics/userdata/" + a.plan.Instance + " HTTP/1.1\r\n" + host
	question := `{"Filters":{"Queues":["x"]}}`
	withBody := func(head, body string) string {
		return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	}
	noise := make([]byte, 2000)
	_, _ = rand.Read(noise)
	unknown := strings.Replace(a.claim(), a.plan.KeyID, "AKIDNOBODY", 1)
	texts := []string{
		string(noise) + "\r\n\r\n", // no HTTP at all
		"GET / HTTP/1.1\r\n" + host + "\r\n",
		"DELETE /../../etc/passwd HTTP/1.1\r\n" + host + "\r\n",
		"GET /v1/instances HTTP/1.1\r\n" + host + "Authorization: Bearer guess\r\n\r\n",
		withBody(ask, question),
		withBody(ask+unknown, question),
		withBody(ask+a.claim(), question),
		withBody(ask+a.claim(), strings.Repeat("[", 3000)),
		withBody(ask+a.claim(), strings.Repeat("x", 20_000)),
		withBody(ask+"Authorization: AWS4-HMAC-SHA256 "+strings.Repeat("Credential=a,", 300)+"\r\n", question),
		withBody("POST /v1/events HTTP/1.1\r\n"+host, `{"EventType":"LOGIN"}`),
		withBody("POST /v1/events HTTP/1.1\r\n"+host+a.claim(), strings.Repeat(`{"EventType":"LOGIN"}`, 500)),
		ask + strings.Repeat("A: b\r\n", 2000) + "\r\n",
		ask + "X-Large: " + strings.Repeat("x", 60_000) + "\r\n\r\n",
		ask + "Content-Length: 999999999999\r\n\r\n",
		ask + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	}
	all := make([][]byte, len(texts))
	for i, text := range texts {
		all[i] = []byte(text)
	}
	return all
}
