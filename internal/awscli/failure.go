package awscli

import (
	"slices"
	"strings"

	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"
)

// The exit codes of the AWS CLI.
const (
	exitOK          = 0
	exitInterrupted = 130 // by SIGINT
	exitUsage       = 252 // the command line, or a parameter, is wrong
	exitConfig      = 253 // the environment or the configuration is wrong
	exitService     = 254 // the service answered with an error
	exitGeneral     = 255 // anything else
)

// A failure is why a command failed, as it is shown.
type failure struct {
	exit int
	// code names the error in every format but the legacy one. It is empty
	// for general errors, which are shown as plain text in every format.
	code string
	text string
	// plain, if set, is shown in place of "An error occurred (code): text".
	plain string
	// details are members of a service's error beside its message.
	details *value.Map
	// usage says that the usage comes before the error.
	usage bool
}

func (f *failure) Error() string {
	if f.plain != "" {
		return f.plain
	}
	return f.text
}

// invalid is an error of the command line, or of a parameter.
func invalid(text string) *failure {
	return &failure{exit: exitUsage, code: "ParamValidation", text: text}
}

// invalidOption is an error in the value of an option.
func invalidOption(name, text string) *failure {
	return invalid("Error parsing parameter '" + name + "': " + text)
}

// misused is an error of the command line that the usage may help with.
func misused(text, usage string) *failure { return invalid(text + "\n\nusage: " + usage) }

func misconfigured(text string) *failure {
	return &failure{exit: exitConfig, code: "Configuration", text: text}
}

func general(text string) *failure { return &failure{exit: exitGeneral, text: text} }

// The words of the AWS CLI when it lacks something.
const (
	noRegion = "You must specify a region. You can also configure your region by running \"aws configure\"."
	noCreds  = "Unable to locate credentials. You can configure credentials by running \"aws login\"."
)

// defaultErrorFormat is how errors are shown if nobody says how.
const defaultErrorFormat = "enhanced"

// legacyErrorFormat is plain text without the error's code.
const legacyErrorFormat = "legacy"

// show returns the failure in a format of --cli-error-format. An unknown format
// is the default one.
func (f *failure) show(format string) []byte {
	const lead = "\naws: [ERROR]: "
	switch {
	case f.usage:
		return []byte("\nusage: " + usage + "\n" + lead + f.text + "\n")
	case f.code == "" || format == legacyErrorFormat:
		return []byte(lead + strings.TrimSpace(f.Error()) + "\n")
	}
	if shown, ok := f.structured(format); ok {
		return shown
	}
	text := "An error occurred (" + f.code + "): " + f.text
	if f.plain != "" {
		text = f.plain
	}
	return []byte(lead + strings.TrimSpace(text) + "\n" + f.shownDetails())
}

// shownDetails lists the details, one a line, a structure in braces.
func (f *failure) shownDetails() string {
	if f.details == nil || f.details.Len() == 0 {
		return ""
	}
	var b strings.Builder
	complexValues := false
	b.WriteString("\nAdditional error details:\n")
	for name, v := range f.details.All() {
		b.WriteString(name + ": " + inBraces(v) + "\n")
		complexValues = complexValues || isListOfMaps(v)
	}
	if complexValues {
		b.WriteString("Use \"--cli-error-format json\" or another error format to see the full details.\n")
	}
	return b.String()
}

// isListOfMaps says that a value is too much for a line.
func isListOfMaps(v any) bool {
	list, ok := v.(*value.List)
	return ok && slices.ContainsFunc(list.Items, func(item any) bool { _, ok := item.(*value.Map); return ok })
}

func inBraces(v any) string {
	if isListOfMaps(v) {
		return "<complex value>"
	}
	m, ok := v.(*value.Map)
	if !ok {
		return value.Str(v)
	}
	var parts []string
	for name, v := range m.All() {
		parts = append(parts, name+": "+inBraces(v))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// structured returns the failure as data. ok is false for a format that is none.
func (f *failure) structured(format string) (shown []byte, ok bool) {
	m := value.NewMap()
	if f.details != nil { // a service's own error: in the order it has there
		m.Set("Message", f.text)
		m.Set("Code", f.code)
		for name, v := range f.details.All() {
			m.Set(name, v)
		}
	} else {
		m.Set("Code", f.code)
		m.Set("Message", f.text)
	}
	switch format {
	case "json", "yaml", "text", "table":
		shown, err := output.Format(format, m, output.TableOptions{Title: "error"})
		return shown, err == nil
	}
	return nil, false
}
