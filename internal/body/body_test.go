package body_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"rollcall/internal/body"
)

var limits = body.Limits{Bytes: 100_000, Time: time.Minute}

func request(from io.Reader, announced int64) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", from)
	r.ContentLength = announced
	return r
}

// Whatever the sizes of body and budget: a body is read whole or
// refused, nobody holds more than there is, and all of it is given back.
func TestRead_IsWholeOrRefusedAndGivesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := bytes.Repeat([]byte("x"), rapid.IntRange(0, 120_000).Draw(t, "size"))
		free := rapid.Int64Range(0, 8192).Draw(t, "free")
		budget := body.NewBudget(rapid.Int64Range(0, 300_000).Draw(t, "budget"), limits.Bytes, free)
		announced := int64(-1)
		if rapid.Bool().Draw(t, "announced") {
			announced = int64(len(content))
		}
		share := budget.Open("key")
		got, err := body.Read(httptest.NewRecorder(), request(bytes.NewReader(content), announced), limits, &share)
		if used := budget.Used(); used > budget.Limit() {
			t.Fatalf("%d bytes are held of %d", used, budget.Limit())
		}
		var refused *body.Error
		switch {
		case err == nil && !bytes.Equal(got, content):
			t.Fatalf("read %d bytes of %d", len(got), len(content))
		case err == nil && int64(len(content)) > limits.Bytes:
			t.Fatalf("%d bytes were taken", len(content))
		case err == nil && int64(len(content))-free > budget.Used():
			t.Fatalf("%d bytes hold %d", len(content), budget.Used())
		case err != nil && (!errors.As(err, &refused) || refused.Fault != body.TooLarge && refused.Fault != body.NoRoom):
			t.Fatalf("refused with %v", err)
		case err != nil && refused.Fault == body.TooLarge && int64(len(content)) <= limits.Bytes:
			t.Fatalf("%d bytes are too large", len(content))
		}
		share.Close()
		if used := budget.Used(); used != 0 {
			t.Fatalf("%d bytes were not given back", used)
		}
	})
}

func TestRead_NamesTheFault(t *testing.T) {
	broken := errors.New("connection reset")
	for name, c := range map[string]struct {
		from      io.Reader
		announced int64
		budget    int64
		want      body.Fault
		closes    bool
	}{
		"announced too large": {strings.NewReader(""), 100_001, 1 << 20, body.TooLarge, true},
		"is too large":        {strings.NewReader(strings.Repeat("x", 100_001)), -1, 1 << 20, body.TooLarge, true},
		"breaks off":          {io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 8, 1 << 20, body.BrokenOff, false},
		"no room":             {strings.NewReader(strings.Repeat("x", 50_000)), -1, 40_000, body.NoRoom, true},
	} {
		t.Run(name, func(t *testing.T) {
			share := body.NewBudget(c.budget, limits.Bytes, 0).Open("key")
			defer share.Close()
			w := httptest.NewRecorder()
			_, err := body.Read(w, request(c.from, c.announced), limits, &share)
			var e *body.Error
			if !errors.As(err, &e) || e.Fault != c.want {
				t.Fatalf("got %v, want fault %d", err, c.want)
			}
			if c.want == body.BrokenOff && (!errors.Is(err, broken) || e.Read != 4) {
				t.Errorf("got %v after %d bytes, want the cause and 4", err, e.Read)
			}
			if closes := w.Header().Get("Connection") == "close"; closes != c.closes && name != "is too large" { // there net/http does it
				t.Errorf("closes the connection: %t", closes)
			}
		})
	}
}

// Who announces much and sends little holds little.
func TestRead_HoldsWhatIsThereNotWhatIsAnnounced(t *testing.T) {
	budget := body.NewBudget(1<<20, limits.Bytes, 0)
	share := budget.Open("key")
	defer share.Close()
	held := int64(0)
	from := io.MultiReader(strings.NewReader("a few bytes"), readerFunc(func([]byte) (int, error) {
		held = budget.Used()
		return 0, io.ErrUnexpectedEOF
	}))
	if _, err := body.Read(httptest.NewRecorder(), request(from, 90_000), limits, &share); err == nil {
		t.Fatal("half a body was taken")
	}
	if held != 11 {
		t.Errorf("%d bytes were held for 11", held)
	}
}

// Memory goes from body to body, and never while it is read.
func TestRead_BodiesThatAreReadAtOnceHaveMemoryOfTheirOwn(t *testing.T) {
	budget := body.NewBudget(1<<30, limits.Bytes, 0)
	var all sync.WaitGroup
	for reader := range 8 {
		all.Go(func() {
			for i := range 50 {
				content := bytes.Repeat([]byte{byte('a' + reader)}, 1+(i*7919+reader*1001)%90_000)
				share := budget.Open("key")
				from := iotest.HalfReader(bytes.NewReader(content))
				first, err := body.Read(httptest.NewRecorder(), request(from, -1), limits, &share)
				if err != nil {
					t.Error(err)
				}
				second, err := share.ReadAll(bytes.NewReader(content[1:]), -1)
				if err != nil || !bytes.Equal(first, content) || !bytes.Equal(second, content[1:]) {
					t.Errorf("read something else than was sent, or %v", err)
				}
				share.Close()
			}
		})
	}
	all.Wait()
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
