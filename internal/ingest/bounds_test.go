package ingest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall"
	"rollcall/internal/ingest"
)

func TestPost_EndsWhenTheJournalTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(o *ingest.Options) { o.Limits.RequestTime = 5 * time.Second })
		release := h.log.Hold()
		defer release()
		startedAt := time.Now()
		got := h.post(t, "", good("a"))
		if got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Error.Message, "did not become durable within 5s") {
			t.Errorf("answer %+v, want 503 that tells of the time", got)
		}
		if took := time.Since(startedAt); took != 5*time.Second {
			t.Errorf("took %s, want 5s", took)
		}
	})
}

func TestPost_TheBudgetIsOfAllRequestsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := strings.Repeat(good("a")+"\n", 100)
		h := open(t, func(o *ingest.Options) { o.Limits.InFlightBytes = int64(2*len(body)) - 16<<10 + 10 })
		release := h.log.Hold()
		const small = 8 << 10 // of each body is not counted
		answers := make(chan int, 3)
		post := func(body string) int {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, ingest.Path, strings.NewReader(body)))
			return w.Code
		}
		for range 2 {
			go func() { answers <- post(body) }()
		}
		synctest.Wait() // both wait for the journal
		if held := h.InFlightBytes(); held != int64(2*len(body))-2*small {
			t.Errorf("%d bytes in flight, want two bodies but the first 8 KiB of each", held)
		}
		if status := post(body); status != http.StatusServiceUnavailable {
			t.Errorf("third request: %d, want 503", status)
		}
		go func() { answers <- post(good("b")) }()
		synctest.Wait() // a small one waits with them
		release()
		for range cap(answers) {
			if status := <-answers; status != http.StatusOK {
				t.Errorf("request that waited: %d, want 200", status)
			}
		}
		if held := h.InFlightBytes(); held != 0 {
			t.Errorf("%d bytes in flight afterwards, want 0", held)
		}
	})
}

// Who knows no more of a key than its id can't keep out those who have one.
func TestPost_BodiesThatClaimAKeyLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(o *ingest.Options) { o.Limits.BodyBytes, o.Limits.InFlightBytes = 100_000, 400_000 })
		h.gate.claims = "KNOWN"
		end := make(chan struct{})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				from := io.MultiReader(strings.NewReader(strings.Repeat(" ", 90_000)), readerFunc(func([]byte) (int, error) {
					<-end // it never comes
					return 0, io.ErrUnexpectedEOF
				}))
				r := httptest.NewRequest(http.MethodPost, ingest.Path, from)
				r.ContentLength = 100_000
				h.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		synctest.Wait()
		post := func(body string) int {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, ingest.Path, strings.NewReader(body)))
			return w.Code
		}
		if status := post(good("a")); status != http.StatusOK {
			t.Errorf("an event of the same key: %d", status)
		}
		h.gate.claims = "ANOTHER"
		if status := post(strings.Repeat(good("a")+"\n", 500)); status != http.StatusOK {
			t.Errorf("many of another: %d", status)
		}
		close(end)
		all.Wait()
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// endless is a body that never ends. It counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestPost_ReadsNoMoreThanTheLimit(t *testing.T) {
	h := open(t, func(o *ingest.Options) { o.Limits.BodyBytes = 100_000 })
	body := &endless{}
	r := httptest.NewRequest(http.MethodPost, ingest.Path, body)
	r.ContentLength = -1
	if got := h.send(t, r); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("answer %+v, want 413", got)
	}
	if body.read > 200_000 {
		t.Errorf("read %d bytes of a body over the limit of 100000", body.read)
	}

	body = &endless{}
	r = httptest.NewRequest(http.MethodPost, ingest.Path, body)
	r.ContentLength = 100_001
	if got := h.send(t, r); got.Status != http.StatusRequestEntityTooLarge || body.read != 0 {
		t.Errorf("answer %+v after %d bytes, want 413 unread", got, body.read)
	}
}

// Nothing is read of who is not known, so strangers can't use up what all
// requests together may hold.
func TestPost_ReadsNothingOfAStranger(t *testing.T) {
	h := open(t, nil)
	h.gate.knock = rollcall.Errorf(rollcall.CodeUnsigned, "who are you")
	body := &endless{}
	r := httptest.NewRequest(http.MethodPost, ingest.Path, body)
	r.ContentLength = -1
	if got := h.send(t, r); got.Status != http.StatusUnauthorized || got.Error.Message != "who are you" || body.read != 0 {
		t.Errorf("answer %+v after %d bytes, want 401 unread", got, body.read)
	}
}

func TestPost_ABodyThatBreaksOff(t *testing.T) {
	h := open(t, nil)
	r := httptest.NewRequest(http.MethodPost, ingest.Path, io.MultiReader(strings.NewReader(good("a")), broken{}))
	r.ContentLength = 5000
	got := h.send(t, r)
	want := fmt.Sprintf("the body broke off after %d bytes", len(good("a")))
	if got.Status != http.StatusBadRequest || got.Error.Message != want {
		t.Errorf("answer %+v, want 400 %q", got, want)
	}
	if h.log.End().Pack != 0 {
		t.Error("events of a body that broke off were kept")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// TestPost_ABodyThatNeverComes holds over a real connection, since only that
// can be told to stop reading.
func TestPost_ABodyThatNeverComes(t *testing.T) {
	h := open(t, func(o *ingest.Options) { o.Limits.RequestTime = 20 * time.Millisecond })
	server := httptest.NewServer(h)
	defer server.Close()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n{", ingest.Path); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "did not arrive within 20ms, of which 1 bytes did") {
		t.Errorf("answer %d %s, %v, want 400 that tells of the time", resp.StatusCode, text, err)
	}
}
