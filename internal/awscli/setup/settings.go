package setup

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

// Settings are what the environment and the files say. A variable that is set,
// even to nothing, goes before a file.
type Settings struct {
	// ProfileFlag is the profile that the command line names, or "". One
	// that it names goes before keys in the environment.
	ProfileFlag string
	// Ask asks the user for a code, and returns what is typed. Open sets
	// AskAtTerminal.
	Ask func(prompt string) (string, error)
	// ConnectTimeout and ReadTimeout are for every call; zero is none.
	ConnectTimeout, ReadTimeout time.Duration
	// Logger gets what is worth knowing when something is looked for.
	Logger *slog.Logger
	// LookupEnv returns an environment variable, and whether it is set.
	LookupEnv func(name string) (string, bool)

	files *profile.Files
}

// wording is an error in the AWS CLI's own words.
type wording string

func (w wording) Error() string { return string(w) }

// DefaultTimeout is for connecting, and for each read.
const DefaultTimeout = time.Minute

// Open reads the files that the environment names. A file that isn't there is
// empty; one that can't be read is an error.
func Open(lookupEnv func(name string) (string, bool)) (*Settings, error) {
	s := &Settings{
		LookupEnv: lookupEnv, ConnectTimeout: DefaultTimeout, ReadTimeout: DefaultTimeout,
		Logger: slog.New(slog.DiscardHandler),
		Ask:    AskAtTerminal,
	}
	files, err := profile.Open(s.path("AWS_CONFIG_FILE", "~/.aws/config"), s.path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))
	if err != nil {
		return nil, err
	}
	s.files = files
	return s, nil
}

// path is the file that a variable names, or another.
func (s *Settings) path(variable, otherwise string) string {
	path, ok := s.LookupEnv(variable)
	if !ok {
		path = otherwise
	}
	return shell.ExpandPath(path, s.LookupEnv)
}

func (s *Settings) env(name string) string {
	v, _ := s.LookupEnv(name)
	return v
}

// profileName returns the profile that was asked for, and whether one was.
func (s *Settings) profileName() (name string, asked bool) {
	if s.ProfileFlag != "" {
		return s.ProfileFlag, true
	}
	if v, ok := s.variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE"); ok {
		return v, true
	}
	return "default", false
}

// Profile returns the settings of the profile. Only one that was asked for must
// be there.
func (s *Settings) Profile() (profile.Settings, error) {
	name, asked := s.profileName()
	p, ok := s.files.Profile(name)
	if !ok && asked {
		return nil, wording("The config profile (" + name + ") could not be found")
	}
	return p, nil
}

// variable returns the first of some environment variables that is set.
func (s *Settings) variable(names ...string) (v string, ok bool) {
	for _, name := range names {
		if v, ok := s.LookupEnv(name); ok {
			return v, true
		}
	}
	return "", false
}

// Get returns a setting: from an environment variable, else from the profile.
func (s *Settings) Get(name string, variables ...string) (v string, ok bool, err error) {
	if v, ok := s.variable(variables...); ok {
		return v, true, nil
	}
	p, err := s.Profile()
	if err != nil {
		return "", false, err
	}
	v, ok = p[name]
	return v, ok, nil
}

// On says whether a setting is switched on.
func (s *Settings) On(name string, variables ...string) (bool, error) {
	v, _, err := s.Get(name, variables...)
	return strings.EqualFold(v, "true"), err
}

// integer returns a setting that is a number.
func (s *Settings) integer(name, variable string, otherwise int) (int, error) {
	v, ok, err := s.Get(name, variable)
	if !ok || err != nil {
		return otherwise, err
	}
	n, ok := value.ParseInt(v)
	if !ok || !n.IsInt64() {
		return 0, NotAnInteger(v)
	}
	return int(n.Int64()), nil
}

// NotAnInteger says of a value that it is no number.
func NotAnInteger(v any) error {
	switch v.(type) {
	case nil, *value.List, *value.Map:
		return errors.New("int() argument must be a string, a bytes-like object or a real number, not '" + value.TypeName(v) + "'")
	}
	return errors.New("invalid literal for int() with base 10: " + value.Repr(v))
}

// Region returns the Region that a variable or the profile names, and whether
// one does.
func (s *Settings) Region() (region string, ok bool, err error) {
	return s.Get("region", "AWS_REGION", "AWS_DEFAULT_REGION")
}

// Retries returns how often a call is tried, the first time included, and how
// the tries are spaced; "" is the standard way.
func (s *Settings) Retries(otherwise int) (attempts int, mode aws.RetryMode, err error) {
	attempts, err = s.integer("max_attempts", "AWS_MAX_ATTEMPTS", otherwise)
	if err != nil {
		return 0, "", err
	}
	if attempts < 1 {
		v, _, _ := s.Get("max_attempts", "AWS_MAX_ATTEMPTS")
		return 0, "", wording(`Value provided to "max_attempts": ` + v + " must be an integer greater than or equal to one.")
	}
	text, ok, err := s.Get("retry_mode", "AWS_RETRY_MODE")
	if err != nil {
		return 0, "", err
	}
	mode = aws.RetryMode(text)
	if ok && mode != aws.RetryModeStandard && mode != aws.RetryModeAdaptive {
		return 0, "", wording(`Invalid value provided to "mode": "` + text + `" must be one of: "standard" or "adaptive"`)
	}
	return attempts, mode, nil
}
