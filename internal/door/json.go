package door

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteJSON answers with value as JSON, in one piece. Nil lists are written as
// empty ones, and maps in the order of their keys.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	body, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	body = append(body, '\n')
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if _, err = w.Write(body); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
