package door

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/slab"
)

// WriteJSON answers with value as JSON, in one piece, which counts as held. Nil
// lists are written as empty ones, and maps in the order of their keys.
func (c *Call) WriteJSON(status int, value any) error {
	body, err := marshal(value)
	if err != nil {
		return err
	}
	if err := c.Hold(len(body)); err != nil {
		return err
	}
	return SendJSON(c, status, body)
}

func marshal(value any) ([]byte, error) {
	body, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return append(body, '\n'), nil
}

// SendJSON answers with JSON that is there already.
func SendJSON(w http.ResponseWriter, status int, body []byte) error {
	setJSON(w.Header())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func setJSON(h http.Header) {
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// pieceBytes is how much of an answer is sent at once; the memory for it is
// twice as much, since a piece ends behind a value.
const pieceBytes = 32 << 10

// Pieces is an answer in JSON, with status 200, that is sent while it is made,
// so that a large one for a client that doesn't read holds no more than a piece.
// One that fits into a piece is sent as WriteJSON does.
type Pieces struct {
	call   *Call
	behind int // bytes
	memory *slab.Slab
	piece  []byte
	begun  bool
}

// Pieces begins an answer. behind is what is held of what is not made yet, in
// bytes.
func (c *Call) Pieces(behind int) *Pieces {
	memory := slab.Take(2 * pieceBytes)
	return &Pieces{call: c, behind: behind, memory: memory, piece: memory.Bytes()}
}

// Text appends JSON.
func (p *Pieces) Text(text string) { p.piece = append(p.piece, text...) }

// Value appends a value, and sends what is there if it is enough.
func (p *Pieces) Value(value any) error {
	body, err := marshal(value)
	if err != nil {
		return err
	}
	p.piece = append(p.piece, body[:len(body)-1]...)
	if len(p.piece) < pieceBytes {
		return nil
	}
	if !p.begun {
		p.begun = true
		if err := p.call.Hold(2*pieceBytes + p.behind); err != nil {
			return err
		}
		setJSON(p.call.Header())
	}
	return p.send()
}

// End sends the rest.
func (p *Pieces) End() error {
	if p.begun {
		return p.send()
	}
	if err := p.call.Hold(len(p.piece)); err != nil {
		return err
	}
	return SendJSON(p.call, http.StatusOK, p.piece)
}

// Close gives the memory back, ended or not.
func (p *Pieces) Close() { p.memory.GiveBack() }

func (p *Pieces) send() error {
	if _, err := p.call.Write(p.piece); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	p.piece = p.piece[:0]
	return nil
}
