package profile

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaults is the section whose settings hold in every other one.
const defaults = "DEFAULT"

var (
	header = regexp.MustCompile(`^\[(.+)\]`)
	option = regexp.MustCompile(`^(.*?)\s*[=:]\s*(.*)$`)
)

// reader holds the place in a file: the section and setting that were read
// last, to which an indented line belongs.
type reader struct {
	sections map[string]Settings
	section  Settings // nil before the first section
	setting  string   // "" after a section's header
	indent   int      // of the setting
}

// parse reads a file of sections. A section or a setting that stands twice is
// an error, as is a line that is neither.
func parse(text string) (map[string]Settings, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	r := &reader{sections: map[string]Settings{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if err := r.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	common := r.sections[defaults]
	delete(r.sections, defaults)
	for name, own := range r.sections {
		all := maps.Clone(common)
		if all == nil {
			all = Settings{}
		}
		maps.Copy(all, own)
		for key, v := range all {
			all[key] = strings.TrimRightFunc(v, unicode.IsSpace)
		}
		r.sections[name] = all
	}
	return r.sections, nil
}

func (r *reader) line(line string) error {
	text := strings.TrimSpace(line)
	if strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
		return nil
	}
	if text == "" {
		if r.setting != "" {
			r.section[r.setting] += "\n"
		}
		return nil
	}
	indent := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
	if r.setting != "" && indent > r.indent {
		r.section[r.setting] += "\n" + text
		return nil
	}
	r.indent = indent
	if m := header.FindStringSubmatch(text); m != nil {
		return r.open(m[1])
	}
	if r.section == nil {
		return errors.New("a setting before the first section")
	}
	m := option.FindStringSubmatch(text)
	if m == nil || m[1] == "" {
		return errors.New("neither a section nor a setting")
	}
	r.setting = strings.ToLower(m[1])
	if _, twice := r.section[r.setting]; twice {
		return fmt.Errorf("setting %q stands twice", r.setting)
	}
	r.section[r.setting] = strings.TrimSpace(m[2])
	return nil
}

func (r *reader) open(name string) error {
	if _, twice := r.sections[name]; twice && name != defaults {
		return fmt.Errorf("section %q stands twice", name)
	}
	if r.sections[name] == nil {
		r.sections[name] = Settings{}
	}
	r.section, r.setting = r.sections[name], ""
	return nil
}

func checkAllNested(sections map[string]Settings) error {
	for name, section := range sections {
		for _, v := range section {
			if err := checkNested(v); err != nil {
				return fmt.Errorf("section %s: %w", name, err)
			}
		}
	}
	return nil
}

// checkNested makes sure that settings below a setting have values.
func checkNested(v string) error {
	if !strings.HasPrefix(v, "\n") {
		return nil
	}
	for line := range strings.Lines(v) {
		if text := strings.TrimSpace(line); text != "" && !strings.Contains(text, "=") {
			return fmt.Errorf("%q has no value", text)
		}
	}
	return nil
}
