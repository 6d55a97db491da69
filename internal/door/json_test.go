package door_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/internal/body"
	"rollcall/internal/door"
)

// Whatever the size, the answer is the same JSON; one that is larger than a piece
// counts as two pieces and what is behind, or is refused before it is begun.
func TestPieces_AreOneAnswer(t *testing.T) {
	for _, c := range []struct {
		values  int
		limit   int64
		status  int
		whole   bool // Content-Length is told
		mostUse int64
	}{
		{0, 1 << 20, http.StatusOK, true, 100},
		{10, 1 << 20, http.StatusOK, true, 2000},
		{5000, 1 << 20, http.StatusOK, false, 64<<10 + 77},
		{5000, 64 << 10, http.StatusServiceUnavailable, true, 0},
		{10, 100, http.StatusServiceUnavailable, true, 0},
	} {
		answers := body.NewBudget(c.limit, 0, 0)
		d := &door.Door{Answers: answers}
		h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(call *door.Call) error {
			p := call.Pieces(77)
			defer p.Close()
			p.Text("[")
			for i := range c.values {
				if i > 0 {
					p.Text(",")
				}
				if err := p.Value(map[string]string{"text": strings.Repeat("x", 100)}); err != nil {
					return err
				}
			}
			p.Text("]\n")
			err := p.End()
			if used := answers.Used(); used > c.mostUse {
				t.Errorf("%+v: %d bytes are held", c, used)
			}
			return err
		}}})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/room", http.NoBody))
		var got []map[string]string
		if w.Code != c.status || c.status == http.StatusOK && (json.Unmarshal(w.Body.Bytes(), &got) != nil || len(got) != c.values) {
			t.Errorf("%+v: %d with %d values", c, w.Code, len(got))
		}
		if whole := w.Header().Get("Content-Length") != ""; whole != c.whole {
			t.Errorf("%+v: length told: %t", c, whole)
		}
	}
}
