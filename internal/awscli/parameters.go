package awscli

import (
	"strings"
	"unicode"

	"rollcall/connectapi"
	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/shorthand"
	"rollcall/internal/awscli/value"
)

// parameters reads the values of an operation's options, in the order of its
// members, and of --cli-input-json or --cli-input-yaml. A member that is an
// option as well as in the input has the option's value.
func (c *command) parameters(o *connectapi.Operation, given *argparse.Result) (*value.Map, error) {
	params, in := value.NewMap(), o.Input()
	for i := range in.Members {
		m := &in.Members[i]
		if !given.Has(option(m)) {
			continue
		}
		v, err := c.parameter(m, given)
		if err != nil {
			return nil, err
		}
		params.Set(m.Name, v)
	}
	if err := c.pagingParameter(params, given); err != nil {
		return nil, err
	}
	return params, c.mergeInput(params, given)
}

func (c *command) parameter(m *connectapi.Member, given *argparse.Result) (any, error) {
	name, words := option(m), given.Lists[option(m)]
	if m.Shape.Kind == connectapi.List && len(words) != 1 {
		return c.wordsParameter(name, m.Shape, words)
	}
	text := given.Values[name]
	if m.Shape.Kind == connectapi.List {
		text = words[0]
	}
	loaded, isFile, err := c.loadFile(text)
	if err != nil {
		return nil, unloaded(name, err)
	}
	var v any = text
	if isFile {
		v = loaded
	}
	switch m.Shape.Kind {
	case connectapi.Integer, connectapi.Float:
		if raw, ok := v.([]byte); ok {
			v = string(raw)
		}
		return fromText(m.Shape.Kind, v)
	case connectapi.Boolean:
		return text == "true", nil
	case connectapi.List:
		if !isFile {
			return c.wordsParameter(name, m.Shape, words)
		}
		return c.listOfFile(name, m.Shape, v)
	case connectapi.Structure, connectapi.Map:
		return c.structure(name, m.Shape, v)
	case connectapi.String, connectapi.Timestamp:
	}
	return v, nil
}

// fromText makes a number of a text.
func fromText(kind connectapi.Kind, v any) (any, error) {
	text, isText := v.(string)
	if kind == connectapi.Float {
		if f, ok := value.ParseFloat(text); ok && isText {
			return f, nil
		}
		return nil, notAFloat(v)
	}
	if n, ok := value.ParseInt(text); ok && isText {
		return n, nil
	}
	return nil, setup.NotAnInteger(v)
}

func notAFloat(v any) error {
	if text, ok := v.(string); ok {
		return general("could not convert string to float: " + value.Repr(text))
	}
	return general("float() argument must be a string or a real number, not '" + value.TypeName(v) + "'")
}

// looksLikeJSON says that a text begins as a list or a structure does in JSON.
func looksLikeJSON(text string) bool {
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	return strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[")
}

// structure reads a structure: JSON if it looks like it, else shorthand.
func (c *command) structure(name string, s *connectapi.Shape, v any) (any, error) {
	text, ok := v.(string)
	switch {
	case !ok: // it is bytes, in which the AWS CLI looks for text
		return nil, general("'in <string>' requires string as left operand, not int")
	case looksLikeJSON(text):
		return jsonOf(name, text, '{')
	}
	parsed, err := c.shorthand(name, text)
	if err != nil {
		return nil, err
	}
	return parsed, convertMembers(s, parsed)
}

// jsonOf reads a value in JSON that begins with a bracket.
func jsonOf(name, text string, bracket byte) (any, error) {
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	switch {
	case trimmed == "":
		return nil, general("string index out of range")
	case trimmed[0] != bracket:
		return nil, invalidOption(name, "Invalid JSON:\n"+text)
	}
	parsed, err := value.ParseJSON([]byte(text))
	if err != nil {
		return nil, invalidOption(name, "Invalid JSON: "+err.Error()+"\nJSON received: "+text)
	}
	markOrdered(parsed)
	return parsed, nil
}

func (c *command) shorthand(name, text string) (*value.Map, error) {
	parsed, err := shorthand.Parse(text, c.loadShorthand)
	if _, failed := err.(*failure); failed { //nolint:errorlint // made by loadShorthand, never wrapped
		return nil, err
	}
	if err != nil {
		return nil, invalidOption(name, err.Error())
	}
	return parsed, nil
}

// markOrdered makes maps from a JSON option value show as such in messages.
func markOrdered(v any) {
	switch v := v.(type) {
	case *value.Map:
		v.Ordered = true
		for _, item := range v.All() {
			markOrdered(item)
		}
	case *value.List:
		for _, item := range v.Items {
			markOrdered(item)
		}
	}
}
