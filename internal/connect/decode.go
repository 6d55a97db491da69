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
// that is null is as if it weren't there. Every error is for the client. What
// is JSON is read to its end, so that a client learns of all values of a wrong
// type at once.
//
// It is used again by later requests, and what it gives is not: strings are
// parts of one copy of the body.
type decoder struct {
	json  jsontext.Decoder
	input bytes.Buffer
	text  string // the body
	wrong faults // values of a wrong type, which are skipped
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
	d.input, d.text, d.wrong = bytes.Buffer{}, "", faults{}
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
	const what = "The request body"
	if ok, err := d.next(what, jsontext.KindBeginObject, "an object"); err != nil {
		return err
	} else if !ok {
		return d.wrong.err(rollcall.CodeMalformed)
	}
	if err := d.object(what, member); err != nil {
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
	if ok, err := d.next(what, jsontext.KindBeginObject, "an object"); !ok {
		return err
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.syntax(err)
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
	if ok, err := d.next(path, jsontext.KindBeginArray, "an array of strings"); !ok {
		return nil, err
	}
	if _, err := d.json.ReadToken(); err != nil {
		return nil, d.syntax(err)
	}
	list := []string{}
	for i := 0; d.json.PeekKind() != jsontext.KindEndArray; i++ {
		if d.json.PeekKind() != jsontext.KindString {
			if _, err := d.next(path+"["+strconv.Itoa(i)+"]", jsontext.KindString, "a string"); err != nil {
				return nil, err
			}
			continue
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
	if ok, err := d.next(path, jsontext.KindString, "a string"); !ok {
		return "", err
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
	if ok, err := d.next(path, jsontext.KindNumber, "an integer"); !ok {
		return "", err
	}
	token, err := d.json.ReadToken()
	if err != nil {
		return "", d.syntax(err)
	}
	digits := token.String()
	if strings.ContainsAny(digits, ".eE") {
		d.wrong.add("%s is %s: want an integer.", path, rollcall.Shorten(digits))
		return "", nil
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

// next tells whether the next value is of the kind. One of another kind is a
// fault, and skipped.
func (d *decoder) next(what string, kind jsontext.Kind, want string) (bool, error) {
	found := d.json.PeekKind()
	if found == kind {
		return true, nil
	}
	if found == jsontext.KindBeginObject || found == jsontext.KindBeginArray {
		d.wrong.add("%s is %s: want %s.", what, nested[found], want)
		return false, d.skip()
	}
	token, err := d.json.ReadToken()
	if err != nil {
		return false, d.syntax(err)
	}
	d.wrong.add("%s is %s: want %s.", what, describe(token), want)
	return false, nil
}

// nested names what values can nest in.
var nested = map[jsontext.Kind]string{jsontext.KindBeginObject: "an object", jsontext.KindBeginArray: "an array"}

// describe names a value in which nothing nests.
func describe(token jsontext.Token) string {
	if token.Kind() == jsontext.KindString {
		return "the string " + quoted(token.String())
	}
	if token.Kind() == jsontext.KindNumber {
		return "the number " + rollcall.Shorten(token.String())
	}
	return token.String() // null, true or false
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
