package awscli

import (
	"strings"
	"unicode"

	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/shorthand"
	"rollcall/internal/awscli/value"
)

// parameters reads the values of an operation's options, in the order of its
// members, and of --cli-input-json or --cli-input-yaml. A member that is an
// option as well as in the input has the option's value.
func (c *command) parameters(op *operation, given *argparse.Result) (*value.Map, error) {
	params := value.NewMap()
	for i := range op.input.members {
		m := &op.input.members[i]
		text, ok := given.Values[m.option()]
		if !ok {
			continue
		}
		v, err := c.parameter(m, text)
		if err != nil {
			return nil, err
		}
		params.Set(m.name, v)
	}
	return params, c.mergeInput(params, given)
}

func (c *command) parameter(m *member, text string) (any, error) {
	var v any = text
	loaded, isFile, err := c.loadFile(text)
	if err != nil {
		return nil, unloaded(m.option(), err)
	}
	if isFile {
		v = loaded
	}
	switch m.shape.kind {
	case integerKind:
		return parseInteger(v)
	case structureKind, listKind, mapKind:
		return c.complexParameter(m, v)
	case stringKind, timestampKind:
	}
	return v, nil
}

func parseInteger(v any) (any, error) {
	text, isText := v.(string)
	if raw, ok := v.([]byte); ok {
		text, isText = string(raw), true
	}
	if n, ok := value.ParseInt(text); ok && isText {
		return n, nil
	}
	return nil, setup.NotAnInteger(v)
}

// complexParameter reads a structure: JSON if it looks like it, else shorthand.
func (c *command) complexParameter(m *member, v any) (any, error) {
	text, ok := v.(string)
	if !ok { // it is bytes, in which the AWS CLI looks for text
		return nil, general("'in <string>' requires string as left operand, not int")
	}
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	switch {
	case strings.HasPrefix(trimmed, "{"):
		parsed, err := value.ParseJSON([]byte(text))
		if err != nil {
			return nil, invalidOption(m.option(), "Invalid JSON: "+err.Error()+"\nJSON received: "+text)
		}
		markOrdered(parsed)
		return parsed, nil
	case strings.HasPrefix(trimmed, "["):
		return nil, invalidOption(m.option(), "Invalid JSON:\n"+text)
	}
	parsed, err := shorthand.Parse(text, c.loadShorthand)
	if _, failed := err.(*failure); failed { //nolint:errorlint // made by loadShorthand, never wrapped
		return nil, err
	}
	if err != nil {
		return nil, invalidOption(m.option(), err.Error())
	}
	wrapScalars(m.shape, parsed)
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

// wrapScalars makes lists of one out of single values where the model has a
// list: in shorthand, Queues=a and Queues=a,b are both queues.
func wrapScalars(s *shape, v any) {
	m, ok := v.(*value.Map)
	if !ok || s.kind != structureKind {
		return
	}
	for i := range s.members {
		member := &s.members[i]
		got, ok := m.Get(member.name)
		if !ok {
			continue
		}
		if _, isList := got.(*value.List); member.shape.kind == listKind && !isList {
			m.Set(member.name, value.NewList(got))
			continue
		}
		wrapScalars(member.shape, got)
	}
}
