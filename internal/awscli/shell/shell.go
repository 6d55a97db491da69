// Package shell does what the AWS CLI has from Python for the system around it:
// it splits a command into words as a POSIX shell does, expands variables in a
// path, and words the system's errors.
package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"rollcall/internal/awscli/value"
)

// ErrUnclosed says that a quote or a backslash has no end.
var ErrUnclosed = errors.New("no closing quotation")

// splitter holds the word that is being read.
type splitter struct {
	words   []string
	word    strings.Builder
	inWord  bool
	quote   rune // the quote that is open, or 0
	escaped bool // the last character was a backslash
}

// Split splits a command into words, as a shell would: white space separates,
// quotes and backslashes keep together. Nothing is expanded.
func Split(command string) ([]string, error) {
	var s splitter
	for _, c := range command {
		s.add(c)
	}
	if s.quote != 0 || s.escaped {
		return nil, ErrUnclosed
	}
	s.end()
	return s.words, nil
}

func (s *splitter) add(c rune) {
	switch {
	case s.escaped:
		if s.quote == '"' && c != '"' && c != '\\' {
			s.word.WriteByte('\\') // within double quotes it escapes no other character
		}
		s.word.WriteRune(c)
		s.escaped = false
	case c == '\\' && s.quote != '\'':
		s.escaped, s.inWord = true, true
	case s.quote != 0 && c == s.quote:
		s.quote = 0
	case s.quote == 0 && (c == '"' || c == '\''):
		s.quote, s.inWord = c, true
	case s.quote == 0 && unicode.IsSpace(c):
		s.end()
	default:
		s.word.WriteRune(c)
		s.inWord = true
	}
}

func (s *splitter) end() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.inWord = false
}

var plainWord = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// Quote makes one word of a shell out of a text.
func Quote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'"'"'`) + "'"
}

var variable = regexp.MustCompile(`\$(\w+|\{[^}]*\})`)

// ExpandPath replaces a leading ~ by the home directory, and then $NAME and
// ${NAME} by the variables they name. One that is not set stays as it is.
func ExpandPath(path string, lookup func(string) (string, bool)) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, ok := lookup("HOME"); ok {
			path = strings.TrimRight(home, "/") + rest
		}
	}
	return variable.ReplaceAllStringFunc(path, func(s string) string {
		if v, ok := lookup(strings.Trim(s[1:], "{}")); ok {
			return v
		}
		return s
	})
}

// Errno words an error of the operating system with its number and the path, as
// Python does.
func Errno(err error, path string) string {
	if errors.Is(err, exec.ErrNotFound) {
		err = syscall.ENOENT
	}
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
