package awscli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

// The prefixes that make a value the name of a file.
const (
	textPrefix  = "file://"
	bytesPrefix = "fileb://"
)

// loadFile returns what the file is in which a value points to: text as a
// string, bytes as []byte. isFile is false if it points to none.
func (c *command) loadFile(text string) (v any, isFile bool, err error) {
	path, isText := strings.CutPrefix(text, textPrefix)
	if !isText {
		var isBytes bool
		if path, isBytes = strings.CutPrefix(text, bytesPrefix); !isBytes {
			return nil, false, nil
		}
	}
	path = shell.ExpandPath(path, c.std.LookupEnv)
	raw, err := os.ReadFile(path)
	switch {
	case err != nil:
		return nil, true, fmt.Errorf("Unable to load paramfile %s: %s", text, errno(err, path)) //nolint:staticcheck // the AWS CLI's words
	case !isText:
		return raw, true, nil
	case !utf8.Valid(raw):
		return nil, true, fmt.Errorf("Unable to load paramfile (%s), text contents could not be decoded.  If this is a binary file, "+ //nolint:staticcheck // the AWS CLI's words
			"please use the fileb:// prefix instead of the file:// prefix.", path)
	}
	return string(universalNewlines(raw)), true, nil
}

// loadShorthand is loadFile for values in shorthand.
func (c *command) loadShorthand(text string) (any, error) {
	v, isFile, err := c.loadFile(text)
	if err != nil {
		return nil, general(err.Error())
	}
	if !isFile {
		return text, nil
	}
	return v, nil
}

// universalNewlines makes every end of a line a line feed.
func universalNewlines(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

// errno words an error of the operating system with its number and the path.
func errno(err error, path string) string {
	number, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return err.Error()
	}
	text := number.Error()
	if errors.Is(err, fs.ErrNotExist) {
		text = "no such file or directory" // also where the system says it otherwise
	}
	return fmt.Sprintf("[Errno %d] %s: %s", int(number), strings.ToUpper(text[:1])+text[1:], value.Repr(path))
}
