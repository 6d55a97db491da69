package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	hexSumBytes     = 2 * sha256.Size
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// scratch is the memory that one verification works in. It is borrowed, so
// that verifying allocates nothing.
type scratch struct {
	text    []byte // the canonical request, then the string to sign
	name    []byte // a header's name as http.Header keeps it
	params  []param
	signed  []string // names of the signed headers, in order
	payload []byte   // what stands for the body in the canonical request
	sum     [sha256.Size]byte
	hexSum  [hexSumBytes]byte
}

// keptTextBytes is the largest buffer that goes back to the pool, so that one
// huge request doesn't hold memory for ever.
const keptTextBytes = 64 << 10

var scratches = sync.Pool{New: func() any { return &scratch{text: make([]byte, 0, 2<<10)} }}

// borrowScratch can trust the type: the pool holds nothing else.
func borrowScratch() *scratch { return scratches.Get().(*scratch) }

func (s *scratch) giveBack() {
	clear(s.params) // they point into the request
	clear(s.signed)
	s.params, s.signed = s.params[:0], s.signed[:0]
	if cap(s.text) <= keptTextBytes {
		scratches.Put(s)
	}
}

// param is one parameter of the query, as it stands there.
type param struct{ name, value string }

// splitQuery puts the parameters of rawQuery into s. Empty ones are left out,
// as they are by those who read a query. It fails if there are too many.
func (s *scratch) splitQuery(rawQuery string) bool {
	if len(rawQuery) > MaxQueryBytes {
		return false
	}
	for rawQuery != "" {
		var pair string
		pair, rawQuery, _ = strings.Cut(rawQuery, "&")
		if pair == "" {
			continue
		}
		if len(s.params) == MaxQueryParams {
			return false
		}
		name, value, _ := strings.Cut(pair, "=")
		s.params = append(s.params, param{name, value})
	}
	return true
}

// findParam gives the value of the first parameter called name, and how many
// have that name.
func findParam(params []param, name string) (value string, n int) {
	for _, p := range params {
		if p.name != name {
			continue
		}
		if n == 0 {
			value = p.value
		}
		n++
	}
	return value, n
}

// appendCanonicalRequest writes into s.text what the client must have signed,
// with the path as appendPath writes it. It fails if the claim signs a header
// that the request doesn't have.
func (s *scratch) appendCanonicalRequest(r *http.Request, c *claim, path string, appendPath func(*scratch, string)) bool {
	s.text = append(s.text[:0], r.Method...)
	s.text = append(s.text, '\n')
	appendPath(s, path)
	s.text = append(s.text, '\n')
	s.appendQuery()
	s.text = append(s.text, '\n')
	for _, name := range s.signed {
		if !s.appendHeader(r, name) {
			return false
		}
	}
	s.text = append(s.text, '\n')
	s.text = append(s.text, c.signedHeaders...)
	s.text = append(s.text, '\n')
	s.text = append(s.text, s.payload...)
	return true
}

// appendPath writes the path without empty and dot segments, encoded again.
// A ".." takes the segment before it along.
func (s *scratch) appendPath(path string) {
	start := len(s.text)
	for rest := path; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		switch segment {
		case "", ".":
		case "..":
			if cut := bytes.LastIndexByte(s.text[start:], '/'); cut >= 0 {
				s.text = s.text[:start+cut]
			}
		default:
			s.text = append(s.text, '/')
			s.text = appendEncoded(s.text, segment)
		}
	}
	if len(s.text) == start || strings.HasSuffix(path, "/") {
		s.text = append(s.text, '/')
	}
}

// appendPathAsSent writes the path encoded again, and otherwise as it came.
func (s *scratch) appendPathAsSent(path string) {
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		s.text = append(s.text, '/')
		s.text = appendEncoded(s.text, segment)
	}
}

// appendQuery writes the query ordered by name, then value, without the
// signature itself.
func (s *scratch) appendQuery() {
	slices.SortFunc(s.params, func(a, b param) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	start := len(s.text)
	for _, p := range s.params {
		if p.name == paramSignature {
			continue
		}
		if len(s.text) > start {
			s.text = append(s.text, '&')
		}
		s.text = appendQueryPart(s.text, p.name)
		s.text = append(s.text, '=')
		s.text = appendQueryPart(s.text, p.value)
	}
}

// appendHeader writes one signed header: its values trimmed, their runs of
// blanks folded, joined by commas.
func (s *scratch) appendHeader(r *http.Request, name string) bool {
	s.text = append(s.text, name...)
	s.text = append(s.text, ':')
	s.name = appendCanonicalName(s.name[:0], name)
	values := r.Header[string(s.name)]
	switch {
	case name == "host":
		if r.Host == "" {
			return false
		}
		s.text = appendFolded(s.text, r.Host)
	case len(values) > 0:
		for i, value := range values {
			if i > 0 {
				s.text = append(s.text, ',')
			}
			s.text = appendFolded(s.text, value)
		}
	case name == "content-length" && r.ContentLength >= 0: // net/http may take it out of the header
		s.text = strconv.AppendInt(s.text, r.ContentLength, 10)
	case name == "transfer-encoding" && len(r.TransferEncoding) > 0: // net/http does take it out
		s.text = append(s.text, strings.Join(r.TransferEncoding, ",")...)
	default:
		return false
	}
	s.text = append(s.text, '\n')
	return true
}

// appendStringToSign replaces the canonical request in s.text by the string
// that is signed.
func (s *scratch) appendStringToSign(stamp, scope string) {
	s.sum = sha256.Sum256(s.text)
	s.text = append(s.text[:0], algorithm+"\n"...)
	s.text = append(s.text, stamp...)
	s.text = append(s.text, '\n')
	s.text = append(s.text, scope...)
	s.text = append(s.text, '\n')
	s.text = hex.AppendEncode(s.text, s.sum[:])
}

// hashPayload puts into s.payload what stands for the body in the canonical
// request: its hash, or UNSIGNED-PAYLOAD where that is said and allowed.
func (v *Verifier) hashPayload(r *http.Request, body []byte, s *scratch) error {
	said, n := findParam(s.params, paramContentSHA256)
	if values := r.Header[headerContentSHA256]; len(values) > 0 {
		said, n = values[0], n+len(values)
	}
	if n > 1 {
		return invalid("The request has %d values of 'X-Amz-Content-Sha256' where one is allowed.", n)
	}
	if said == unsignedPayload && v.allowUnsigned {
		s.payload = append(s.payload[:0], unsignedPayload...)
		return nil
	}
	s.sum = sha256.Sum256(body)
	s.payload = hex.AppendEncode(s.payload[:0], s.sum[:])
	switch {
	case n == 0 || said == string(s.payload):
		return nil
	case said == unsignedPayload || strings.HasPrefix(said, "STREAMING-"):
		return invalid("The value '%s' of 'X-Amz-Content-Sha256' is not accepted here: sign the SHA-256 of the body.", short(said))
	}
	return invalid("The value of 'X-Amz-Content-Sha256' does not match the SHA-256 of the body that arrived.")
}
