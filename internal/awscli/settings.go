package awscli

import (
	"strings"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

// settings are what the environment and the configuration files say. A variable
// that is set, even to nothing, goes before a file.
type settings struct {
	std   *Streams
	files *profile.Files
	paths struct{ config, credentials string }
	// flag is the value of --profile, or "".
	flag string
}

func openSettings(std *Streams) (*settings, error) {
	s := &settings{std: std}
	s.paths.config = s.path("AWS_CONFIG_FILE", "~/.aws/config")
	s.paths.credentials = s.path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
	files, err := profile.Open(s.paths.config, s.paths.credentials)
	if err != nil {
		return nil, general(err.Error())
	}
	s.files = files
	return s, nil
}

func (s *settings) path(variable, otherwise string) string {
	path, ok := s.std.LookupEnv(variable)
	if !ok {
		path = otherwise
	}
	return shell.ExpandPath(path, s.std.LookupEnv)
}

// profileName returns the profile that was asked for, and whether one was.
func (s *settings) profileName() (name string, asked bool) {
	if s.flag != "" {
		return s.flag, true
	}
	if v, ok := s.variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE"); ok {
		return v, true
	}
	return "default", false
}

// profile returns the settings of the profile. Only one that was asked for must
// be there.
func (s *settings) profile() (profile.Settings, error) {
	name, asked := s.profileName()
	p, ok := s.files.Profile(name)
	if !ok && asked {
		return nil, general("The config profile (" + name + ") could not be found")
	}
	return p, nil
}

// variable returns the first of some environment variables that is set.
func (s *settings) variable(names ...string) (v string, ok bool) {
	for _, name := range names {
		if v, ok := s.std.LookupEnv(name); ok {
			return v, true
		}
	}
	return "", false
}

// get returns a setting: from an environment variable, else from the profile.
func (s *settings) get(name string, variables ...string) (v string, ok bool, err error) {
	if v, ok := s.variable(variables...); ok {
		return v, true, nil
	}
	p, err := s.profile()
	if err != nil {
		return "", false, err
	}
	v, ok = p[name]
	return v, ok, nil
}

// either returns a flag's value if it was given, else the setting.
func (s *settings) either(flag string, hasFlag bool, name string, variables ...string) (string, bool, error) {
	if hasFlag {
		return flag, true, nil
	}
	return s.get(name, variables...)
}

// on says whether a setting is switched on.
func (s *settings) on(name, variable string) (bool, error) {
	v, _, err := s.get(name, variable)
	return strings.EqualFold(v, "true"), err
}

// integer returns a setting that is a number.
func (s *settings) integer(name, variable string, otherwise int) (int, error) {
	v, ok, err := s.get(name, variable)
	if !ok || err != nil {
		return otherwise, err
	}
	n, ok := value.ParseInt(v)
	if !ok || !n.IsInt64() {
		return 0, notAnInteger(v)
	}
	return int(n.Int64()), nil
}
