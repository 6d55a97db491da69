package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/agentevent"
)

// measureDecode holds the strict decoding of agent events against the fastest
// strict validator, which tells JSON from other bytes and makes nothing of it.
// Of the libraries only jsontext refuses what we do (invalid UTF-8, lone
// surrogates, names that stand twice); those that are faster take such. Both
// read the same bodies: one document, an array of a hundred, a hundred lines.
func (r *run) measureDecode(context.Context) error {
	h := newHouse(smallFloor)
	documents := make([][]byte, h.agents)
	for i := range documents {
		documents[i] = bytes.TrimSpace(h.appendDocument(nil, i, 1+i%5, r.begunAt))
	}
	r.report.note("%d B with the snapshot before, of %d agents", average(documents), len(documents))
	const what = "agent events decoded, strict, "
	lines := jsontext.NewDecoder(new(bytes.Buffer))
	for _, form := range []struct {
		name   string
		bodies [][]byte
		beside string
		valid  func(body []byte) bool
	}{
		{"one a body", documents, "jsontext.Value.IsValid", isValid},
		{"100 in an array", joined(documents, "[", ",", "]"), "jsontext.Value.IsValid", isValid},
		{"100 lines", joined(documents, "", "\n", "\n"), "jsontext.Decoder.ReadValue", func(body []byte) bool { return areValid(lines, body) }},
	} {
		validate := func(body []byte) error {
			if !form.valid(body) {
				return errors.New("a body isn't valid")
			}
			return nil
		}
		if err := r.decodeBeside(what+form.name, form.beside, ratioAtLeast(0.8), form.bodies, validate); err != nil {
			return err
		}
	}
	unmarshal := func(body []byte) error {
		var document map[string]any
		return json.Unmarshal(body, &document)
	}
	return r.decodeBeside(what+"one a body", "json/v2 Unmarshal to map", noGoal, documents, unmarshal)
}

// decodeBeside holds the decoding of bodies against something else that is done
// with them.
func (r *run) decodeBeside(figure, besideWhat string, g goal, bodies [][]byte, beside func(body []byte) error) error {
	each := func(do func(body []byte) error) func() (measure, error) {
		return func() (measure, error) {
			return repeat(r.window/2, func(i int) error { return do(bodies[i%len(bodies)]) })
		}
	}
	size := average(bodies)
	megabytes := func(m measure) float64 { return m.PerSecond * float64(size) / 1e6 }
	mine, others, err := r.alternate("decode", each(decodeBody), each(beside))
	if err != nil {
		return err
	}
	r.report.add(figure, "MB/s", besideWhat, pairsOf(mine, others, megabytes), g)
	return nil
}

func decodeBody(body []byte) error {
	batch, err := agentevent.Decode(body, agentevent.DefaultLimits)
	if err == nil && len(batch.Refused) > 0 {
		err = fmt.Errorf("refused: %v", batch.Refused)
	}
	return err
}

func isValid(body []byte) bool { return jsontext.Value(body).IsValid() }

// areValid tells whether a body is any number of documents.
func areValid(d *jsontext.Decoder, body []byte) bool {
	d.Reset(bytes.NewBuffer(body))
	for {
		if _, err := d.ReadValue(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// joined are bodies of a hundred documents.
func joined(documents [][]byte, open, between, end string) [][]byte {
	var bodies [][]byte
	for hundred := range slices.Chunk(documents, 100) {
		bodies = append(bodies, []byte(open+string(bytes.Join(hundred, []byte(between)))+end))
	}
	return bodies
}

// average is how many bytes a body has.
func average(bodies [][]byte) int {
	size := 0
	for _, body := range bodies {
		size += len(body)
	}
	return size / len(bodies)
}
