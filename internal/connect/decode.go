package connect

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// maxDepth is how deep a body may nest. The operations need four levels; the
// rest is room for members that we don't know.
const maxDepth = 32

// decoder reads one JSON body by its tokens. It is strict about JSON (UTF-8,
// no name twice in an object, one value and nothing after it), and lenient as
// Amazon's services are: members with an unknown name are skipped, and a member
// that is null is as if it weren't there. Every error is for the client.
//
// It is used again by later requests, and what it gives is not: strings are
// parts of one copy of the body.
type decoder struct {
	json  jsontext.Decoder
	input bytes.Buffer
	text  string // the body
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// borrowDecoder gives a decoder, to be given back, or says why the body can't
// be read at all.
func borrowDecoder(body []byte) (*decoder, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "The request body is empty: want a JSON object.")
	}
	if n := invalidUTF8(body); n >= 0 {
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "The request body isn't valid UTF-8 at byte %d.", n)
	}
	d := decoders.Get().(*decoder) //nolint:forcetypeassert // New makes nothing else
	d.input = *bytes.NewBuffer(body)
	d.json.Reset(&d.input)
	d.text = string(body)
	return d, nil
}

func (d *decoder) giveBack() {
	d.input, d.text = bytes.Buffer{}, ""
	d.json.Reset(&d.input)
	decoders.Put(d)
}

// invalidUTF8 is the offset of the first byte that isn't UTF-8, or -1.
func invalidUTF8(body []byte) int {
	if utf8.Valid(body) {
		return -1
	}
	for n := 0; n < len(body); {
		r, size := utf8.DecodeRune(body[n:])
		if r == utf8.RuneError && size == 1 {
			return n
		}
		n += size
	}
	return -1
}

// whole reads the body's one object and makes sure that nothing follows it.
func (d *decoder) whole(member func(name string) error) error {
	if err := d.object("The request body", member); err != nil {
		return err
	}
	switch _, err := d.json.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return d.syntax(err)
	default:
		return rollcall.Errorf(rollcall.CodeMalformed,
			"The request body has more than one JSON value: the second ends at byte %d.", d.json.InputOffset())
	}
}

// object reads an object. member is called with the name of each member that
// isn't null, and reads its value.
func (d *decoder) object(what string, member func(name string) error) error {
	if err := d.expect(what, jsontext.KindBeginObject, "an object"); err != nil {
		return err
	}
	for d.json.PeekKind() != jsontext.KindEndObject {
		name, err := d.readString()
		if err != nil {
			return err
		}
		if d.json.PeekKind() == jsontext.KindNull {
			err = d.skip()
		} else {
			err = member(name)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return d.syntax(err)
}

// strings reads an array of strings. It is not nil, even when empty.
func (d *decoder) strings(path string) ([]string, error) {
	if err := d.expect(path, jsontext.KindBeginArray, "an array of strings"); err != nil {
		return nil, err
	}
	list := []string{}
	for d.json.PeekKind() != jsontext.KindEndArray {
		if d.json.PeekKind() != jsontext.KindString {
			return nil, d.expect(path+"["+strconv.Itoa(len(list))+"]", jsontext.KindString, "a string")
		}
		value, err := d.readString()
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := d.json.ReadToken()
	return list, d.syntax(err)
}

func (d *decoder) string(path string) (string, error) {
	if d.json.PeekKind() != jsontext.KindString {
		return "", d.expect(path, jsontext.KindString, "a string")
	}
	return d.readString()
}

// readString reads the next value, which is a string or no JSON. Without
// escapes it is found in the body's copy where it stands in the body.
func (d *decoder) readString() (string, error) {
	raw, err := d.json.ReadValue()
	if err != nil {
		return "", d.syntax(err)
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		end := int(d.json.InputOffset())
		return d.text[end-len(raw)+1 : end-1], nil
	}
	value, err := jsontext.AppendUnquote(nil, raw)
	return string(value), d.syntax(err)
}

// integer reads a number written without fraction or exponent and gives its
// digits: how large it may be is a question of meaning.
func (d *decoder) integer(path string) (string, error) {
	if d.json.PeekKind() != jsontext.KindNumber {
		return "", d.expect(path, jsontext.KindNumber, "an integer")
	}
	token, err := d.json.ReadToken()
	if err != nil {
		return "", d.syntax(err)
	}
	digits := token.String()
	if strings.ContainsAny(digits, ".eE") {
		return "", rollcall.Errorf(rollcall.CodeMalformed, "%s is %s: want an integer.", path, rollcall.Shorten(digits))
	}
	return digits, nil
}

// skip reads one value and forgets it.
func (d *decoder) skip() error {
	depth := d.json.StackDepth()
	for {
		if _, err := d.json.ReadToken(); err != nil {
			return d.syntax(err)
		}
		switch now := d.json.StackDepth(); {
		case now > maxDepth:
			return rollcall.Errorf(rollcall.CodeMalformed,
				"The request body nests deeper than %d levels at byte %d.", maxDepth, d.json.InputOffset())
		case now == depth:
			return nil
		}
	}
}

// expect reads the next token, which must be of the kind.
func (d *decoder) expect(what string, kind jsontext.Kind, want string) error {
	token, err := d.json.ReadToken()
	if err != nil {
		return d.syntax(err)
	}
	if token.Kind() == kind {
		return nil
	}
	return rollcall.Errorf(rollcall.CodeMalformed, "%s is %s: want %s.", what, describe(token), want)
}

// describe names a value of the wrong type.
func describe(token jsontext.Token) string {
	switch token.Kind() {
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindString:
		return "the string " + quoted(token.String())
	case jsontext.KindNumber:
		return "the number " + rollcall.Shorten(token.String())
	case jsontext.KindNull, jsontext.KindTrue, jsontext.KindFalse,
		jsontext.KindEndObject, jsontext.KindEndArray, jsontext.KindInvalid:
	}
	return token.String()
}

// syntax says where the body stops being JSON. The nil error stays nil.
func (d *decoder) syntax(err error) error {
	if err == nil {
		return nil
	}
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return rollcall.Errorf(rollcall.CodeMalformed,
			"The request body isn't JSON: it ends at byte %d within a value.", len(d.text))
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return rollcall.Errorf(rollcall.CodeMalformed,
			"The request body has the member %s twice: the second is at byte %d.", pointed(syntactic.JSONPointer), syntactic.ByteOffset)
	case errors.As(err, &syntactic):
		return rollcall.Errorf(rollcall.CodeMalformed, "The request body isn't JSON at byte %d%s: %s.",
			syntactic.ByteOffset, within(syntactic.JSONPointer), strings.TrimPrefix(syntactic.Err.Error(), "jsontext: "))
	default:
		return rollcall.Errorf(rollcall.CodeMalformed, "The request body isn't JSON.").WithCause(err)
	}
}

func within(p jsontext.Pointer) string {
	if p == "" {
		return ""
	}
	return ", in " + pointed(p)
}

// pointed writes a JSON pointer as messages write paths: Filters.Queues[2]. A
// pointer doesn't tell an index from a name of digits.
func pointed(p jsontext.Pointer) string {
	var path strings.Builder
	for name := range p.Tokens() {
		switch _, err := strconv.Atoi(name); {
		case err == nil:
			path.WriteString("[" + rollcall.Shorten(name) + "]")
		case path.Len() > 0:
			path.WriteString("." + rollcall.Shorten(name))
		default:
			path.WriteString(rollcall.Shorten(name))
		}
	}
	return path.String()
}
