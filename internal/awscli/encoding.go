package awscli

import (
	"io"

	"rollcall/internal/awscli/codec"
)

// The variables that name encodings: of what is printed, and of files that
// parameters are read from.
const (
	outputEncoding = "AWS_CLI_OUTPUT_ENCODING"
	fileEncoding   = "AWS_CLI_FILE_ENCODING"
)

// checkOutputEncoding refuses an encoding that nobody knows.
func checkOutputEncoding(lookup func(string) (string, bool)) error {
	if name, ok := lookup(outputEncoding); ok && codec.Lookup(name) == nil {
		return general("Unknown codec `" + name + "` specified for " + outputEncoding + ".")
	}
	return nil
}

// encodeAs has everything printed in an encoding, if the name is one's.
func (s *Streams) encodeAs(name string) {
	if c := codec.Lookup(name); c != nil && c != codec.UTF8 {
		s.Out = &encoded{w: s.Out, encode: c.Encode}
		s.Err = &encoded{w: s.Err, encode: func(text string) ([]byte, error) { return c.EncodeAnyway(text), nil }}
	}
}

// encoded writes text, whole with each Write, in another encoding.
type encoded struct {
	w      io.Writer
	encode func(text string) ([]byte, error)
}

// Write writes the text b, or nothing of it if it can't be encoded.
func (e *encoded) Write(b []byte) (int, error) {
	raw, err := e.encode(string(b))
	if err != nil {
		return 0, err
	}
	if _, err := e.w.Write(raw); err != nil {
		return 0, err
	}
	return len(b), nil
}
