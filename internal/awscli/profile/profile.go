// Package profile reads the two files in which AWS's tools keep their settings,
// ~/.aws/config and ~/.aws/credentials, by the rules of the AWS CLI, which are
// those of Python's configparser.
//
// A profile is a section of either file: [default], [profile dev] or
// [profile "my dev"] in config, [default] or [dev] in credentials. Where both
// have the same setting, credentials win. A section [services name] in config
// has endpoints for single services, [sso-session name] where to sign on.
package profile

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"

	"rollcall/internal/awscli/shell"
)

// ParseError says that a file is not in the format.
type ParseError struct {
	Path string
	Err  error
}

func (e *ParseError) Error() string { return "Unable to parse config file: " + e.Path }

// Unwrap returns what is wrong.
func (e *ParseError) Unwrap() error { return e.Err }

// Settings are the settings of a section, their names in lower case. The value
// of a setting that has settings of its own, indented below it, begins with a
// line feed.
type Settings map[string]string // :: name -> value

// Nested returns the settings below a setting, by name.
func (s Settings) Nested(name string) Settings {
	nested := Settings{}
	for line := range strings.Lines(s[name]) {
		if key, v, ok := strings.Cut(line, "="); ok {
			nested[strings.TrimSpace(key)] = strings.TrimSpace(v)
		}
	}
	return nested
}

// Files are the contents of both files.
type Files struct {
	// Config and Credentials are the profiles of each file.
	Config, Credentials map[string]Settings // :: profile -> settings
	// Services are the sections [services …] of the config file.
	Services map[string]Settings // :: name -> settings
	// SSOSessions are its sections [sso-session …].
	SSOSessions map[string]Settings // :: name -> settings
}

// Open reads both files. One that is not there is empty; one that is not in the
// format is a *[ParseError].
func Open(configPath, credentialsPath string) (*Files, error) {
	config, err := open(configPath)
	if err != nil {
		return nil, err
	}
	credentials, err := open(credentialsPath)
	if err != nil {
		return nil, err
	}
	f := &Files{Config: map[string]Settings{}, Credentials: credentials, Services: map[string]Settings{}, SSOSessions: map[string]Settings{}}
	for section, settings := range config {
		words, err := shell.Split(section)
		switch {
		case section == "default":
			f.Config["default"] = settings
		case err != nil || len(words) != 2:
		case strings.HasPrefix(section, "profile"):
			f.Config[words[1]] = settings
		case strings.HasPrefix(section, "sso-session"):
			f.SSOSessions[words[1]] = settings
		case strings.HasPrefix(section, "services"):
			f.Services[words[1]] = settings
		}
	}
	return f, nil
}

// Sections reads a file of sections as it stands, for what is kept in the same
// format and is no profile. A file that is not there is empty.
func Sections(path string) (map[string]Settings, error) { return read(path, parse) }

func open(path string) (map[string]Settings, error) {
	return read(path, func(text string) (map[string]Settings, error) {
		sections, err := parse(text)
		if err == nil {
			err = checkAllNested(sections)
		}
		return sections, err
	})
}

func read(path string, parse func(text string) (map[string]Settings, error)) (map[string]Settings, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the user names it
	if errors.Is(err, fs.ErrNotExist) || isDirectory(path) {
		return map[string]Settings{}, nil
	}
	if err != nil {
		return nil, &ParseError{path, err}
	}
	sections, err := parse(string(raw))
	if err != nil {
		return nil, &ParseError{path, err}
	}
	return sections, nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the user names it
	return err == nil && info.IsDir()
}

// Profile returns the settings of a profile from both files, and whether either
// has it.
func (f *Files) Profile(name string) (Settings, bool) {
	config, ok := f.Config[name]
	credentials, ok2 := f.Credentials[name]
	if !ok && !ok2 {
		return nil, false
	}
	all := Settings{}
	maps.Copy(all, config)
	maps.Copy(all, credentials)
	return all, true
}
