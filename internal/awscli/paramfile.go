package awscli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"rollcall/internal/awscli/codec"
	"rollcall/internal/awscli/shell"
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
		return nil, true, fmt.Errorf("Unable to load paramfile %s: %s", text, shell.Errno(err, path)) //nolint:staticcheck // the AWS CLI's words
	case !isText:
		return raw, true, nil
	}
	coding := codec.UTF8
	if name, ok := c.std.LookupEnv(fileEncoding); ok {
		if coding = codec.Lookup(name); coding == nil {
			return nil, true, general("unknown encoding: " + name)
		}
	}
	content, err := coding.Decode(raw)
	if err != nil {
		return nil, true, fmt.Errorf("Unable to load paramfile (%s), text contents could not be decoded.  If this is a binary file, "+ //nolint:staticcheck // the AWS CLI's words
			"please use the fileb:// prefix instead of the file:// prefix.", path)
	}
	return universalNewlines(content), true, nil
}

// unloaded words that the file of an option could not be loaded.
func unloaded(option string, err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		return f // it says all itself
	}
	return invalidOption(option, err.Error())
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
func universalNewlines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
